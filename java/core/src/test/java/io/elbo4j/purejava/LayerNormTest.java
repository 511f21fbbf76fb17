package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.assertSame;
import static io.elbo4j.purejava.References.ROUNDING;
import static io.elbo4j.purejava.References.SIZES;
import static io.elbo4j.purejava.References.assertNear;
import static io.elbo4j.purejava.References.gaussian;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Matrix;
import io.elbo4j.operation.BatchSum;
import io.elbo4j.operation.LayerNorm;
import io.elbo4j.operation.RmsNorm;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layer normalisation (centred) and RMS normalisation against double precision, within what their Javadoc promises. */
class LayerNormTest {
    private static final long SEED = 3141;
    private static final int ROWS = 5;
    private static final float EPSILON = 1e-5f;
    private static final float INF = Float.POSITIVE_INFINITY;

    /** One case: inputs, and what the kernels made of them. */
    private static final class Case {
        final boolean centred;
        final int rows;
        final int columns;
        final float[] x;
        final float[] gamma;
        final float[] beta;
        final float[] dY;
        final Guarded y;
        final Guarded mean;
        final Guarded rstd;
        final Guarded dX;
        final Guarded dGamma;
        final Guarded dBeta;

        Case(boolean centred, int rows, int columns, float[] x, float epsilon) {
            this.centred = centred;
            this.rows = rows;
            this.columns = columns;
            this.x = x;
            gamma = gaussian(SEED + 1, columns, 1);
            beta = gaussian(SEED + 2, columns, 1);
            dY = gaussian(SEED + 3, rows * columns, 1);
            y = new Guarded(rows, columns);
            mean = new Guarded(rows, 1, new float[rows]);
            rstd = new Guarded(rows, 1);
            dX = new Guarded(rows, columns);
            dGamma = new Guarded(1, columns);
            dBeta = new Guarded(1, columns);
            Matrix in = Guarded.matrix(rows, columns, x);
            Matrix g = Guarded.matrix(1, columns, gamma);
            Matrix b = centred ? Guarded.matrix(1, columns, beta) : null;
            Matrix m = centred ? mean.matrix : null;
            Matrix dy = Guarded.matrix(rows, columns, dY);
            Guarded.assertSplits(rows, false, (from, to) -> new LayerNorm.Forward(in, g, b, epsilon, y.matrix, m,
                    rstd.matrix).run(from, to), centred ? new Guarded[] {y, mean, rstd} : new Guarded[] {y, rstd});
            Guarded.assertSplits(rows, false, (from, to) -> new LayerNorm.Backward(in, g, m, rstd.matrix, dy, dX.matrix)
                    .run(from, to), dX);
            Guarded.assertSplits(columns, true, (from, to) -> new LayerNorm.ParameterGradients(in, m, rstd.matrix, dy,
                    dGamma.matrix, centred ? dBeta.matrix : null, BatchSum.chunksOf(rows)).run(from, to), centred
                            ? new Guarded[] {dGamma,
                                    dBeta} : new Guarded[] {dGamma});
        }

        double x(int row, int column) {
            return x[row * columns + column];
        }

        /** Of what f gives for each column. */
        double mean(java.util.function.IntToDoubleFunction f) {
            return IntStream.range(0, columns).mapToDouble(f).sum() / columns;
        }
    }

