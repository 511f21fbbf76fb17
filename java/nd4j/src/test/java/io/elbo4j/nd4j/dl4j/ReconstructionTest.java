package io.elbo4j.nd4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.cpu.CpuLibrary;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.layers.variational.BernoulliReconstructionDistribution;
import org.deeplearning4j.nn.conf.layers.variational.GaussianReconstructionDistribution;
import org.deeplearning4j.nn.conf.layers.variational.ReconstructionDistribution;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Scores, gradients and samples against closed forms in double precision, and against DL4J's own distributions. */
class ReconstructionTest {
    private static final int[] ROWS = {1, 2, 37};
    private static final int[] COLUMNS = {1, 31, 32, 33, 127, 128, 129, 211};

    /** Relative: each term has a few ULP of float32 (6e-8), and sums are in double precision. */
    private static final double ROUNDING = 1e-6;

    /** DL4J's rounding: it takes probabilities to float32 before it takes their logarithms. */
    private static final double DL4J_ROUNDING = 2e-5;

    /** log p(x) of one element, and its gradient by each of its parameters. */
    private interface ClosedForm {
        double[] at(double x, double... parameters);
    }

    private record Case(ReconstructionDistribution ours, ReconstructionDistribution dl4j, int perDimension,
            ClosedForm closedForm) {}

    private static final double[] FIXED = {0.3, 1, 2.5};

    private static final Case BERNOULLI = new Case(new BernoulliLogits(),
            new BernoulliReconstructionDistribution(Activation.SIGMOID), 1, (x, p) -> new double[] {
                    x * p[0] - Math.max(p[0], 0) - Math.log1p(Math.exp(-Math.abs(p[0]))), x - 1 / (1 + Math.exp(
                            -p[0]))});

    private static final Case GAUSSIAN = new Case(new GaussianLogVariance(),
            new GaussianReconstructionDistribution(Activation.IDENTITY), 2, (x, p) -> normal(x, p[0], p[1]));

    private static double[] normal(double x, double mean, double logVariance) {
        double square = (x - mean) * (x - mean) * Math.exp(-logVariance);
        return new double[] {-0.5 * (Math.log(2 * Math.PI) + logVariance + square),
                (x - mean) * Math.exp(-logVariance), 0.5 * (square - 1)};
    }

    private static List<Case> cases() {
        List<Case> all = new java.util.ArrayList<>(List.of(BERNOULLI, GAUSSIAN));
        for (double deviation : FIXED) {
            all.add(new Case(new GaussianFixed(deviation), null, 1,
                    (x, p) -> normal(x, p[0], 2 * Math.log(deviation))));
        }
        return all;
    }

    @BeforeAll
    static void nativeLibrary() {
        assumeTrue(CpuLibrary.problem().isEmpty(), () -> "skipped: " + CpuLibrary.problem().orElse(""));
    }

