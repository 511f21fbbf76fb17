package io.elbo4j.purejava;

import io.elbo4j.Matrix;

/**
 * Where a matrix of the java backend starts, and how its kernels reach elements: whole pieces of rows are copied to and
 * from tiles ({@link Scratch}), because the compiler vectorises a loop over arrays with one common index, and not one
 * over flat arrays with several offsets.
 */
record HeapAddress(float[] values, int offset) {
    private static HeapAddress of(Matrix matrix) {
        return (HeapAddress) matrix.address();
    }

    static float[] values(Matrix matrix) {
        return of(matrix).values;
    }

    static int offset(Matrix matrix) {
        return of(matrix).offset;
    }

    /** An element's index fits in an int, because a storage is one array. */
    static int index(Matrix matrix, long row, int column) {
        return (int) (of(matrix).offset + row * matrix.rowStride() + column);
    }

    /** tile[0 .. count - 1] = matrix[row][column .. column + count - 1]. */
    static void load(Matrix matrix, long row, int column, float[] tile, int count) {
        System.arraycopy(values(matrix), index(matrix, row, column), tile, 0, count);
    }

    /** matrix[row][column .. column + count - 1] = tile[0 .. count - 1]. */
    static void store(float[] tile, Matrix matrix, long row, int column, int count) {
        System.arraycopy(tile, 0, values(matrix), index(matrix, row, column), count);
    }

    /** The row's element of a matrix of one column. */
    static float get(Matrix matrix, long row) {
        return values(matrix)[index(matrix, row, 0)];
    }

    static void set(Matrix matrix, long row, float value) {
        values(matrix)[index(matrix, row, 0)] = value;
    }
}
