package io.elbo4j.cpu;

import io.elbo4j.Kernel;
import io.elbo4j.Operation;
import io.elbo4j.cpu.jni.ElboCpu;
import io.elbo4j.layout.Image;
import io.elbo4j.layout.Live;
import java.lang.ref.Reference;

/** A function of the native library and its arguments. */
final class CpuKernel implements Kernel {
    private final long function;
    private final Operation operation;
    private final Image arguments;

    CpuKernel(long function, Operation operation) {
        this.function = function;
        this.operation = operation;
        arguments = new Image(operation);
    }

    @Override
    public void prepare() {
        arguments.refresh(Live.NONE);
    }

    @Override
    public void run(long begin, long end) {
        ElboCpu.elbo4j_cpu_call(function, arguments.address(), begin, end);
        // the function has plain addresses of the memory that the operation's matrices hold
        Reference.reachabilityFence(operation);
    }
}