    private static INDArray normals(long seed, long rows, long columns) {
        Random random = new Random(seed);
        float[] values = new float[(int) (rows * columns)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Nd4j.createFromArray(values).reshape('c', rows, columns);
    }

    private static INDArray zeroOrOne(long seed, long rows, long columns) {
        return normals(seed, rows, columns).gt(0).castTo(DataType.FLOAT);
    }

    private static INDArray data(Case c, long rows, long columns) {
        return c == BERNOULLI ? zeroOrOne(2, rows, columns) : normals(2, rows, columns);
    }

    private static void assertClose(String what, double expected, double actual, double scale, double bound) {
        assertTrue(Math.abs(expected - actual) <= bound * scale,
                () -> what + ": " + actual + " is not within " + bound + " x " + scale + " of " + expected);
    }

    @Test
    void closedForms() {
        for (Case c : cases()) {
            for (int rows : ROWS) {
                for (int columns : COLUMNS) {
                    INDArray x = data(c, rows, columns);
                    INDArray parameters = normals(3, rows, (long) c.perDimension() * columns);
                    // the order in which DL4J's products give them
                    assertClosedForm(c, x, parameters.dup('f'));
                    assertClosedForm(c, x, parameters);
                    assertClosedForm(c, x.castTo(DataType.DOUBLE), parameters);
                }
            }
        }
    }

    private static void assertClosedForm(Case c, INDArray x, INDArray parameters) {
        String what = c.ours() + ", " + Arrays.toString(x.shape());
        long d = x.size(1);
        assertEquals(parameters.size(1), c.ours().distributionInputSize((int) d));
        INDArray perRow = c.ours().exampleNegLogProbability(x, parameters);
        INDArray gradient = c.ours().gradient(x, parameters);
        assertArrayEquals(new long[] {x.size(0), 1}, perRow.shape());
        assertArrayEquals(parameters.shape(), gradient.shape());
        double total = 0;
        for (long row = 0; row < x.size(0); row++) {
            double sum = 0;
            double magnitude = 0;
            for (long j = 0; j < d; j++) {
                double[] p = new double[c.perDimension()];
                for (int k = 0; k < p.length; k++) {
                    p[k] = parameters.getDouble(row, k * d + j);
                }
                double[] expected = c.closedForm().at(x.getDouble(row, j), p);
                sum -= expected[0];
                magnitude += Math.abs(expected[0]);
                for (int k = 0; k < p.length; k++) {
                    assertClose(what + ", gradient", -expected[1 + k], gradient.getDouble(row, k * d + j),
                            1 + Math.abs(expected[1 + k]), ROUNDING);
                }
            }
            assertClose(what + ", score", sum, perRow.getDouble(row, 0), magnitude, ROUNDING);
            total += perRow.getDouble(row, 0);
        }
        assertEquals(total, c.ours().negLogProbability(x, parameters, false), 1e-9 * Math.abs(total));
        assertEquals(total / x.size(0), c.ours().negLogProbability(x, parameters, true), 1e-9 * Math.abs(total));
    }

    @Test
    void theScoresAndGradientsOfDl4j() {
        for (Case c : List.of(BERNOULLI, GAUSSIAN)) {
            for (int rows : ROWS) {
                for (int columns : COLUMNS) {
                    INDArray x = data(c, rows, columns);
                    INDArray parameters = normals(3, rows, (long) c.perDimension() * columns).dup('f');
                    String what = c.ours() + ", " + rows + " x " + columns;
                    assertEquals(c.dl4j().hasLossFunction(), c.ours().hasLossFunction());
                    assertEquals(c.dl4j().distributionInputSize(columns), c.ours().distributionInputSize(columns));
                    for (boolean average : new boolean[] {false, true}) {
                        double score = c.dl4j().negLogProbability(x, parameters, average);
                        assertClose(what, score, c.ours().negLogProbability(x, parameters, average), Math.abs(score),
                                DL4J_ROUNDING);
                    }
                    assertSame(what, c.dl4j().exampleNegLogProbability(x, parameters),
                            c.ours().exampleNegLogProbability(x, parameters));
                    assertSame(what, c.dl4j().gradient(x, parameters), c.ours().gradient(x, parameters));
                    assertSame(what, c.dl4j().generateAtMean(parameters), c.ours().generateAtMean(parameters));
                }
            }
        }
    }

    private static void assertSame(String what, INDArray expected, INDArray actual) {
        assertArrayEquals(expected.shape(), actual.shape());
        for (long i = 0; i < expected.size(0); i++) {
            for (long j = 0; j < expected.size(1); j++) {
                double value = expected.getDouble(i, j);
                assertClose(what, value, actual.getDouble(i, j), 1 + Math.abs(value), DL4J_ROUNDING);
            }
        }
    }

    /** DL4J sees a probability of exactly 0 or 1 and counts neither its cost nor its gradient. */
    @Test
    void aConfidentMistakeHasItsCostHere() {
        INDArray x = Nd4j.createFromArray(new float[][] {{0}, {1}});
        INDArray logits = Nd4j.createFromArray(new float[][] {{20}, {-110}});
        assertArrayEquals(new float[] {20, 110}, new BernoulliLogits().exampleNegLogProbability(x, logits)
                .data().asFloat(), 1e-5f);
        assertArrayEquals(new float[] {1, -1}, new BernoulliLogits().gradient(x, logits).data().asFloat(), 1e-5f);
        ReconstructionDistribution dl4j = new BernoulliReconstructionDistribution();
        assertArrayEquals(new float[2], dl4j.exampleNegLogProbability(x, logits).data().asFloat(), 1e-30f);
        assertArrayEquals(new float[2], dl4j.gradient(x, logits).data().asFloat(), 1e-30f);
    }

    /** 100,000 draws of each: means and variances within 5 standard errors; the seed is fixed. */
    @Test
    void samples() {
        int n = 100_000;
        for (double logit : new double[] {-2, 0, 1}) {
            double p = 1 / (1 + Math.exp(-logit));
            float[] drawn = draw(new BernoulliLogits(), Nd4j.valueArrayOf(new long[] {n, 1}, logit, DataType.FLOAT));
            for (float each : drawn) {
                assertTrue(each == 0 || each == 1);
            }
            assertEquals(p, mean(drawn), 5 * Math.sqrt(p * (1 - p) / n));
        }
        INDArray parameters = Nd4j.create(DataType.FLOAT, n, 2);
        parameters.getColumn(0).assign(3);
        parameters.getColumn(1).assign(2 * Math.log(0.5));
        assertNormal(draw(new GaussianLogVariance(), parameters), 3, 0.5);
        assertNormal(draw(new GaussianFixed(0.5), Nd4j.valueArrayOf(new long[] {n, 1}, 3, DataType.FLOAT)), 3, 0.5);
    }

    private static float[] draw(ReconstructionDistribution distribution, INDArray parameters) {
        Nd4j.getRandom().setSeed(42);
        INDArray before = parameters.dup();
        float[] first = distribution.generateRandom(parameters).data().asFloat();
        assertNotEquals(Arrays.hashCode(first), Arrays.hashCode(distribution.generateRandom(parameters).data()
                .asFloat()), "each call has noise of its own");
        Nd4j.getRandom().setSeed(42);
        assertArrayEquals(first, distribution.generateRandom(parameters).data().asFloat());
        assertEquals(before, parameters);
        return first;
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float each : values) {
            sum += each;
        }
        return sum / values.length;
    }

