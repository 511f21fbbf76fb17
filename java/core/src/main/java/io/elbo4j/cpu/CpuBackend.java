package io.elbo4j.cpu;

import io.elbo4j.Backend;
import io.elbo4j.ElementType;
import io.elbo4j.Indices;
import io.elbo4j.Kernel;
import io.elbo4j.Operation;
import io.elbo4j.Storage;
import io.elbo4j.cpu.jni.ElboCpu;
import io.elbo4j.layout.Image;
import io.elbo4j.layout.Live;
import io.elbo4j.layout.NativeFunctions;
import java.lang.ref.Reference;
import org.bytedeco.javacpp.Pointer;

/** Matrices in native memory and the native kernels of one instruction-set level; the levels give the same bits. */
public final class CpuBackend extends Backend {
    private final int level;
    private final NativeFunctions functions;

    /**
     * @param level 0 generic, 2, 3 or 4: x86-64-v2, -v3, -v4
     * @param threads at least 1
     * @throws IllegalStateException if the native library does not load, with the reason
     * @throws IllegalArgumentException if the level cannot run here
     */
    public CpuBackend(int level, int threads) {
        super("cpu", Memory.HOST, threads);
        this.level = usable(level);
        this.functions = functions(level);
    }

    private static NativeFunctions functions(int level) {
        return new NativeFunctions("cpu", new NativeFunctions.Library() {
            @Override
            public String layout(String name) {
                return ElboCpu.elbo4j_cpu_layout(name);
            }

            @Override
            public long find(String name) {
                return ElboCpu.elbo4j_cpu_find(level, name);
            }
        });
    }

    private static int usable(int level) {
        CpuLibrary.problem().ifPresent(problem -> {
            throw new IllegalStateException("backend cpu is not available: " + problem);
        });
        if (!CpuLibrary.hasLevel(level)) {
            throw new IllegalArgumentException("level must be one that this processor and build have (the best is "
                    + CpuLibrary.bestLevel() + ", " + CpuLibrary.levelName(CpuLibrary.bestLevel()) + "), not " + level);
        }
        return level;
    }

    public int level() {
        return level;
    }

    @Override
    public String description() {
        return CpuLibrary.levelName(level) + ", native library";
    }

    @Override
    protected Kernel kernel(Operation operation) {
        return new CpuKernel(functions.find(operation), operation);
    }

    @Override
    protected void run(Operation operation, long begin, long end) {
        ElboCpu.elbo4j_cpu_call(functions.find(operation), Image.addressOnce(operation, Live.NONE), begin, end);
        Reference.reachabilityFence(operation);
    }

    @Override
    public Storage allocate(long elements, ElementType type) {
        return new NativeStorage(this, elements, type);
    }

    /**
     * Memory of this process that another library owns, without a copy: it must hold that many floats from where the
     * pointer stands, and stay valid while matrices on it are used. The storage holds the pointer, which need not be
     * what keeps the memory: that is for the caller to hold. Closing the storage does not free it, but waits until no
     * launch uses it any more: then its owner may.
     *
     * @throws IllegalArgumentException for a null pointer or one that is no multiple of 4
     */
    public Storage wrap(Pointer hostMemory, long elements) {
        return new NativeStorage(this, hostMemory, elements);
    }

    @Override
    public Indices indices(int count) {
        return new NativeIndices(this, count);
    }
}
