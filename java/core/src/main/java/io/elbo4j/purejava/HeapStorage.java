package io.elbo4j.purejava;

import io.elbo4j.Backend;
import io.elbo4j.Storage;

/** Memory of the java backend: one array. */
final class HeapStorage extends Storage {
    private final float[] values;

    HeapStorage(Backend backend, float[] values) {
        super(backend, values.length);
        this.values = values;
    }

    @Override
    protected HeapAddress address(long offset) {
        return new HeapAddress(values, (int) offset);
    }

    @Override
    protected void read(long offset, float[] target, int targetOffset, int count) {
        System.arraycopy(values, (int) offset, target, targetOffset, count);
    }

    @Override
    protected void write(long offset, float[] source, int sourceOffset, int count) {
        System.arraycopy(source, sourceOffset, values, (int) offset, count);
    }

    @Override
    protected void release() {
        // the garbage collector takes the array when the last matrix on it is gone
    }
}
