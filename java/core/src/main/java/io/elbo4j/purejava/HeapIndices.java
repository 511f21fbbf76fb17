package io.elbo4j.purejava;

import io.elbo4j.Indices;

/** Row numbers of the java backend: an {@code int[]}. */
final class HeapIndices extends Indices {
    private int[] values;

    HeapIndices(int count) {
        super(count);
        values = new int[count];
    }

    @Override
    public void set(int[] source, int from) {
        if (from < 0 || from > source.length - count()) {
            throw new IllegalArgumentException("source must have " + count() + " row numbers from element " + from
                    + " on, but has " + source.length + " elements");
        }
        System.arraycopy(source, from, address(), 0, count());
    }

    @Override
    public int[] address() {
        if (values == null) {
            throw new IllegalStateException("these " + count() + " row numbers have been closed");
        }
        return values;
    }

    @Override
    public void close() {
        values = null;
    }
}
