package io.elbo4j.cuda.presets;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/** Tells JavaCPP how to turn the C API of the native CUDA library into {@code io.elbo4j.cuda.jni.ElboCuda}. */
@Properties(
        value = @Platform(include = "elbo4j_cuda.h", library = "jniElboCuda"),
        target = "io.elbo4j.cuda.jni",
        global = "io.elbo4j.cuda.jni.ElboCuda")
public class CudaConfig implements InfoMapper {

    /** Called by JavaCPP. */
    public CudaConfig() {}

    /** Leaves out the overloads for arrays and NIO buffers: most pointers are addresses of device memory. */
    @Override
    public void map(InfoMap infoMap) {
        infoMap.put(new Info("float").valueTypes("float").pointerTypes("FloatPointer"));
        infoMap.put(new Info("int32_t").cast().valueTypes("int").pointerTypes("IntPointer"));
        infoMap.put(new Info("int64_t").cast().valueTypes("long").pointerTypes("LongPointer"));
    }
}
