package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertNull;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.ScalarFunction;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.operation.Rows;
import java.util.ArrayList;
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
        List<float[]> results = new ArrayList<>();
        try (Matrix x = backend.matrix(SIDE, SIDE).set(patterns);
                Matrix one = backend.matrix(SIDE, SIDE);
                Matrix y = backend.matrix(SIDE, SIDE)) {
            Rows.fill(1, one).run();
            List<Launch> launches = new ArrayList<>();
            for (ScalarFunction f : ScalarFunction.values()) {
                launches.add(Elementwise.map(f, x, y));
            }
            for (Activation a : Activation.values()) {
                launches.add(Elementwise.activation(a, x, y));
                launches.add(Elementwise.activationGradient(a, x, one, y));
            }
            for (Launch launch : launches) {
                launch.run();
                results.add(y.toArray());
            }
        }
        return results;
    }
}
