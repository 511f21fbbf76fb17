package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertNull;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.GaussianSampleKl;
import io.elbo4j.operation.RandomFill;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Noise belongs to a row's place in the whole: a batch drawn in parts is the batch drawn at once, by bits. */
class ShardTest {
    private static final int ROWS = 67;
    private static final int COLUMNS = 21;
    private static final int SAMPLES = 3;

    @Test
    void partsOfABatchHaveTheNoiseOfTheWhole() {
        for (BackendsUnderTest under : BackendsUnderTest.all()) {
            try (Backend backend = under.open();
                    Matrix mean = backend.matrix(ROWS, COLUMNS);
                    Matrix logVariance = backend.matrix(ROWS, COLUMNS);
                    Matrix whole = backend.matrix(ROWS * SAMPLES, COLUMNS);
                    Matrix parts = backend.matrix(ROWS * SAMPLES, COLUMNS);
                    Matrix kl = backend.matrix(ROWS, 1)) {
                RandomFill.normal(new Noise(5, 1), mean).run();
                RandomFill.normal(new Noise(5, 2), logVariance).run();
                GaussianSampleKl.forward(mean, logVariance, new Noise(5, 3).step(9), whole, kl).run();
                for (int begin = 0; begin < ROWS; begin += 13) {
                    int end = Math.min(ROWS, begin + 13);
                    Noise noise = new Noise(5, 3).step(9).firstRow((long) begin * SAMPLES);
                    GaussianSampleKl.forward(mean.rows(begin, end), logVariance.rows(begin, end), noise,
                            parts.rows(begin * SAMPLES, end * SAMPLES), kl.rows(begin, end)).run();
                }
                assertNull(Bits.difference(List.of(whole.toArray()), List.of(parts.toArray())), under.name());
            }
        }
    }
}
