package io.elbo4j.nd4j;

import org.bytedeco.javacpp.Pointer;
import org.nd4j.jita.allocator.impl.AtomicAllocator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * {@link Nd4jCuda} by ND4J's allocator. The one class that names classes of nd4j-cuda: it is loaded where ND4J runs on
 * that backend alone.
 */
final class Nd4jAllocator implements Nd4jCuda {
    private final AtomicAllocator allocator = AtomicAllocator.getInstance();

    @Override
    public int device() {
        return allocator.getDeviceId();
    }

    @Override
    public void commit() {
        Nd4j.getExecutioner().commit();
    }

    @Override
    public void prepare(INDArray... arrays) {
        // only those given as operands are copied to the device; what ND4J calls the result is not
        allocator.getFlowController().prepareAction(null, arrays);
    }

    @Override
    public Pointer stream() {
        // getOldStream() is not the stream but a pointer to it
        return allocator.getDeviceContext().getCublasStream();
    }

    @Override
    public Pointer address(INDArray array) {
        return allocator.getPointer(array, allocator.getDeviceContext());
    }

    @Override
    public void register(INDArray written, INDArray... read) {
        allocator.registerAction(allocator.getDeviceContext(), written, read);
    }
}
