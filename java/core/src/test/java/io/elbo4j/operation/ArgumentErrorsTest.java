package io.elbo4j.operation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.AdamStep;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.ConvolutionShape;
import io.elbo4j.ElementType;
import io.elbo4j.Indices;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.ScalarFunction;
import io.elbo4j.SgdStep;
import io.elbo4j.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Every wrong argument: the error names the operation, the argument, what was given and expected; nothing is written.
 */
class ArgumentErrorsTest {
    private static final float SENTINEL = 42.5f;

    private final Backend backend = Backends.open("java", 1);
    private final List<Matrix> made = new ArrayList<>();
    private final Noise noise = new Noise(1, 1);
    private final AdamStep step = new AdamStep(1e-3, 0.9, 0.999, 1e-8);
    private final Indices three = backend.indices(3);

    private final Matrix in = matrix(3, 4);
    private final Matrix in2 = matrix(3, 4);
    private final Matrix in3 = matrix(3, 4);
    private final Matrix out = matrix(3, 4);
    private final Matrix out2 = matrix(3, 4);
    private final Matrix out3 = matrix(3, 4);
    private final Matrix out4 = matrix(3, 4);
    private final Matrix perRow = matrix(3, 1);
    private final Matrix perRow2 = matrix(3, 1);
    private final Matrix samples = matrix(6, 4);
    private final Matrix perSample = matrix(6, 1);
    private final Matrix row = matrix(1, 4);
    private final Matrix row2 = matrix(1, 4);
    private final Matrix wrong = matrix(5, 3);
    private final Matrix strided = matrix(3, 2).columns(0, 1);
    private final Matrix repeated = matrix(1, 4).repeatRow(3);
    private final ConvolutionShape shape = new ConvolutionShape(4, 5, 2, 3, 2, 2, 1, 0);
    private final Matrix big = matrix(3, 40);
    private final Matrix big2 = matrix(3, 40);
    private final Matrix small = matrix(3, 36);
    private final Matrix small2 = matrix(3, 36);
    private final Matrix weight = matrix(8, 3);
    private final Matrix bias = matrix(1, 3);

    private Matrix matrix(long rows, long columns) {
        Matrix m = backend.matrix(rows, columns);
        Rows.fill(SENTINEL, m).run();
        made.add(m);
        return m;
    }

    @AfterEach
    void nothingWasWritten() {
        for (Matrix m : made) {
            float[] expected = new float[(int) (m.rows() * m.columns())];
            Arrays.fill(expected, SENTINEL);
            assertArrayEquals(expected, m.toArray());
        }
        backend.close();
    }

