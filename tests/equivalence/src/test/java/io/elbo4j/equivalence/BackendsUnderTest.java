package io.elbo4j.equivalence;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
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

    /** The java backend on one thread: what all others are compared with. */
    static Backend reference() {
        return Backends.open("java", 1);
    }

    /** java with 2 and 3 threads, and every level of the cpu backend with 1, 2 and 3. */
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
        return all;
    }
}
