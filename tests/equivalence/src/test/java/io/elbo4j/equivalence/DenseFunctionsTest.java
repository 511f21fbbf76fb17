package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertNull;

import io.elbo4j.Backend;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The scalar functions on a million bit patterns spread over all 2^32, on every backend, by bits. */
class DenseFunctionsTest {
    private static final int SIDE = 1024;
    /** A prime, so that all exponents and all low bits occur. */
    private static final int STRIDE = 4093;

    @Test
    void everyBackendGivesTheJavaBackendsBits() {
        List<float[]> expected;
        try (Backend reference = BackendsUnderTest.reference()) {
            expected = results(reference);
        }
        for (BackendsUnderTest under : BackendsUnderTest.all()) {
            try (Backend backend = under.open()) {
                assertNull(Bits.difference(expected, results(backend)), under.name());
            }
        }
    }

    private static List<float[]> results(Backend backend) {
        float[] patterns = new float[SIDE * SIDE];
        for (int i = 0; i < patterns.length; i++) {
            patterns[i] = Float.intBitsToFloat(i * STRIDE);
        }
        try (DenseFunctions functions = new DenseFunctions(backend, SIDE)) {
            functions.inputs(patterns);
            return functions.names().stream().map(functions::results).toList();
        }
    }
}