    private static void refused(String expected, Supplier<Launch> operation) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, operation::get).getMessage());
    }

    private static void missing(String expected, Supplier<Launch> operation) {
        assertEquals(expected + " must be given, not null",
                assertThrows(NullPointerException.class, operation::get).getMessage());
    }

    @Test
    void theRightArgumentsAreTaken() {
        assertNotNull(GaussianSampleKl.forward(in, in2, noise, samples, perRow));
        assertNotNull(GaussianSampleKl.forwardWithLogRatio(in, in2, repeated, repeated, noise, samples, perRow,
                perSample));
        assertNotNull(GaussianSampleKl.backward(in, in2, in3, in3, noise, samples, perRow, row, out, out2, out3, out4));
        assertNotNull(GaussianLogLikelihood.fused(in, repeated, in2, perRow, perRow2, out, null));
    }

    @Test
    void gaussianSampleKl() {
        String f = "GaussianSampleKl.forward: ";
        missing(f + "mean", () -> GaussianSampleKl.forward(null, in2, noise, out, perRow));
        missing(f + "logVariance", () -> GaussianSampleKl.forward(in, null, noise, out, perRow));
        missing(f + "noise", () -> GaussianSampleKl.forward(in, in2, null, out, perRow));
        missing(f + "z", () -> GaussianSampleKl.forward(in, in2, noise, null, perRow));
        missing(f + "kl", () -> GaussianSampleKl.forward(in, in2, noise, out, null));
        missing("GaussianSampleKl.forwardWithLogRatio: logRatio",
                () -> GaussianSampleKl.forwardWithLogRatio(in, in2, null, null, noise, out, perRow, null));
        refused(f + "logVariance must be 3 x 4, not 5 x 3",
                () -> GaussianSampleKl.forward(in, wrong, noise, out, perRow));
        refused(f + "z must be 5 x 4, not 5 x 3", () -> GaussianSampleKl.forward(in, in2, noise, wrong, perRow));
        refused(f + "z must have a multiple of the 3 rows of mean, not 4 rows",
                () -> GaussianSampleKl.forward(in, in2, noise, samples.rows(0, 4), perRow));
        refused(f + "z must have a multiple of the 3 rows of mean, not 0 rows",
                () -> GaussianSampleKl.forward(in, in2, noise, samples.rows(0, 0), perRow));
        refused(f + "kl must be 3 x 1, not 1 x 4", () -> GaussianSampleKl.forward(in, in2, noise, out, row));
        refused(f + "kl must be contiguous (row stride 1), not of row stride 2",
                () -> GaussianSampleKl.forward(in, in2, noise, out, strided));
        refused(f + "z must have a place for each row, as it is written to, not one row repeated (row stride 0)",
                () -> GaussianSampleKl.forward(in, in2, noise, repeated, perRow));
        refused(f + "z must lie apart from mean, not overlapping it",
                () -> GaussianSampleKl.forward(in, in2, noise, in, perRow));
        refused(f + "kl must lie apart from z, not overlapping it",
                () -> GaussianSampleKl.forward(in, in2, noise, out, out.reshape(12, 1).rows(9, 12)));
        refused(f + "priorLogVariance must be given together with priorMean, not null",
                () -> GaussianSampleKl.forward(in, in2, in3, null, noise, out, perRow));
        refused(f + "priorMean must be given together with priorLogVariance, not null",
                () -> GaussianSampleKl.forward(in, in2, null, in3, noise, out, perRow));
        refused(f + "priorMean must be 3 x 4, not 1 x 4",
                () -> GaussianSampleKl.forward(in, in2, row, row2, noise, out, perRow));
        refused("GaussianSampleKl.forwardWithLogRatio: logRatio must be 6 x 1, not 3 x 1", () -> GaussianSampleKl
                .forwardWithLogRatio(in, in2, null, null, noise, samples, perRow, perRow2));
    }

    @Test
    void gaussianSampleKlBackward() {
        String b = "GaussianSampleKl.backward: ";
        missing(b + "dz", () -> GaussianSampleKl.backward(in, in2, noise, null, perRow, null, out, out2));
        missing(b + "dMean", () -> GaussianSampleKl.backward(in, in2, noise, in3, perRow, null, null, out2));
        refused(b + "dz must have a multiple of the 3 rows of mean, not 5 rows",
                () -> GaussianSampleKl.backward(in, in2, noise, samples.rows(0, 5), perRow, null, out, out2));
        refused(b + "dKl must be 3 x 1, not 6 x 1",
                () -> GaussianSampleKl.backward(in, in2, noise, in3, perSample, null, out, out2));
        refused(b + "columnWeight must be 1 x 4, not 3 x 1",
                () -> GaussianSampleKl.backward(in, in2, noise, in3, perRow, perRow2, out, out2));
        refused(b + "dLogVariance must be 3 x 4, not 5 x 3",
                () -> GaussianSampleKl.backward(in, in2, noise, in3, perRow, null, out, wrong));
        refused(b + "dMean must lie apart from dz, not overlapping it",
                () -> GaussianSampleKl.backward(in, in2, noise, in3, perRow, null, in3, out2));
        refused(b + "dLogVariance must lie apart from dMean, not overlapping it",
                () -> GaussianSampleKl.backward(in, in2, noise, in3, perRow, null, out, out));
        refused(b + "dPriorMean must be null where there is no priorMean, not matrix 3 x 4", () -> GaussianSampleKl
                .backward(in, in2, null, null, noise, in3, perRow, null, out, out2, out3, out4));
        refused(b + "dPriorLogVariance must be given together with dPriorMean, not null", () -> GaussianSampleKl
                .backward(in, in2, in3, in3, noise, samples, perRow, null, out, out2, out3, null));
    }

    @Test
    void gaussianLogRatioBackward() {
        String b = "GaussianLogRatio.backward: ";
        assertNotNull(GaussianLogRatio.backward(in, in2, repeated, repeated, noise, samples, perSample, perSample, true,
                out, out2, out3, out4));
        missing(b + "mean", () -> GaussianLogRatio.backward(null, in2, noise, in3, perRow, null, false, out, out2));
        missing(b + "noise", () -> GaussianLogRatio.backward(in, in2, null, in3, perRow, null, false, out, out2));
        missing(b + "dz", () -> GaussianLogRatio.backward(in, in2, noise, null, perRow, null, false, out, out2));
        missing(b + "dLogRatio", () -> GaussianLogRatio.backward(in, in2, noise, in3, null, null, false, out, out2));
        missing(b + "dLogVariance", () -> GaussianLogRatio.backward(in, in2, noise, in3, perRow, null, false, out,
                null));
        refused(b + "logVariance must be 3 x 4, not 5 x 3",
                () -> GaussianLogRatio.backward(in, wrong, noise, in3, perRow, null, false, out, out2));
        refused(b + "dz must have a multiple of the 3 rows of mean, not 5 rows",
                () -> GaussianLogRatio.backward(in, in2, noise, samples.rows(0, 5), perRow, null, false, out, out2));
        refused(b + "dLogRatio must be 6 x 1, not 3 x 1",
                () -> GaussianLogRatio.backward(in, in2, noise, samples, perRow, null, false, out, out2));
        refused(b + "pathWeight must be 6 x 1, not 3 x 1",
                () -> GaussianLogRatio.backward(in, in2, noise, samples, perSample, perRow, true, out, out2));
        refused(b + "pathWeight must be null unless log q is stopped, not matrix 6 x 1",
                () -> GaussianLogRatio.backward(in, in2, noise, samples, perSample, perSample, false, out, out2));
        refused(b + "priorLogVariance must be given together with priorMean, not null",
                () -> GaussianLogRatio.backward(in, in2, in3, null, noise, samples, perSample, null, false, out, out2,
                        null, null));
        refused(b + "dPriorMean must be null where there is no priorMean, not matrix 3 x 4",
                () -> GaussianLogRatio.backward(in, in2, null, null, noise, samples, perSample, null, false, out, out2,
                        out3, out4));
        refused(b + "dPriorLogVariance must be given together with dPriorMean, not null",
                () -> GaussianLogRatio.backward(in, in2, in3, in3, noise, samples, perSample, null, false, out, out2,
                        out3, null));
        refused(b + "dMean must lie apart from dz, not overlapping it",
                () -> GaussianLogRatio.backward(in, in2, noise, in3, perRow, null, false, in3, out2));
    }

    @Test
    void tanhGaussian() {
        assertNotNull(TanhGaussian.forward(in, in2, noise, out, perRow));
        String f = "TanhGaussian.forward: ";
        missing(f + "mean", () -> TanhGaussian.forward(null, in2, noise, out, perRow));
        missing(f + "noise", () -> TanhGaussian.forward(in, in2, null, out, perRow));
        refused(f + "spread must be 3 x 4, not 5 x 3", () -> TanhGaussian.forward(in, wrong, noise, out, perRow));
        refused(f + "logProbability must be 3 x 1, not 3 x 4", () -> TanhGaussian.forward(in, in2, noise, out, out2));
        refused(f + "action must lie apart from spread, not overlapping it", () -> TanhGaussian.forward(in, in2, noise,
                in2, perRow));
        String b = "TanhGaussian.backward: ";
        assertNotNull(TanhGaussian.backward(in, in2, noise, in3, strided, out, out2));
        missing(b + "dAction", () -> TanhGaussian.backward(in, in2, noise, null, perRow, out, out2));
        refused(b + "dLogProbability must be 3 x 1, not 6 x 1", () -> TanhGaussian.backward(in, in2, noise, in3,
                perSample, out, out2));
        refused(b + "dMean must lie apart from dAction, not overlapping it", () -> TanhGaussian.backward(in, in2, noise,
                in3, perRow, in3, out2));
    }

    @Test
    void lambdaReturns() {
        assertNotNull(LambdaReturns.forward(in, repeated, in3, 0.5f, out));
        String f = "LambdaReturns.forward: ";
        missing(f + "rewards", () -> LambdaReturns.forward(null, in2, in3, 0.5f, out));
        missing(f + "returns", () -> LambdaReturns.forward(in, in2, in3, 0.5f, null));
        refused(f + "discounts must be 3 x 4, not 3 x 1", () -> LambdaReturns.forward(in, perRow, in3, 0.5f, out));
        refused(f + "values must be 3 x 4, not 5 x 3", () -> LambdaReturns.forward(in, in2, wrong, 0.5f, out));
        for (float lambda : new float[] {-0.1f, 1.1f, Float.NaN}) {
            refused(f + "lambda must be 0 to 1, not " + lambda, () -> LambdaReturns.forward(in, in2, in3, lambda, out));
        }
        refused(f + "returns must lie apart from rewards, not overlapping it", () -> LambdaReturns.forward(in, in2, in3,
                0.5f, in));
        String b = "LambdaReturns.backward: ";
        assertNotNull(LambdaReturns.backward(in, in, 0.5f, in2, in2, null, out, null));
        missing(b + "dReturns", () -> LambdaReturns.backward(in, in2, 0.5f, in3, null, out, out2, out3));
        refused(b + "returns must be 3 x 4, not 6 x 4", () -> LambdaReturns.backward(in, in2, 0.5f, samples, in3, out,
                out2, out3));
        refused(b + "lambda must be 0 to 1, not 2.0", () -> LambdaReturns.backward(in, in2, 2, in3, out4, out, out2,
                out3));
        refused(b + "dValues must be 3 x 4, not 3 x 1", () -> LambdaReturns.backward(in, in2, 0.5f, in3, out4, null,
                null, perRow));
        refused(b + "dDiscounts must lie apart from dRewards, not overlapping it", () -> LambdaReturns.backward(in, in2,
                0.5f, in3, out4, out, out, null));
        refused(b + "dRewards must lie apart from dReturns, not overlapping it", () -> LambdaReturns.backward(in, in2,
                0.5f, in3, out4, out4, null, null));
    }

    @Test
    void gaussianKl() {
        missing("GaussianKl.forward: mean", () -> GaussianKl.forward(null, in2, null, null, perRow));
        missing("GaussianKl.forward: kl", () -> GaussianKl.forward(in, in2, null, null, null));
        refused("GaussianKl.forward: priorMean must be 3 x 4, not 1 x 4",
                () -> GaussianKl.forward(in, in2, row, row2, perRow));
        refused("GaussianKl.forward: kl must be 3 x 1, not 6 x 1",
                () -> GaussianKl.forward(in, in2, in3, in3, perSample));
        refused("GaussianKl.backward: dKl must be 3 x 1, not 6 x 1",
                () -> GaussianKl.backward(in, in2, null, null, perSample, null, out, out2, null, null));
        refused("GaussianKl.backward: dMean must lie apart from mean, not overlapping it",
                () -> GaussianKl.backward(in, in2, null, null, perRow, null, in, out2, null, null));
        refused("GaussianKl.backward: dPriorMean must be null where there is no priorMean, not matrix 3 x 4",
                () -> GaussianKl.backward(in, in2, null, null, perRow, null, out, out2, out3, out4));
    }

    @Test
    void klPerDimensionAndFreeBits() {
        refused("GaussianKlPerDimension.forward: klPerDimension must be 1 x 4, not 3 x 1",
                () -> GaussianKlPerDimension.forward(in, in2, null, null, perRow));
        refused("GaussianKlPerDimension.forward: logVariance must be 3 x 4, not 1 x 4",
                () -> GaussianKlPerDimension.forward(in, row, null, null, row2));
        refused("GaussianKlPerDimension.freeBitsGate: threshold must be a number, not NaN",
                () -> GaussianKlPerDimension.freeBitsGate(row, Float.NaN, row2));
        refused("GaussianKlPerDimension.freeBitsGate: klPerDimension must be 1 x 4, not 3 x 4",
                () -> GaussianKlPerDimension.freeBitsGate(in, 1, row2));
        refused("GaussianKlPerDimension.freeBitsGate: columnWeight must be 1 x 4, not 5 x 3",
                () -> GaussianKlPerDimension.freeBitsGate(row, 1, wrong));
    }

    @Test
    void likelihoods() {
        String b = "BernoulliLogLikelihood.";
        missing(b + "forward: x", () -> BernoulliLogLikelihood.forward(in, null, perRow));
        missing(b + "fused: dLogLikelihood", () -> BernoulliLogLikelihood.fused(in, in2, null, perRow, out));
        refused(b + "forward: x must be 3 x 4, not 3 x 1", () -> BernoulliLogLikelihood.forward(in, perRow, perRow2));
        refused(b + "forward: logits must have a multiple of the 5 rows of x, not 3 rows",
                () -> BernoulliLogLikelihood.forward(in, wrong, perRow));
        refused(b + "fused: dLogits must lie apart from logits, not overlapping it",
                () -> BernoulliLogLikelihood.fused(in, in2, perRow, perRow2, in));
        refused(b + "fused: logLikelihood must be 6 x 1, not 3 x 1",
                () -> BernoulliLogLikelihood.fused(samples, in, perSample, perRow, out));
        missing("LogLikelihood: function", () -> LogLikelihood.forward(LogLikelihood.of(null),
                List.of(in), in2, perRow));
        missing("LogLikelihood.forward: likelihood", () -> LogLikelihood.forward(null, List.of(in), in2, perRow));
        missing(b + "fused: dLogits", () -> BernoulliLogLikelihood.fused(in, in2, perRow, perRow2, null));
        refused("LogLikelihood.fused: dLogRate must be 3 x 4, not 3 x 1", () -> LogLikelihood.fused(
                LogLikelihood.of(LogLikelihood.Function.POISSON), List.of(in), in2, perRow, perRow2,
                List.of(matrix(3, 1))));
        LogLikelihood.Likelihood laplace = LogLikelihood.of(LogLikelihood.Function.LAPLACE);
        refused("LogLikelihood.forward: parameters must be [mean, logScale], not 1 matrices",
                () -> LogLikelihood.forward(laplace, List.of(in), in2, perRow));
        missing("LogLikelihood.forward: logScale",
                () -> LogLikelihood.forward(laplace, Arrays.asList(in, null), in2, perRow));
        refused("LogLikelihood.forward: logScale must be 3 x 4, not 1 x 4",
                () -> LogLikelihood.forward(laplace, List.of(in, row), in2, perRow));
        refused("LogLikelihood.fused: gradients must be as many as parameters, 2, not 1",
                () -> LogLikelihood.fused(laplace, List.of(in, in2), in3, perRow, perRow2, List.of(out)));
        missing("LogLikelihood.fused: dMean", () -> LogLikelihood.fused(laplace, List.of(in, in2), in3, perRow,
                perRow2, Arrays.asList(null, null)));
        refused("LogLikelihood.fused: dLogScale must lie apart from mean, not overlapping it",
                () -> LogLikelihood.fused(laplace, List.of(in, in2), in3, perRow, perRow2, Arrays.asList(null, in)));
        refused("LogLikelihood: degreesOfFreedom must be from 0.001 to 1e6, not NaN",
                () -> LogLikelihood.forward(LogLikelihood.studentT(Double.NaN), List.of(in, in2), in3, perRow));

        String c = "CategoricalLogLikelihood.";
        missing(c + "forward: x", () -> CategoricalLogLikelihood.forward(in, null, perRow));
        refused(c + "forward: x must have at least 1 column, not 0 columns",
                () -> CategoricalLogLikelihood.forward(in, matrix(3, 0), perRow));
        refused(c + "forward: logits must have a column for each class, 1 to 2^24, of each of the 4 columns of x, not"
                + " 3 columns", () -> CategoricalLogLikelihood.forward(wrong, matrix(5, 4), matrix(5, 1)));
        refused(c + "fused: dLogits must be 3 x 4, not 3 x 1",
                () -> CategoricalLogLikelihood.fused(in, in2, perRow, perRow2, matrix(3, 1)));

        String m = "LogisticMixtureLogLikelihood.";
        missing(m + "forward: mean", () -> LogisticMixtureLogLikelihood.forward(2, in, null, in2, in3, perRow));
        refused(m + "forward: levels must be from 2 to 2^24, not 1",
                () -> LogisticMixtureLogLikelihood.forward(1, in, in, in2, in3, perRow));
        refused(m + "forward: logits must have a column for each component of each of the 4 columns of x, not 3"
                + " columns", () -> LogisticMixtureLogLikelihood.forward(2, wrong, wrong, wrong, matrix(5, 4),
                        matrix(5, 1)));
        refused(m + "forward: logScale must be 3 x 4, not 1 x 4",
                () -> LogisticMixtureLogLikelihood.forward(2, in, in2, row, in3, perRow));
        refused(m + "fused: gradients must be 3, not 1", () -> LogisticMixtureLogLikelihood.fused(2, in, in2, in, in3,
                perRow, perRow2, List.of(out)));
        refused(m + "fused: dMean must lie apart from x, not overlapping it", () -> LogisticMixtureLogLikelihood.fused(
                2,
                in, in2, in, in3, perRow, perRow2, Arrays.asList(null, in3, null)));

        String g = "GaussianLogLikelihood.";
        refused(g + "forward: logVariance must be 3 x 4, not 1 x 4",
                () -> GaussianLogLikelihood.forward(in, row, in2, perRow));
        refused(g + "fused: dLogVariance must be 3 x 4, not 1 x 4",
                () -> GaussianLogLikelihood.fused(in, in2, in3, perRow, perRow2, out, row));
        missing(g + "fused: dMean", () -> GaussianLogLikelihood.fused(in, in2, in3, perRow, perRow2, null, null));
        refused(g + "sharedLogVarianceGradient: logVariance must be 1 x 4, not 3 x 4",
                () -> GaussianLogLikelihood.sharedLogVarianceGradient(in, in2, in3, perRow, row));
        refused(g + "sharedLogVarianceGradient: dLogVariance must be 1 x 4, not 3 x 4",
                () -> GaussianLogLikelihood.sharedLogVarianceGradient(in, row, in3, perRow, out));
    }

    @Test
    void products() {
        Matrix b = matrix(4, 2);
        Matrix c = matrix(3, 2);
        refused("Matmul.forward: b must be 4 x 3, not 5 x 3", () -> Matmul.forward(in, wrong, null, false, c));
        refused("Matmul.forward: bias must be 1 x 2, not 1 x 4", () -> Matmul.forward(in, b, row, false, c));
        refused("Matmul.forward: c must be 3 x 2, not 3 x 4", () -> Matmul.forward(in, b, null, true, out));
        refused("Matmul.forward: c must lie apart from a, not overlapping it",
                () -> Matmul.forward(in, b, null, true, in.columns(1, 3)));
        refused("Matmul.inputGradient: b must be 4 x 4, not 4 x 2", () -> Matmul.inputGradient(in, b, null, out));
        refused("Matmul.inputGradient: reluOutput must be 3 x 4, not 5 x 3",
                () -> Matmul.inputGradient(c, b, wrong, out));
        refused("Matmul.inputGradient: dA must lie apart from reluOutput, not overlapping it",
                () -> Matmul.inputGradient(c, b, out, out));
        refused("Matmul.weightGradient: dC must be 3 x 3, not 5 x 3", () -> Matmul.weightGradient(in, wrong, b));
        refused("Matmul.weightGradient: dB must be 4 x 2, not 3 x 4", () -> Matmul.weightGradient(in, c, out));
    }

    @Test
    void elementwise() {
        missing("Elementwise.activation: activation", () -> Elementwise.activation(null, in, out));
        missing("Elementwise.map: function", () -> Elementwise.map(null, in, out));
        refused("Elementwise.activation: y must be 3 x 4, not 5 x 3",
                () -> Elementwise.activation(Activation.TANH, in, wrong));
        refused("Elementwise.activationGradient: dy must be 3 x 4, not 5 x 3",
                () -> Elementwise.activationGradient(Activation.TANH, in, wrong, out));
        refused("Elementwise.map: y must be the same matrix as x or lie apart from it, not overlapping it",
                () -> Elementwise.map(ScalarFunction.EXP, samples.rows(0, 3), samples.rows(1, 4)));
        assertNotNull(Elementwise.map(ScalarFunction.EXP, in, in));
        assertNotNull(Elementwise.activationGradient(Activation.RELU, in, out, out));
        assertNotNull(Elementwise.map(ScalarFunction.EXP, in.columns(0, 2), in.columns(2, 4)), "side by side");
    }

    @Test
    void sums() {
        refused("Sums.rows: sums must be 3 x 1, not 1 x 4", () -> Sums.rows(in, row));
        refused("Sums.rowsOfSquares: sums must be contiguous (row stride 1), not of row stride 2",
                () -> Sums.rowsOfSquares(in, strided));
        refused("Sums.columns: sums must be 1 x 4, not 3 x 1", () -> Sums.columns(in, perRow));
        refused("Sums.columns: sums must lie apart from x, not overlapping it",
                () -> Sums.columns(in, in.rows(1, 2)));
        refused("LogMeanExp.forward: x must have at least 1 column, not 0 columns",
                () -> LogMeanExp.forward(in.columns(2, 2), perRow));
        refused("LogMeanExp.backward: dResult must be 3 x 1, not 5 x 3",
                () -> LogMeanExp.backward(in, wrong, out));
    }

    @Test
    void rows() {
        Matrix overlapping = Matrix.view(samples.storage(), 6, 3, 4, 5);
        refused("Rows.copy: target must be 3 x 4, not 5 x 3", () -> Rows.copy(in, wrong));
        refused("Rows.add: target must lie apart from source, not overlapping it",
                () -> Rows.add(samples.rows(0, 3), overlapping));
        refused("Rows.fill: target must have a place for each row, as it is written to, not one row repeated"
                + " (row stride 0)", () -> Rows.fill(1, repeated));
        missing("Rows.fill: target", () -> Rows.fill(1, null));
        refused("Rows.repeat: target must have a multiple of the 3 rows of source, not 5 rows",
                () -> Rows.repeat(in, 1, matrix(5, 4)));
        refused("Rows.repeat: target must be 6 x 4, not 6 x 1", () -> Rows.repeat(in, 1, perSample));
        refused("Rows.repeat: inner must be at least 1 and divide the 3 rows of source, not 2",
                () -> Rows.repeat(in, 2, samples));
        refused("Rows.repeat: inner must be at least 1 and divide the 3 rows of source, not 0",
                () -> Rows.repeat(in, 0, samples));
        refused("Rows.repeat: target must lie apart from source, not overlapping it",
                () -> Rows.repeat(samples.rows(0, 3), 1, samples));
        refused("Rows.sumRepeated: source must have a multiple of the 3 rows of target, not 0 rows",
                () -> Rows.sumRepeated(matrix(0, 4), 1, out));
        refused("Rows.sumRepeated: inner must be at least 1 and divide the 3 rows of target, not 6",
                () -> Rows.sumRepeated(samples, 6, out));
        missing("Rows.sumRepeated: target", () -> Rows.sumRepeated(samples, 1, null));
        refused("OneHot.maximum: target must be 3 x 4, not 5 x 3", () -> OneHot.maximum(in, wrong));
        refused("OneHot.maximum: target must lie apart from x, not overlapping it",
                () -> OneHot.maximum(in, in));
        refused("OneHot.largest: count must be 0 to the 4 columns of x, not 5", () -> OneHot.largest(in, 5, out));
        refused("OneHot.largest: count must be 0 to the 4 columns of x, not -1", () -> OneHot.largest(in, -1, out));
        refused("OneHot.largest: target must be 3 x 4, not 5 x 3", () -> OneHot.largest(in, 2, wrong));
        refused("OneHot.largest: target must lie apart from x, not overlapping it", () -> OneHot.largest(in, 2, in));
        missing("OneHot.largest: x", () -> OneHot.largest(null, 2, out));
        missing("OneHot.maximum: x", () -> OneHot.maximum(null, out));
        refused("Rows.lookUp: index must be 3 x 1, not 6 x 1", () -> Rows.lookUp(wrong, perSample, matrix(3, 3)));
        refused("Rows.lookUp: target must be 3 x 3, not 3 x 4", () -> Rows.lookUp(wrong, perRow, out));
        refused("Rows.lookUpGradient: index must be 3 x 1, not 3 x 4", () -> Rows.lookUpGradient(in, in2, samples));
        refused("Rows.lookUpGradient: dTable must be 5 x 4, not 5 x 3", () -> Rows.lookUpGradient(in, perRow, wrong));
        missing("Rows.lookUp: index", () -> Rows.lookUp(in, null, out));
        Matrix packed = matrix(3, 6);
        refused("Triangular.product: packed must be 3 x 6, not 3 x 4", () -> Triangular.product(in2, in, out));
        refused("Triangular.product: y must lie apart from x, not overlapping it", () -> Triangular.product(packed, in,
                in));
        refused("Triangular.gradients: dY must be 3 x 4, not 5 x 3",
                () -> Triangular.gradients(packed, in, wrong, matrix(3, 6), out));
        refused("Triangular.gradients: dPacked must be 3 x 6, not 3 x 4",
                () -> Triangular.gradients(packed, in, in2, out, null));
        missing("Triangular.product: packed", () -> Triangular.product(null, in, out));
        missing("Triangular.product: x", () -> Triangular.product(packed, null, out));
        missing("Rows.gather: indices", () -> Rows.gather(wrong, null, out));
        Matrix bytes = Matrix.view(backend.allocate(12, ElementType.UINT8), 0, 3, 4, 4);
        assertNotNull(Rows.gather(bytes, three, out));
        refused("Rows.gather: target must be of FLOAT32, not of UINT8", () -> Rows.gather(in, three, bytes));
        refused("Rows.add: source must be of FLOAT32, not of UINT8", () -> Rows.add(bytes, out));
        for (Supplier<Launch> operation : List.<Supplier<Launch>>of(() -> Rows.copy(bytes, out), () -> Rows.copy(in,
                bytes))) {
            refused("Rows.copy: elements must be of FLOAT32, BFLOAT16 or FLOAT16, not of UINT8", operation);
        }
        refused("GaussianSampleKl.forward: elements must be of FLOAT32, BFLOAT16 or FLOAT16, not of UINT8",
                () -> GaussianSampleKl.forward(bytes, bytes, noise, bytes, perRow));
        refused("BernoulliLogLikelihood.forward: elements must be of FLOAT32, BFLOAT16 or FLOAT16, not of UINT8",
                () -> BernoulliLogLikelihood.forward(bytes, bytes, perRow));
        refused("Rows.gather: indices must have a row number for each of the 5 rows of target, not 3",
                () -> Rows.gather(wrong, three, matrix(5, 3)));
        refused("Rows.gather: target must be 2 x 3, not 2 x 4", () -> Rows.gather(wrong, three, matrix(2, 4)));
        refused("Rows.scatter: indices must have a row number for each of the 5 rows of source, not 3",
                () -> Rows.scatter(wrong, three, out));
        refused("Rows.scatterAdd: indices must have a row number for each of the 5 rows of source, not 3",
                () -> Rows.scatterAdd(wrong, three, out));
        refused("Rows.scatterAdd: target must be 5 x 4, not 5 x 3", () -> Rows.scatterAdd(in, three, wrong));
    }

    @Test
    void convolutionGather() {
        String f = "Convolution.gather: ";
        assertNotNull(Convolution.gather(shape, big, weight, bias, true, small2, small));
        missing(f + "shape", () -> Convolution.gather(null, big, weight, bias, true, null, small));
        missing(f + "big", () -> Convolution.gather(shape, null, weight, bias, true, null, small));
        missing(f + "weight", () -> Convolution.gather(shape, big, null, bias, true, null, small));
        missing(f + "small", () -> Convolution.gather(shape, big, weight, bias, true, null, null));
        refused(f + "big must be 3 x 40, not 3 x 36",
                () -> Convolution.gather(shape, small2, weight, bias, true, null, small));
        refused(f + "weight must be 8 x 3, not 3 x 4",
                () -> Convolution.gather(shape, big, in, bias, true, null, small));
        refused(f + "bias must be 1 x 3, not 1 x 4",
                () -> Convolution.gather(shape, big, weight, row, true, null, small));
        refused(f + "gate must be 3 x 36, not 3 x 40",
                () -> Convolution.gather(shape, big, weight, bias, false, big2, small));
        refused(f + "small must be 3 x 36, not 3 x 40",
                () -> Convolution.gather(shape, big, weight, bias, true, null, big2));
        refused(f + "small must lie apart from gate, not overlapping it",
                () -> Convolution.gather(shape, big, weight, bias, false, small, small));
        refused(f + "small must lie apart from big, not overlapping it",
                () -> Convolution.gather(shape, big, weight, bias, true, null, big.columns(4, 40)));
    }

    @Test
    void convolutionSpread() {
        String f = "Convolution.spread: ";
        Matrix ofBig = matrix(1, 2);
        assertNotNull(Convolution.spread(shape, small, weight, ofBig, true, big2, big));
        missing(f + "shape", () -> Convolution.spread(null, small, weight, ofBig, true, null, big));
        missing(f + "small", () -> Convolution.spread(shape, null, weight, ofBig, true, null, big));
        missing(f + "weight", () -> Convolution.spread(shape, small, null, ofBig, true, null, big));
        missing(f + "big", () -> Convolution.spread(shape, small, weight, ofBig, true, null, null));
        refused(f + "small must be 3 x 36, not 3 x 40",
                () -> Convolution.spread(shape, big2, weight, ofBig, true, null, big));
        refused(f + "weight must be 8 x 3, not 5 x 3",
                () -> Convolution.spread(shape, small, wrong, ofBig, true, null, big));
        refused(f + "bias must be 1 x 2, not 1 x 3",
                () -> Convolution.spread(shape, small, weight, bias, true, null, big));
        refused(f + "gate must be 3 x 40, not 3 x 36",
                () -> Convolution.spread(shape, small, weight, ofBig, false, small2, big));
        refused(f + "big must be 3 x 40, not 3 x 36",
                () -> Convolution.spread(shape, small, weight, ofBig, true, null, small2));
        refused(f + "big must have a place for each row, as it is written to, not one row repeated (row stride 0)",
                () -> Convolution.spread(shape, small, weight, ofBig, true, null, big.rows(0, 1).repeatRow(3)));
        refused(f + "big must lie apart from gate, not overlapping it",
                () -> Convolution.spread(shape, small, weight, ofBig, false, big, big));
    }

    @Test
    void convolutionWeightGradient() {
        String f = "Convolution.weightGradient: ";
        assertNotNull(Convolution.weightGradient(shape, big, small, null, weight));
        missing(f + "shape", () -> Convolution.weightGradient(null, big, small, null, weight));
        missing(f + "big", () -> Convolution.weightGradient(shape, null, small, null, weight));
        missing(f + "small", () -> Convolution.weightGradient(shape, big, null, null, weight));
        missing(f + "dWeight", () -> Convolution.weightGradient(shape, big, small, null, null));
        refused(f + "big must be 3 x 40, not 3 x 36",
                () -> Convolution.weightGradient(shape, small2, small, null, weight));
        refused(f + "small must be 3 x 36, not 2 x 36",
                () -> Convolution.weightGradient(shape, big, small.rows(0, 2), null, weight));
        refused(f + "dWeight must be 8 x 3, not 5 x 3",
                () -> Convolution.weightGradient(shape, big, small, null, wrong));
        refused(f + "dWeight must lie apart from big, not overlapping it", () -> Convolution.weightGradient(shape, big,
                small, null, big.reshape(1, 120).columns(0, 24).reshape(8, 3)));
        refused(f + "workspace must be null, not a matrix",
                () -> Convolution.weightGradient(shape, big, small, matrix(1, 24), weight));
    }

    @Test
    void convolutionBiasGradient() {
        String f = "Convolution.biasGradient: ";
        assertNotNull(Convolution.biasGradient(3, 4, small, bias));
        missing(f + "images", () -> Convolution.biasGradient(3, 4, null, bias));
        missing(f + "dBias", () -> Convolution.biasGradient(3, 4, small, null));
        refused(f + "rows must be at least 1, not 0", () -> Convolution.biasGradient(0, 4, small, bias));
        refused(f + "columns must be at least 1, not -1", () -> Convolution.biasGradient(3, -1, small, bias));
        refused(f + "images must have a multiple of rows x columns, 12, columns, not 40",
                () -> Convolution.biasGradient(3, 4, big, bias));
        refused(f + "images must have a multiple of rows x columns, 48, columns, not 36",
                () -> Convolution.biasGradient(12, 4, small, bias));
        refused(f + "dBias must be 1 x 3, not 1 x 4", () -> Convolution.biasGradient(3, 4, small, row));
        refused(f + "dBias must lie apart from images, not overlapping it",
                () -> Convolution.biasGradient(3, 4, small, small.rows(0, 1).columns(0, 3)));
        for (int[] given : new int[][] {{-1, 3, 4}, {3, 0, 4}, {3, 3, 0}}) {
            assertThrows(IllegalArgumentException.class, () -> Convolution.leaves(given[0], given[1], given[2]));
        }
    }

    @Test
    void randomNumbers() {
        String tooLarge = "target must have at most 2^32 rows and 2^34 columns, the reach of the noise, not ";
        missing("RandomFill.normal: noise", () -> RandomFill.normal(null, out));
        refused("RandomFill.uniform: low must be finite, not NaN",
                () -> RandomFill.uniform(noise, Float.NaN, 1, out));
        refused("RandomFill.uniform: high must be at least low (1.0) and finitely far from it, not 0.5",
                () -> RandomFill.uniform(noise, 1, 0.5f, out));
        refused("RandomFill.uniform: high must be at least low (-3.0E38) and finitely far from it, not 3.0E38",
                () -> RandomFill.uniform(noise, -3e38f, 3e38f, out));
        refused("RandomFill.normal: " + tooLarge + "0 x 17179869185", () -> RandomFill.normal(noise,
                Matrix.view(in.storage(), 0, 0, (1L << 34) + 1, (1L << 34) + 1)));
        refused("Binarise.forward: target must be 3 x 4, not 5 x 3", () -> Binarise.forward(in, noise, wrong));
    }

    @Test
    void optimiser() {
        missing("Adam.update: step", () -> Adam.update(out, in, out2, out3, null, null));
        refused("Adam.update: gradient must be 3 x 4, not 5 x 3",
                () -> Adam.update(out, wrong, out2, out3, step, null));
        refused("Adam.update: secondMoment must lie apart from firstMoment, not overlapping it",
                () -> Adam.update(out, in, out2, out2, step, null));
        refused("Adam.update: gradientScale must be 1 x 1, not 1 x 4",
                () -> Adam.update(out, in, out2, out3, step, row));
        refused("Clip.scale: sumsOfSquares must be 1 x 1, not 3 x 1", () -> Clip.scale(perRow, 1, matrix(1, 1)));
        refused("Clip.scale: scale must be 1 x 1, not 1 x 4", () -> Clip.scale(row, 1, row2));
        refused("Clip.scale: maximumNorm must be above 0, not NaN", () -> Clip.scale(row, Float.NaN, matrix(1, 1)));
        refused("Clip.scale: maximumNorm must be above 0, not 0.0", () -> Clip.scale(row, 0, matrix(1, 1)));
    }

    @Test
    void arithmetic() {
        refused("Arithmetic.add: b must be 3 x 4, not 5 x 3", () -> Arithmetic.add(in, wrong, out));
        refused("Arithmetic.multiply: target must have a place for each row, as it is written to, not one row repeated"
                + " (row stride 0)", () -> Arithmetic.multiply(in, in2, repeated));
        missing("Arithmetic.subtract: b", () -> Arithmetic.subtract(in, null, out));
        assertNotNull(Arithmetic.subtract(repeated, in, in));
        refused("Arithmetic.multiplyAdd: target must lie apart from y, not overlapping it",
                () -> Arithmetic.multiplyAdd(1, in, out, out));
        refused("Arithmetic.scale: y must be 3 x 4, not 5 x 3", () -> Arithmetic.scale(2, in, wrong));
        missing("Arithmetic.scaleAndShift: x", () -> Arithmetic.scaleAndShift(2, 1, null, out));
    }

    @Test
    void otherOptimisers() {
        SgdStep sgd = new SgdStep(0.1, 0.9, 0);
        refused("Sgd.update: velocity must be given where there is momentum, not null",
                () -> Sgd.update(out, in, null, sgd, null));
        refused("Sgd.update: gradientScale must be 1 x 1, not 1 x 4", () -> Sgd.update(out, in, out2, sgd, row));
        missing("Sgd.update: step", () -> Sgd.update(out, in, out2, null, null));
        refused("MovingAverage.update: decay must be in [0, 1], not 1.5", () -> MovingAverage.update(in, 1.5, out));
        refused("MovingAverage.update: target must lie apart from x, not overlapping it",
                () -> MovingAverage.update(in, 0.5, in));
        refused("Clip.value: limit must be above 0, not -1.0", () -> Clip.value(-1, in, out));
        assertNotNull(Clip.value(1, in, in));
        assertThrows(IllegalArgumentException.class, () -> new SgdStep(-1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new SgdStep(0.1, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> new AdamStep(0.1, 0.9, 0.999, 1e-8, 10));
    }

    @Test
    void anotherBackendAndClosedMemory() {
        try (Backend other = Backends.open("java", 1)) {
            Matrix foreign = other.matrix(3, 4);
            refused("Rows.copy: target must be on the backend of source (java), not on another one (java)",
                    () -> Rows.copy(in, foreign));
        }
        Storage storage = backend.allocate(12);
        Matrix closed = Matrix.view(storage, 0, 3, 4, 4);
        storage.close();
        String message = assertThrows(IllegalStateException.class, () -> Rows.copy(closed, out)).getMessage();
        assertTrue(message.contains("has been closed"), message);
    }

    /** Against every pair of windows of a small storage, element by element. */
    @Test
    void overlapIsExact() {
        List<Matrix> views = new ArrayList<>();
        Matrix all = matrix(1, 24);
        for (long rows : new long[] {1, 2, 3}) {
            for (long columns : new long[] {1, 2, 4}) {
                for (long stride : new long[] {4, 5, 7}) {
                    for (long offset = 0; offset + (rows - 1) * stride + columns <= 24; offset += 1) {
                        views.add(Matrix.view(all.storage(), offset, rows, columns, stride));
                    }
                }
            }
        }
        for (Matrix a : views) {
            for (Matrix b : views) {
                if (a.rows() != b.rows() || a.columns() != b.columns()) {
                    continue;
                }
                boolean expected = (bits(a) & bits(b)) != 0;
                boolean refused = false;
                try {
                    Rows.copy(a, b);
                } catch (IllegalArgumentException e) {
                    refused = true;
                }
                assertEquals(expected, refused, () -> a + " at " + a.offset() + " stride " + a.rowStride() + ", " + b
                        + " at " + b.offset() + " stride " + b.rowStride());
            }
        }
    }

    private static long bits(Matrix m) {
        long bits = 0;
        for (long r = 0; r < m.rows(); r++) {
            for (long c = 0; c < m.columns(); c++) {
                bits |= 1L << m.offset() + r * m.rowStride() + c;
            }
        }
        return bits;
    }
}