    private static float[] inputs(int rows, int columns, float offset) {
        float[] x = gaussian(SEED, rows * columns, 3);
        for (int i = 0; i < x.length; i++) {
            x[i] += offset;
        }
        return x;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void agreesWithDoublePrecision(boolean centred) {
        for (int columns : Arrays.stream(SIZES).filter(n -> n > 0).toArray()) {
            for (float offset : new float[] {0, 7, -5000}) {
                Case c = new Case(centred, ROWS, columns, inputs(ROWS, columns, offset), EPSILON);
                for (int r = 0; r < ROWS; r++) {
                    forward(c, r, EPSILON);
                    backward(c, r);
                }
                parameterGradients(c);
            }
        }
    }

    private static void forward(Case c, int r, float epsilon) {
        String row = (c.centred ? "layer norm" : "RMS norm") + " of " + c.columns + ", row " + r;
        double mean = c.centred ? c.mean(i -> c.x(r, i)) : 0;
        double magnitude = c.mean(i -> Math.abs(c.x(r, i)));
        double square = c.mean(i -> (c.x(r, i) - mean) * (c.x(r, i) - mean));
        double rstd = 1 / Math.sqrt(square + (double) epsilon);
        if (c.centred) {
            assertNear(mean, c.mean.values()[r], ROUNDING * (Math.abs(mean) + 2 * magnitude), row + ", mean");
        }
        if (c.centred && magnitude * rstd > 2048) {
            return; // nothing is promised
        }
        for (int i = 0; i < c.columns; i++) {
            double xhat = (c.x(r, i) - mean) * rstd;
            double y = c.gamma[i] * xhat + (c.centred ? c.beta[i] : 0);
            double bound = c.centred ? Math.abs(c.gamma[i]) * (3 * magnitude * rstd + 7 * Math.abs(xhat)) + Math.abs(y)
                    : 5 * Math.abs(y);
            assertNear(y, c.y.values()[r * c.columns + i], ROUNDING * bound, row + ", y " + i);
        }
    }

    private static void backward(Case c, int r) {
        String row = (c.centred ? "layer norm" : "RMS norm") + " of " + c.columns + ", row " + r;
        double mean = c.centred ? c.mean.values()[r] : 0;
        double rstd = c.rstd.values()[r];
        double[] xhat = IntStream.range(0, c.columns).mapToDouble(i -> (c.x(r, i) - mean) * rstd).toArray();
        double[] g = IntStream.range(0, c.columns).mapToDouble(i -> (double) c.dY[r * c.columns + i] * c.gamma[i])
                .toArray();
        double meanG = c.centred ? c.mean(i -> g[i]) : 0;
        double meanGx = c.mean(i -> g[i] * xhat[i]);
        double magnitudeG = c.centred ? c.mean(i -> Math.abs(g[i])) : 0;
        double magnitudeGx = c.mean(i -> Math.abs(g[i] * xhat[i]));
        for (int i = 0; i < c.columns; i++) {
            assertNear(rstd * (g[i] - meanG - xhat[i] * meanGx), c.dX.values()[r * c.columns + i], 11 * ROUNDING * rstd
                    * (Math.abs(g[i]) + magnitudeG + Math.abs(xhat[i]) * magnitudeGx), row + ", dX " + i);
        }
    }

    /** Which one element of a sum over the batch goes through: those of its chunk, then of the chunks. */
    private static int additions(int rows) {
        int chunks = rows >= 256 ? 8 : rows >= 128 ? 4 : rows >= 64 ? 2 : 1;
        return (rows + chunks - 1) / chunks + Integer.numberOfTrailingZeros(chunks);
    }

    private static void parameterGradients(Case c) {
        for (int i = 0; i < c.columns; i++) {
            double sum = 0;
            double magnitude = 0;
            double sumOfDy = 0;
            double magnitudeOfDy = 0;
            for (int r = 0; r < c.rows; r++) {
                sumOfDy += c.dY[r * c.columns + i];
                magnitudeOfDy += Math.abs(c.dY[r * c.columns + i]);
                double term = c.dY[r * c.columns + i] * (c.x(r, i) - (c.centred ? c.mean.values()[r] : 0))
                        * c.rstd.values()[r];
                sum += term;
                magnitude += Math.abs(term);
            }
            // the sum's: as in SumsTest
            assertNear(sum, c.dGamma.values()[i], (4 + c.rows / 8.0) * ROUNDING * magnitude, "dGamma " + i + " of "
                    + c.rows + " rows");
            if (c.centred) {
                assertNear(sumOfDy, c.dBeta.values()[i], additions(c.rows) * ROUNDING * magnitudeOfDy, "dBeta " + i
                        + " of " + c.rows + " rows");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sumsOverTheBatchAreOfItsChunks(boolean centred) {
        for (int rows : SIZES) {
            parameterGradients(new Case(centred, rows, 3, inputs(rows, 3, 1), EPSILON));
        }
    }

    /** The formula of the gradient is that of the forward pass. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void gradientsAgreeWithFiniteDifferences(boolean centred) {
        int columns = 9;
        Case c = new Case(centred, 2, columns, inputs(2, columns, 1), 0.25f);
        for (int at = 0; at < columns; at++) {
            int moved = at;
            double ofX = References.derivative(v -> loss(c, v, c.gamma[moved], moved), c.x(1, at));
            assertNear(ofX, c.dX.values()[columns + at], 1e-5, "dX " + at);
            double before = References.derivative(v -> loss(c, c.x(1, moved), v, moved), c.gamma[at]);
            double first = c.dY[at] * (c.x(0, at) - (centred ? c.mean.values()[0] : 0)) * c.rstd.values()[0];
            assertNear(first + before, c.dGamma.values()[at], 1e-5, "dGamma " + at);
        }
    }

    /** sum(dY y) of the second row, with an element of x and of gamma set. */
    private static double loss(Case c, double x, double gamma, int at) {
        double[] row = IntStream.range(0, c.columns).mapToDouble(i -> i == at ? x : c.x(1, i)).toArray();
        double mean = c.centred ? Arrays.stream(row).sum() / c.columns : 0;
        double square = Arrays.stream(row).map(v -> (v - mean) * (v - mean)).sum() / c.columns;
        double loss = 0;
        for (int i = 0; i < c.columns; i++) {
            loss += c.dY[c.columns + i] * (i == at ? gamma : c.gamma[i]) * (row[i] - mean) / Math.sqrt(square + 0.25);
        }
        return loss;
    }

    /** Promised: y = beta up to the rounding of the mean, and finite numbers. */
    @Test
    void rowsThatAreConstant() {
        for (int columns : new int[] {1, 2, 3, 33, 128}) {
            for (float value : new float[] {0, -0.0f, 1.3f, -1e5f, 1e-42f}) {
                float[] x = new float[columns];
                Arrays.fill(x, value);
                Case c = new Case(true, 1, columns, x, EPSILON);
                double rstd = 1 / Math.sqrt(EPSILON);
                for (int i = 0; i < columns; i++) {
                    assertNear(c.beta[i], c.y.values()[i], 3 * ROUNDING * rstd * Math.abs(value * c.gamma[i])
                            + ROUNDING * Math.abs(c.beta[i]), columns + " times " + value);
                    assertTrue(Float.isFinite(c.dX.values()[i]));
                }
                if (columns == 1) {
                    assertEquals(value + 0.0f, c.mean.values()[0]);
                    assertEquals((float) rstd, c.rstd.values()[0]);
                    assertEquals(c.beta[0], c.y.values()[0]);
                    assertEquals(0, c.dX.values()[0]);
                }
            }
        }
    }

    @Test
    void epsilonBoundsTheReciprocalDeviation() {
        assertEquals(2.0f, new Case(true, 1, 3, new float[] {5, 5, 5}, 0.25f).rstd.values()[0]);
        assertEquals(0.5f, new Case(false, 1, 2, new float[] {1, 1}, 3f).rstd.values()[0]);
        float least = new Case(false, 1, 2, new float[2], Float.MIN_VALUE).rstd.values()[0];
        assertNear(1 / Math.sqrt(Float.MIN_VALUE), least, ROUNDING * 1e23, "the least epsilon");
    }

    /** The other rows have the bits that they have alone. */
    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e38f, -2e19f})
    void whatIsNotFiniteStaysInItsRow(float value) {
        int columns = 131;
        float[] x = inputs(ROWS, columns, 1);
        for (boolean centred : new boolean[] {true, false}) {
            Case without = new Case(centred, ROWS, columns, x, EPSILON);
            float[] with = x.clone();
            with[2 * columns + 77] = value;
            Case c = new Case(centred, ROWS, columns, with, EPSILON);
            for (int i = 0; i < x.length; i++) {
                if (i / columns != 2) {
                    assertSame(without.y.values()[i], c.y.values()[i], "y " + i);
                    assertSame(without.dX.values()[i], c.dX.values()[i], "dX " + i);
                } else if (!Float.isFinite(value) && (centred || Float.isNaN(value))) {
                    assertSame(Float.NaN, c.y.values()[i], "y " + i);
                    assertSame(Float.NaN, c.dX.values()[i], "dX " + i);
                } else if (!Float.isFinite(value)) {
                    boolean itself = i == 2 * columns + 77;
                    assertEquals(itself ? Float.NaN : 0.0f, Math.abs(c.y.values()[i]), "y " + i);
                    assertSame(Float.NaN, c.dX.values()[i], "dX " + i);
                }
            }
        }
    }

    /** As the Javadoc says of squares, and of means, that overflow. */
    @Test
    void hugeValues() {
        Case c = new Case(true, 1, 2, new float[] {4e19f, -4e19f}, EPSILON);
        assertEquals(0, c.rstd.values()[0]);
        assertEquals(c.beta[1], c.y.values()[1]);
        assertEquals(0, new Case(false, 1, 2, new float[] {4e19f, -4e19f}, EPSILON).y.values()[0]);
        assertNear(1e-18, new Case(true, 1, 2, new float[] {1e18f, -1e18f}, EPSILON).rstd.values()[0], 1e-25, "rstd");
        Case overflow = new Case(true, 1, 4, new float[] {1e38f, 1e38f, 1e38f, 1e38f}, EPSILON);
        assertEquals(INF, overflow.mean.values()[0]);
        assertSame(Float.NaN, overflow.y.values()[0], "y");
    }

    /** One definition: the mean is 0. */
    @Test
    void rmsNormIsLayerNormWithoutItsMean() {
        Matrix in = Guarded.matrix(2, 3, 1, -2, 3, 4, -0.0f, 6);
        Matrix gamma = Guarded.matrix(1, 3, 1, 2, -0.5f);
        Guarded y = new Guarded(2, 3);
        Guarded rstd = new Guarded(2, 1);
        new LayerNorm.Forward(in, gamma, null, EPSILON, y.matrix, null, rstd.matrix).run(0, 2);
        assertNear(1 / Math.sqrt(14 / 3.0 + EPSILON), rstd.values()[0], 1e-7, "rstd");
        assertSame(-0.0f, y.values()[4], "of -0");
        Matrix plain = Guarded.BACKEND.matrix(2, 3);
        RmsNorm.forward(in, gamma, EPSILON, plain, Guarded.BACKEND.matrix(2, 1)).run();
        Guarded.assertBits(y.values(), plain.toArray(), "as an operation");
    }
}
