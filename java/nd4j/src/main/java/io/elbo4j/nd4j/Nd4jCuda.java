package io.elbo4j.nd4j;

import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What is asked of ND4J's CUDA backend, for the calling thread. Tests without such a GPU have one of their own. */
interface Nd4jCuda {
    /** The number of the device that ND4J has given the thread, as CUDA counts them. */
    int device();

    /** Waits for what ND4J has queued. */
    void commit();

    /** Makes the contents of arrays, none of them empty, up to date on that device. */
    void prepare(INDArray... arrays);

    /** The cudaStream_t that ND4J queues the thread's work on. */
    Pointer stream();

    /** Where the first element of a prepared array lies on the device. */
    Pointer address(INDArray array);

    /** Notes that the device has written one array and read others. */
    void register(INDArray written, INDArray... read);
}
