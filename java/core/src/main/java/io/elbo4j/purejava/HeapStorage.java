package io.elbo4j.purejava;

import io.elbo4j.Backend;
import io.elbo4j.ElementType;
import io.elbo4j.Storage;

/** Memory of the java backend: one array. */
final class HeapStorage extends Storage {
    private final HeapAddress base;

    HeapStorage(Backend backend, int elements, ElementType type) {
        super(backend, elements, type);
        base = HeapAddress.of(elements, type);
    }

    @Override
    protected HeapAddress address(long offset) {
        return base.at((int) offset);
    }

    @Override
    protected void read(long offset, float[] target, int targetOffset, int count) {
        base.read((int) offset, target, targetOffset, count);
    }

    @Override
    protected void write(long offset, float[] source, int sourceOffset, int count) {
        base.write((int) offset, source, sourceOffset, count);
    }

    @Override
    protected void release() {
        // the garbage collector takes the array when the last matrix on it is gone
    }
}
