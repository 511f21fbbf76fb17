/**
 * The native libraries' functions, for elbo4j-core alone; the libraries themselves are in jars beside this one. From
 * JDK 24 on native code is allowed by {@code --enable-native-access=io.elbo4j.jni,org.bytedeco.javacpp}: the one loads
 * the libraries, both have native methods.
 */
@SuppressWarnings("module") // javac has not seen io.elbo4j.core yet
module io.elbo4j.jni {
    requires transitive org.bytedeco.javacpp;

    exports io.elbo4j.cpu.jni to io.elbo4j.core;
    exports io.elbo4j.cuda.jni to io.elbo4j.core;
    exports io.elbo4j.jni to io.elbo4j.core;
}