    private static void assertNormal(float[] drawn, double mean, double deviation) {
        int n = drawn.length;
        assertEquals(mean, mean(drawn), 5 * deviation / Math.sqrt(n));
        double square = 0;
        for (float each : drawn) {
            square += (each - mean) * (each - mean);
        }
        assertEquals(deviation * deviation, square / n, 5 * deviation * deviation * Math.sqrt(2.0 / n));
    }

    @Test
    void wrongArgumentsAreRefusedWithTheirName() {
        INDArray x = Nd4j.zeros(DataType.FLOAT, 3, 4);
        assertRefused("BernoulliLogits[]: preOutDistributionParams must have the shape [3, 4] for x of [3, 4],"
                + " not [3, 5]", new BernoulliLogits(), x, Nd4j.zeros(DataType.FLOAT, 3, 5));
        assertRefused("GaussianLogVariance[]: preOutDistributionParams must have the shape [3, 8] for x of [3, 4],"
                + " not [3, 4]", new GaussianLogVariance(), x, x);
        assertRefused("GaussianFixed[standardDeviation=2.0]: preOutDistributionParams must have the shape [3, 4] for x"
                + " of [3, 4], not [6, 4]", new GaussianFixed(2), x, Nd4j.zeros(DataType.FLOAT, 6, 4));
        assertRefused("BernoulliLogits[]: x must have the shape [B, D], not [3, 2, 2]", new BernoulliLogits(),
                x.reshape(3, 2, 2), x);
        INDArray doubles = x.castTo(DataType.DOUBLE);
        String type = "BernoulliLogits[]: preOutDistributionParams must be of FLOAT, not DOUBLE: build the network with"
                + " dataType(DataType.FLOAT)";
        assertRefused(type, new BernoulliLogits(), x, doubles);
        assertEquals(type, assertThrows(IllegalArgumentException.class,
                () -> new BernoulliLogits().generateRandom(doubles)).getMessage());
        for (double deviation : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY, 1e19}) {
            String message = assertThrows(IllegalArgumentException.class, () -> new GaussianFixed(deviation))
                    .getMessage();
            assertTrue(message.startsWith("standardDeviation must be from 1e-18 to 1e18"), message);
        }
    }

    private static void assertRefused(String message, ReconstructionDistribution p, INDArray x, INDArray parameters) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> p.exampleNegLogProbability(x,
                parameters)).getMessage());
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> p.negLogProbability(x, parameters,
                true)).getMessage());
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> p.gradient(x, parameters))
                .getMessage());
    }

    @Test
    void comparedByValue() {
        assertEquals(new BernoulliLogits(), new BernoulliLogits());
        assertEquals(new BernoulliLogits().hashCode(), new BernoulliLogits().hashCode());
        assertEquals(new GaussianFixed(0.5), new GaussianFixed(0.5));
        assertEquals(new GaussianFixed(0.5).hashCode(), new GaussianFixed(0.5).hashCode());
        assertNotEquals(new GaussianFixed(0.5), new GaussianFixed(0.25));
        assertFalse(new GaussianLogVariance().equals((Object) new BernoulliLogits()));
    }
}
