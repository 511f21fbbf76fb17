package io.elbo4j.equivalence;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.cuda.CudaLibrary;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The backends that can run here. */
record BackendsUnderTest(String name, Supplier<Backend> opener) {
    private static final int GENERIC = 0;
    private static final int V4 = 4;

    Backend open() {
        return opener.get();
    }

    /**
     * Fails where one of a list of backends (java, cpu, cuda, emulated-cuda; the last is cuda without a GPU) cannot be
     * opened here, with the reason, or where what nvcc makes of the kernels (ptx) is not here.
     */
    static void require(String names) {
        for (String name : names.split(",")) {
            if (!List.of("java", "cpu", "cuda", "emulated-cuda", "ptx").contains(name)) {
                throw new AssertionError("elbo4j.require: '" + name + "' is none of java, cpu, cuda, emulated-cuda,"
                        + " ptx");
            }
            if (name.equals("ptx")) {
                PtxTest.requirePtx();
                continue;
            }
            boolean emulated = name.equals("emulated-cuda");
            try (Backend backend = Backends.open(emulated ? "cuda" : name, 1)) {
                if (backend.name().equals("cuda") && CudaLibrary.emulated() != emulated) {
                    throw new AssertionError("elbo4j.require: '" + name + "' is not here, but "
                            + backend.description());
                }
            } catch (RuntimeException e) {
                throw new AssertionError("elbo4j.require: '" + name + "' is not here: " + e.getMessage(), e);
            }
        }
    }

    /** The java backend on one thread: what all others are compared with. */
    static Backend reference() {
        return Backends.open("java", 1);
    }

    /**
     * java with 2 and 3 threads, every level of the cpu backend with 1, 2 and 3, and cuda: on a GPU, or, where the
     * tests are given the emulation, on that. The system property {@code elbo4j.backends} (a regular expression for the
     * beginning of a name) leaves out others.
     */
    static List<BackendsUnderTest> all() {
        List<BackendsUnderTest> all = new ArrayList<>();
        for (int threads : new int[] {2, 3}) {
            all.add(new BackendsUnderTest("java, " + threads + " threads", () -> Backends.open("java", threads)));
        }
        for (int level = GENERIC; level <= V4; level++) {
            int l = level;
            if (Backends.hasCpuLevel(l)) {
                for (int threads : new int[] {1, 2, 3}) {
                    all.add(new BackendsUnderTest("cpu level " + l + ", " + threads + " threads",
                            () -> Backends.openCpu(l, threads)));
                }
            }
        }
        if (CudaLibrary.problem().isEmpty()) {
            all.add(new BackendsUnderTest("cuda", () -> Backends.open("cuda", 1)));
        }
        String only = System.getProperty("elbo4j.backends", "");
        all.removeIf(under -> !under.name().matches("(" + only + ").*"));
        return all;
    }
}
