package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.assertBits;
import static io.elbo4j.purejava.References.ROUNDING;
import static io.elbo4j.purejava.References.assertNear;
import static io.elbo4j.purejava.References.gaussian;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.Matrix;
import io.elbo4j.operation.BatchSum;
import io.elbo4j.operation.GaussianKlPerDimension.Forward;
import io.elbo4j.operation.GaussianKlPerDimension.FreeBitsGate;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GaussianKlPerDimensionTest {
    private static final long SEED = 41;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 1031})
    void agreesWithDoublePrecision(int rows) {
        int d = rows == 33 ? 1031 : 5;
        int n = rows * d;
        float[] m = gaussian(SEED, n, 1.5);
        float[] lv = gaussian(SEED + 1, n, 2);
        float[] pm = gaussian(SEED + 2, n, 1);
        float[] plv = gaussian(SEED + 3, n, 1);
        for (boolean prior : new boolean[] {false, true}) {
            Matrix mean = Guarded.matrix(rows, d, m);
            Matrix logVariance = Guarded.matrix(rows, d, lv);
            Matrix priorMean = prior ? Guarded.matrix(rows, d, pm) : null;
            Matrix priorLogVariance = prior ? Guarded.matrix(rows, d, plv) : null;
            Guarded kl = new Guarded(1, d);
            Guarded.assertSplits(d, true,
                    (b, e) -> new Forward(mean, logVariance, priorMean, priorLogVariance, kl.matrix, BatchSum.chunksOf(
                            rows)).run(b, e),
                    kl);
            for (int j = 0; j < d; j++) {
                double sum = 0;
                double magnitude = 0;
                for (int i = j; i < n; i += d) {
                    double mu = prior ? pm[i] : 0;
                    double log = prior ? plv[i] : 0;
                    double term =
                            0.5 * ((Math.exp(lv[i]) + (m[i] - mu) * (m[i] - mu)) * Math.exp(-log) + log - lv[i] - 1);
                    sum += term;
                    magnitude += term + Math.abs(lv[i]) + Math.abs(log) + 1;
                }
                // a chain of rows / chunks additions, each within half a unit of the sum
                assertNear(sum, kl.values()[j], (8 + rows / 8.0) * ROUNDING * magnitude, rows + " rows, column " + j);
            }
        }
    }

    /** A term of 2^24 swallows every 1 that is added in its chain, and none of the other chains'. */
    @Test
    void chainsAreThoseOfTheBatchChunks() {
        int[][] rowsAndOnes = {{32, 0}, {63, 0}, {64, 32}, {127, 64}, {128, 96}, {256, 224}, {512, 448}};
        for (int[] pair : rowsAndOnes) {
            int rows = pair[0];
            float[] m = new float[rows];
            Arrays.fill(m, 1);
            m[0] = 4096;
            Guarded kl = new Guarded(1, 1);
            new Forward(Guarded.matrix(rows, 1, m), Guarded.matrix(rows, 1, new float[rows]), null, null, kl.matrix,
                    BatchSum.chunksOf(rows))
                    .run(0, 1);
            assertEquals(0.5f * (0x1p24f + pair[1]), kl.values()[0], rows + " rows");
        }
    }

    @Test
    void gateClosesAtTheThreshold() {
        float[] kl = {0, 0.5f, Math.nextUp(0.5f), 3, Float.NaN, Float.POSITIVE_INFINITY, -0.0f};
        Guarded weight = new Guarded(1, kl.length);
        Matrix in = Guarded.matrix(1, kl.length, kl);
        Guarded.assertSplits(
                kl.length, true, (b, e) -> new FreeBitsGate(in, 0.5f, weight.matrix).run(b, e), weight);
        assertBits(new float[] {0, 0, 1, 1, 1, 1, 0}, weight.values(), "gate at 0.5");
    }
}
