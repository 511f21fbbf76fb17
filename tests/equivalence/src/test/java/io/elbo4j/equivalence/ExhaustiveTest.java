package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.Backends;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The scalar functions on all of their inputs; some minutes, so it is asked for with -Delbo4j.exhaustive=true. */
class ExhaustiveTest {
    @Test
    void theCpuBackendGivesTheGoldenBits() throws IOException {
        assumeTrue(Boolean.getBoolean("elbo4j.exhaustive"), "skipped: needs -Delbo4j.exhaustive=true");
        assumeTrue(Backends.hasCpuLevel(3), "skipped: levels without a fused multiply-add are too slow for this");
        Exhaustive.check(Exhaustive.digests(() -> Backends.open("cpu", 1)));
    }
}
