package io.elbo4j.purejava;

import io.elbo4j.ElementType;
import io.elbo4j.Matrix;

/**
 * Where a matrix of the java backend starts, and how its kernels reach elements: whole pieces of rows are copied to and
 * from tiles ({@link Scratch}), because the compiler vectorises a loop over arrays with one common index, and not one
 * over flat arrays with several offsets. Elements of 16 bits and bytes are widened and rounded on the way.
 *
 * @param values the elements if they are float32, else null
 * @param halves the elements if they have 16 bits, else null
 * @param bytes the elements if they are bytes, else null
 */
record HeapAddress(float[] values, short[] halves, byte[] bytes, ElementType type, int offset) {
    /** Elements, all 0. */
    static HeapAddress of(int elements, ElementType type) {
        return switch (type) {
            case FLOAT32 -> new HeapAddress(new float[elements], null, null, type, 0);
            case BFLOAT16, FLOAT16 -> new HeapAddress(null, new short[elements], null, type, 0);
            case UINT8 -> new HeapAddress(null, null, new byte[elements], type, 0);
        };
    }

    HeapAddress at(int otherOffset) {
        return new HeapAddress(values, halves, bytes, type, otherOffset);
    }

    void read(int from, float[] target, int targetOffset, int count) {
        if (type == ElementType.FLOAT32) {
            System.arraycopy(values, from, target, targetOffset, count);
            return;
        }
        if (type == ElementType.UINT8) {
            for (int i = 0; i < count; i++) {
                target[targetOffset + i] = bytes[from + i] & 0xff;
            }
            return;
        }
        for (int i = 0; i < count; i++) {
            target[targetOffset + i] = type.widen(halves[from + i]);
        }
    }

    void write(int to, float[] source, int sourceOffset, int count) {
        if (type == ElementType.FLOAT32) {
            System.arraycopy(source, sourceOffset, values, to, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            short bits = type.round(source[sourceOffset + i]);
            if (bytes == null) {
                halves[to + i] = bits;
            } else {
                bytes[to + i] = (byte) bits;
            }
        }
    }

    static HeapAddress of(Matrix matrix) {
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
        of(matrix).read(index(matrix, row, column), tile, 0, count);
    }

    /** matrix[row][column .. column + count - 1] = tile[0 .. count - 1]. */
    static void store(float[] tile, Matrix matrix, long row, int column, int count) {
        of(matrix).write(index(matrix, row, column), tile, 0, count);
    }

    /** The row's element of a matrix of one column. */
    static float get(Matrix matrix, long row) {
        return values(matrix)[index(matrix, row, 0)];
    }

    static void set(Matrix matrix, long row, float value) {
        values(matrix)[index(matrix, row, 0)] = value;
    }
}
