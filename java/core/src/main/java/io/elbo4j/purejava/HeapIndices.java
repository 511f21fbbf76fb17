package io.elbo4j.purejava;

import io.elbo4j.Backend;
import io.elbo4j.Indices;

/** Row numbers of the java backend: an {@code int[]}. */
final class HeapIndices extends Indices {
    private final int[] values;

    HeapIndices(Backend backend, int count) {
        super(backend, count);
        values = new int[count];
    }

    @Override
    protected void copy(int[] source, int from) {
        System.arraycopy(source, from, address(), 0, count());
    }

    @Override
    public int[] address() {
        requireMemory();
        return values;
    }

    @Override
    protected void release() {
        // the garbage collector takes the array
    }
}
