package io.elbo4j.train.checkpoint;

import io.elbo4j.Matrix;
import java.nio.ByteBuffer;

/**
 * A tensor to be written. Its values are asked for in pieces, so that those in a backend's memory are never all on the
 * heap.
 */
record TensorSource(String name, Dtype dtype, long[] shape, Values values) {
    /** Where the values come from. */
    @FunctionalInterface
    interface Values {
        /** Fills a little-endian buffer with the values from element {@code from} on. */
        void put(long from, ByteBuffer piece);
    }

    static TensorSource of(StoredTensor tensor) {
        return new TensorSource(tensor.name(), Dtype.F32, tensor.shape(),
                (from, piece) -> piece.asFloatBuffer().put(tensor.values(), (int) from, piece.remaining() / 4));
    }

    static TensorSource of(StoredIntegers tensor) {
        return new TensorSource(tensor.name(), tensor.unsigned() ? Dtype.U64 : Dtype.I64, tensor.shape(),
                (from, piece) -> piece.asLongBuffer().put(tensor.values(), (int) from, piece.remaining() / 8));
    }

    /** @param matrix contiguous */
    static TensorSource of(String name, Matrix matrix) {
        Dtype dtype = Dtype.of(matrix);
        return new TensorSource(name, dtype, new long[] {matrix.rows(), matrix.columns()}, (from, piece) -> {
            Matrix all = matrix.reshape(1, matrix.rows() * matrix.columns());
            float[] values = all.columns(from, from + piece.remaining() * (long) Byte.SIZE / dtype.bits()).toArray();
            if (dtype == Dtype.F32) {
                piece.asFloatBuffer().put(values);
            } else {
                for (int i = 0; i < values.length; i++) {
                    piece.put(i, (byte) (int) values[i]);
                }
            }
        });
    }
}
