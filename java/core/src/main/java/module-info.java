/** Matrices, backends and fused kernels that give the same bits in Java, native code and CUDA. */
module io.elbo4j.core {
    requires io.elbo4j.jni;
    requires transitive org.bytedeco.javacpp;
    // annotations only
    requires static transitive org.jspecify;
    // Types only, for CudaInterop; who calls that requires it too. Were it transitive, every user would need the jar.
    requires static org.bytedeco.cuda;

    exports io.elbo4j;
    exports io.elbo4j.cpu;
    exports io.elbo4j.cuda;
    exports io.elbo4j.numerics;
    exports io.elbo4j.operation;
}
