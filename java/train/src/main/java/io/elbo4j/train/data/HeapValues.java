package io.elbo4j.train.data;

/** Values in an array. */
record HeapValues(float[] values) implements Values {
    @Override
    public void copy(long first, int count, float[] target, int offset) {
        System.arraycopy(values, Math.toIntExact(first), target, offset, count);
    }
}
