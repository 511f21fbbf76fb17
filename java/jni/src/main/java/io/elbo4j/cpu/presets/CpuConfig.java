package io.elbo4j.cpu.presets;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/** Tells JavaCPP how to turn the C API of the native CPU library into {@code io.elbo4j.cpu.jni.ElboCpu}. */
@Properties(
        value = @Platform(include = "elbo4j_cpu.h", library = "jniElboCpu"),
        target = "io.elbo4j.cpu.jni",
        global = "io.elbo4j.cpu.jni.ElboCpu")
public class CpuConfig implements InfoMapper {

    /** Called by JavaCPP. */
    public CpuConfig() {}

    /**
     * Leaves out the overloads for arrays and NIO buffers that JavaCPP adds for every pointer argument: with an array
     * they copy it on the way in and out, unseen by the caller.
     */
    @Override
    public void map(InfoMap infoMap) {
        infoMap.put(new Info("float").valueTypes("float").pointerTypes("FloatPointer"));
        infoMap.put(new Info("int32_t").cast().valueTypes("int").pointerTypes("IntPointer"));
    }
}
