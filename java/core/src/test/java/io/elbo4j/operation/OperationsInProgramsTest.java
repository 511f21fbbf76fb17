package io.elbo4j.operation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.AdamStep;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Indices;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.Program;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What operations declare to read and write: workers wait where they must, and only there. */
class OperationsInProgramsTest {
    private static final int ROWS = 24;
    private static final int COLUMNS = 10;

    @Test
    void rowsOfABatchNeedNoWait() {
        try (Backend b = Backends.open("java", 2)) {
            Matrix both = b.matrix(ROWS, 2 * COLUMNS);
            Matrix mean = both.columns(0, COLUMNS);
            Matrix logVariance = both.columns(COLUMNS, 2 * COLUMNS);
            Matrix z = b.matrix(ROWS, COLUMNS);
            Matrix perRow = b.matrix(ROWS, 1);
            Matrix gradient = b.matrix(ROWS, 2 * COLUMNS);
            List<Launch> launches = new ArrayList<>(List.of(
                    Matmul.forward(b.matrix(ROWS, 7), b.matrix(7, 2 * COLUMNS), b.matrix(1, 2 * COLUMNS), false, both),
                    GaussianSampleKl.forward(mean, logVariance, new Noise(1, 1), z, perRow),
                    BernoulliLogLikelihood.forward(z, b.matrix(ROWS, COLUMNS), b.matrix(ROWS, 1)),
                    GaussianSampleKl.backward(mean, logVariance, new Noise(1, 1), z, perRow, null,
                            gradient.columns(0, COLUMNS), gradient.columns(COLUMNS, 2 * COLUMNS))));
            assertEquals(1, new Program(b, launches).phases());
            launches.add(Sums.rows(perRow.reshape(1, ROWS), b.matrix(1, 1)));
            assertEquals(2, new Program(b, launches).phases());
        }
    }

    @Test
    void adamFollowsTheGradientOfAWeightAndOfABias() {
        try (Backend b = Backends.open("java", 2)) {
            AdamStep step = new AdamStep(1e-3, 0.9, 0.999, 1e-8);
            Matrix x = b.matrix(ROWS, 7);
            Matrix dy = b.matrix(ROWS, COLUMNS);
            Matrix dWeight = b.matrix(7, COLUMNS);
            Matrix dBias = b.matrix(1, COLUMNS);
            Matrix dShared = b.matrix(1, COLUMNS);
            List<Launch> launches = List.of(Matmul.weightGradient(x, dy, dWeight), adam(b, dWeight, step),
                    Sums.columns(dy, dBias), adam(b, dBias, step),
                    GaussianLogLikelihood.sharedLogVarianceGradient(dy, b.matrix(1, COLUMNS), dy, b.matrix(ROWS, 1),
                            dShared), adam(b, dShared, step));
            assertEquals(1, new Program(b, launches).phases());
        }
    }

    private static Launch adam(Backend b, Matrix gradient, AdamStep step) {
        long rows = gradient.rows();
        long columns = gradient.columns();
        return Adam.update(b.matrix(rows, columns), gradient, b.matrix(rows, columns), b.matrix(rows, columns), step,
                null);
    }

    @Test
    void columnsThatHappenToDivideTheRowsStillWait() {
        try (Backend b = Backends.open("java", 2); Indices indices = b.indices(2)) {
            Matrix target = b.matrix(4, 2);
            Launch scatter = Rows.scatterAdd(b.matrix(2, 2), indices, target);
            assertEquals(2, scatter.items());
            Launch rowWise = Rows.copy(target.reshape(2, 4), b.matrix(2, 4));
            assertEquals(2, new Program(b, List.of(scatter, rowWise)).phases());
        }
    }

    /** With rows inside the repeated axis, an item's rows lie among those of others. */
    @Test
    void copiesOfOneRowStayTogetherWhereTheyLieTogether() {
        try (Backend b = Backends.open("java", 2)) {
            Matrix few = b.matrix(ROWS, COLUMNS);
            Matrix many = b.matrix(3 * ROWS, COLUMNS);
            for (int inner : new int[] {1, 2}) {
                List<Launch> launches = List.of(Rows.copy(b.matrix(ROWS, COLUMNS), few), Rows.repeat(few, inner, many),
                        Rows.sumRepeated(many, inner, b.matrix(ROWS, COLUMNS)));
                assertEquals(inner, new Program(b, launches).phases());
            }
        }
    }

    @Test
    void samplesOfOneRowStayTogether() {
        float[] expected = importanceWeights(1);
        assertArrayEquals(expected, importanceWeights(2));
        assertArrayEquals(expected, importanceWeights(3));
    }

    /** x with fewer rows than its samples; the launches before and after it are over other items. */
    private static float[] importanceWeights(int threads) {
        try (Backend b = Backends.open("java", threads)) {
            int samples = 3;
            Matrix x = b.matrix(ROWS, COLUMNS);
            Matrix logits = b.matrix((long) ROWS * samples, COLUMNS);
            Matrix logLikelihood = b.matrix((long) ROWS * samples, 1);
            Matrix kl = b.matrix(ROWS, 1);
            Matrix result = b.matrix(ROWS, 1);
            List<Launch> launches = List.of(RandomFill.uniform(new Noise(7, 1), 0, 1, x),
                    GaussianSampleKl.forward(x, x, new Noise(7, 2), logits, kl),
                    BernoulliLogLikelihood.forward(logits, x, logLikelihood),
                    LogMeanExp.forward(logLikelihood.reshape(ROWS, samples), result));
            launches.forEach(l -> l.nanosPerItem(1e6));
            new Program(b, launches).run();
            return result.toArray();
        }
    }
}
