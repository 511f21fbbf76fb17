/**
 * Matrices, backends and fused kernels that give the same bits in Java, native code and CUDA. From JDK 24 on native
 * code is allowed by {@code --enable-native-access=io.elbo4j.core,org.bytedeco.javacpp}: the one has native methods, the
 * other loads the library.
 */
module io.elbo4j.core {
    requires transitive org.bytedeco.javacpp;
    // annotations only
    requires static transitive org.jspecify;
    // Types only, for CudaInterop; who calls that requires it too. Were it transitive, every user would need the jar.
    requires static org.bytedeco.cuda;

    exports io.elbo4j;
    exports io.elbo4j.cuda;
    exports io.elbo4j.numerics;
    exports io.elbo4j.operation;
}
