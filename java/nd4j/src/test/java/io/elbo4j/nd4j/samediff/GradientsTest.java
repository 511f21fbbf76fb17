package io.elbo4j.nd4j.samediff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.cpu.CpuLibrary;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The results of each operation against closed forms in double; its gradients against finite differences of these, and
 * against the gradients of the same formula composed in SameDiff, in double. The loss weighs the elements of the
 * results at random, and leaves each result out in turn.
 */
class GradientsTest {
    private static final long SEED = 7;
    private static final double LOG_2_PI = Math.log(2 * Math.PI);

    /** Adds the results for given arguments to their graph. */
    private interface Operation {
        SDVariable[] of(SDVariable... arguments);
    }

    /** The results, each in row order. */
    private interface ClosedForm {
        double[][] of(double[][]... arguments);
    }

    @BeforeAll
    static void nativeLibrary() {
        assumeTrue(CpuLibrary.problem().isEmpty(), () -> "skipped: " + CpuLibrary.problem().orElse(""));
    }

    private static int[] parse(String shape) {
        return Arrays.stream(shape.split("x")).mapToInt(Integer::parseInt).toArray();
    }

    private static INDArray normal(long... shape) {
        return Nd4j.randn(DataType.FLOAT, shape).muli(0.7);
    }

    /** Each way in which a prior or a log-variance may be given. */
    private static INDArray[] shared(long rows, long columns) {
        return new INDArray[] {normal(rows, columns), normal(1, columns), normal(1, 1).reshape()};
    }

    @ParameterizedTest
    @ValueSource(strings = {"1x1", "2x3", "1x33", "31x32", "33x31", "3x129", "127x5"})
    void gaussians(String name) {
        int[] shape = parse(name);
        Nd4j.getRandom().setSeed(SEED);
        INDArray mean = normal(shape[0], shape[1]);
        INDArray logVariance = normal(shape[0], shape[1]);
        INDArray noise = noise(shape);
        double[][] eps = matrix(noise);
        check("sample + KL", a -> SameDiffOperations.gaussianSampleKl(a[0], a[1]),
                a -> new SDVariable[] {composedSample(a[0], a[1], noise), composedKl(a[0], a[1], null, null)},
                a -> new double[][] {sample(a[0], a[1], eps), kl(a[0], a[1], null, null)}, mean, logVariance);
        check("KL", a -> new SDVariable[] {SameDiffOperations.gaussianKl(a[0], a[1])},
                a -> new SDVariable[] {composedKl(a[0], a[1], null, null)},
                a -> new double[][] {kl(a[0], a[1], null, null)}, mean, logVariance);
        for (INDArray priorMean : shared(shape[0], shape[1])) {
            INDArray priorLogVariance = priorMean.add(0.3).muli(-0.8);
            check("sample + KL to a prior", a -> SameDiffOperations.gaussianSampleKl(a[0], a[1], a[2], a[3]),
                    a -> new SDVariable[] {composedSample(a[0], a[1], noise), composedKl(a[0], a[1], a[2], a[3])},
                    a -> new double[][] {sample(a[0], a[1], eps), kl(a[0], a[1], a[2], a[3])}, mean, logVariance,
                    priorMean, priorLogVariance);
            check("KL to a prior", a -> new SDVariable[] {SameDiffOperations.gaussianKl(a[0], a[1], a[2], a[3])},
                    a -> new SDVariable[] {composedKl(a[0], a[1], a[2], a[3])},
                    a -> new double[][] {kl(a[0], a[1], a[2], a[3])}, mean, logVariance, priorMean, priorLogVariance);
        }
        check("the mean as the prior's, too", a -> SameDiffOperations.gaussianSampleKl(a[0], a[1], a[0], a[2]),
                a -> new SDVariable[] {composedSample(a[0], a[1], noise), composedKl(a[0], a[1], a[0], a[2])},
                a -> new double[][] {sample(a[0], a[1], eps), kl(a[0], a[1], a[0], a[2])}, mean, logVariance,
                normal(1, shape[1]));
    }

    /** Samples x rows x columns. */
    @ParameterizedTest
    @ValueSource(strings = {"1x1x1", "1x2x3", "1x1x33", "1x31x32", "1x33x31", "1x3x129", "1x127x5", "3x5x7"})
    void likelihoods(String name) {
        int[] shape = parse(name);
        long rows = shape[1];
        long columns = shape[2];
        long samples = shape[0];
        Nd4j.getRandom().setSeed(SEED);
        INDArray x = Nd4j.rand(DataType.FLOAT, rows, columns);
        INDArray mean = normal(samples * rows, columns);
        check("Bernoulli", a -> new SDVariable[] {SameDiffOperations.bernoulliLogLikelihood(a[0], a[1])},
                a -> new SDVariable[] {composedBernoulli(a[0], repeat(a[1], samples, rows, columns))},
                a -> new double[][] {bernoulli(a[0], a[1])}, mean, x);
        check("Gaussian, fixed", a -> new SDVariable[] {SameDiffOperations.gaussianFixedLogLikelihood(a[0], 0.6, a[1])},
                a -> new SDVariable[] {composedGaussian(a[0], a[0].getSameDiff().constant(2 * Math.log(0.6)),
                        repeat(a[1], samples, rows, columns))},
                a -> new double[][] {gaussian(a[0], new double[][] {{2 * Math.log(0.6)}}, a[1])}, mean, x);
        for (INDArray logVariance : shared(samples * rows, columns)) {
            check("Gaussian", a -> new SDVariable[] {SameDiffOperations.gaussianLogLikelihood(a[0], a[1], a[2])},
                    a -> new SDVariable[] {composedGaussian(a[0], a[1], repeat(a[2], samples, rows, columns))},
                    a -> new double[][] {gaussian(a[0], a[1], a[2])}, mean, logVariance, x);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2", "33", "127"})
    void negativeElbo(int rows) {
        Nd4j.getRandom().setSeed(SEED);
        check("negative ELBO", a -> new SDVariable[] {SameDiffOperations.negativeElbo(a[0], a[1])},
                a -> new SDVariable[] {a[1].sub(a[0]).mean()},
                a -> new double[][] {{(Arrays.stream(a[1][0]).sum() - Arrays.stream(a[0][0]).sum()) / rows}},
                normal(rows), normal(rows));
    }

    /** Images need no reshape. */
    @ParameterizedTest
    @ValueSource(strings = {"2x1x3x5", "3x2x4x4"})
    void images(String name) {
        long[] shape = Arrays.stream(parse(name)).asLongStream().toArray();
        Nd4j.getRandom().setSeed(SEED);
        INDArray x = Nd4j.rand(DataType.FLOAT, shape);
        long[] one = shape.clone();
        one[0] = 1;
        check("Bernoulli", a -> new SDVariable[] {SameDiffOperations.bernoulliLogLikelihood(a[0], a[1])},
                a -> new SDVariable[] {composedBernoulli(a[0], a[1])},
                a -> new double[][] {bernoulli(a[0], a[1])}, normal(shape), x);
        check("Gaussian", a -> new SDVariable[] {SameDiffOperations.gaussianLogLikelihood(a[0], a[1], a[2])},
                a -> new SDVariable[] {composedGaussian(a[0], a[1], a[2])},
                a -> new double[][] {gaussian(a[0], a[1], a[2])}, normal(shape), normal(one), x);
    }

    private static void check(String what, Operation fused, Operation composed, ClosedForm closedForm,
            INDArray... arguments) {
        String of = what + " of " + Arrays.toString(Arrays.stream(arguments).map(a -> Arrays.toString(a.shape()))
                .toArray());
        INDArray[] results = results(fused, arguments);
        double[][][] exact = Arrays.stream(arguments).map(GradientsTest::matrix).toArray(double[][][]::new);
        double[][] expected = closedForm.of(exact);
        for (int i = 0; i < results.length; i++) {
            assertClose(expected[i], flat(results[i]), of + ": result " + i);
        }
        for (int used = 1; used < 1 << results.length; used++) {
            INDArray[] weights = new INDArray[results.length];
            for (int i = 0; i < results.length; i++) {
                weights[i] = (used >> i & 1) == 0 ? null : Nd4j.randn(DataType.FLOAT, results[i].shape());
            }
            double[][] actual = gradients(DataType.FLOAT, fused, weights, arguments);
            double[][] automatic = gradients(DataType.DOUBLE, composed, weights, arguments);
            for (int i = 0; i < arguments.length; i++) {
                String where = of + ": gradient of argument " + i + ", results used " + Integer.toBinaryString(used);
                assertClose(automatic[i], actual[i], where + ", composed");
                assertFiniteDifferences(actual[i], exact, i, closedForm, weights, where);
            }
        }
    }

    private static void assertFiniteDifferences(double[] gradient, double[][][] arguments, int argument,
            ClosedForm closedForm, INDArray[] weights, String where) {
        double h = 1e-5;
        int stride = gradient.length < 100 ? 1 : 37;
        for (int i = 0; i < gradient.length; i += stride) {
            double[] row = arguments[argument][i / arguments[argument][0].length];
            int c = i % row.length;
            double before = row[c];
            row[c] = before + h;
            double above = loss(closedForm.of(arguments), weights);
            row[c] = before - h;
            double below = loss(closedForm.of(arguments), weights);
            row[c] = before;
            double expected = (above - below) / (2 * h);
            assertEquals(expected, gradient[i], 3e-5 * (1 + Math.abs(expected)), where + ", element " + i);
        }
    }

    private static void assertClose(double[] expected, double[] actual, String where) {
        assertEquals(expected.length, actual.length, where);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], 2e-5 * (1 + Math.abs(expected[i])), where + ", element " + i);
        }
    }

    private static double loss(double[][] results, INDArray[] weights) {
        double sum = 0;
        for (int i = 0; i < results.length; i++) {
            double[] w = weights[i] == null ? new double[results[i].length] : flat(weights[i]);
            for (int j = 0; j < w.length; j++) {
                sum += w[j] * results[i][j];
            }
        }
        return sum;
    }

    private static SDVariable[] variables(SameDiff sd, DataType type, INDArray... arguments) {
        return IntStream.range(0, arguments.length).mapToObj(i -> sd.var("a" + i, arguments[i].castTo(type).dup()))
                .toArray(SDVariable[]::new);
    }

    private static INDArray[] results(Operation operation, INDArray... arguments) {
        SDVariable[] results = operation.of(variables(SameDiff.create(), DataType.FLOAT, arguments));
        String[] names = Arrays.stream(results).map(SDVariable::name).toArray(String[]::new);
        Nd4j.getRandom().setSeed(SEED);
        Map<String, INDArray> arrays = results[0].getSameDiff().output(Map.of(), names);
        return Arrays.stream(names).map(arrays::get).toArray(INDArray[]::new);
    }

    private static double[][] gradients(DataType type, Operation operation, INDArray[] weights, INDArray... arguments) {
        SameDiff sd = SameDiff.create();
        SDVariable[] variables = variables(sd, type, arguments);
        SDVariable[] results = operation.of(variables);
        SDVariable loss = null;
        for (int i = 0; i < results.length; i++) {
            if (weights[i] != null) {
                SDVariable term = results[i].mul(sd.constant(weights[i].castTo(type))).sum();
                loss = loss == null ? term : loss.add(term);
            }
        }
        loss.markAsLoss();
        String[] names = Arrays.stream(variables).map(SDVariable::name).toArray(String[]::new);
        Nd4j.getRandom().setSeed(SEED);
        Map<String, INDArray> gradients = sd.calculateGradients(Map.of(), names);
        // none: the loss does not depend on the argument
        return IntStream.range(0, names.length).mapToObj(i -> gradients.get(names[i]) == null
                ? new double[(int) arguments[i].length()] : flat(gradients.get(names[i]))).toArray(double[][]::new);
    }

    private static double[] flat(INDArray array) {
        return array.dup('c').data().asDouble();
    }

    private static double[][] matrix(INDArray array) {
        double[] flat = flat(array);
        int rows = array.rank() < 2 ? 1 : (int) array.size(0);
        int columns = flat.length / rows;
        return IntStream.range(0, rows).mapToObj(r -> Arrays.copyOfRange(flat, r * columns, (r + 1) * columns))
                .toArray(double[][]::new);
    }

    /** A sample of the standard normal is its noise. */
    private static INDArray noise(int... shape) {
        INDArray zeros = Nd4j.zeros(DataType.FLOAT, shape[0], shape[1]);
        return results(a -> SameDiffOperations.gaussianSampleKl(a[0], a[1]), zeros, zeros)[0];
    }

    private static double at(double[][] a, int r, int c) {
        double[] row = a[a.length == 1 ? 0 : r];
        return row[row.length == 1 ? 0 : c];
    }

    private static double[] sample(double[][] mean, double[][] logVariance, double[][] eps) {
        return IntStream.range(0, mean.length).boxed().flatMapToDouble(r -> IntStream.range(0, mean[r].length)
                .mapToDouble(c -> mean[r][c] + Math.exp(logVariance[r][c] / 2) * eps[r][c])).toArray();
    }

    private static double[] kl(double[][] mean, double[][] logVariance, double[][] priorMean,
            double[][] priorLogVariance) {
        return sums(mean, (r, c) -> {
            double d = mean[r][c] - (priorMean == null ? 0 : at(priorMean, r, c));
            double v = logVariance[r][c];
            double pv = priorLogVariance == null ? 0 : at(priorLogVariance, r, c);
            return ((Math.exp(v) + d * d) / Math.exp(pv) + pv - v - 1) / 2;
        });
    }

    private static double[] bernoulli(double[][] logits, double[][] x) {
        int samples = logits.length / x.length;
        return sums(logits, (r, c) -> x[r / samples][c] * logits[r][c] - Math.log1p(Math.exp(logits[r][c])));
    }

    private static double[] gaussian(double[][] mean, double[][] logVariance, double[][] x) {
        int samples = mean.length / x.length;
        return sums(mean, (r, c) -> {
            double d = x[r / samples][c] - mean[r][c];
            double v = at(logVariance, r, c);
            return -(v + d * d / Math.exp(v) + LOG_2_PI) / 2;
        });
    }

    private interface Element {
        double at(int row, int column);
    }

    private static double[] sums(double[][] like, Element element) {
        return IntStream.range(0, like.length).mapToDouble(r -> IntStream.range(0, like[r].length)
                .mapToDouble(c -> element.at(r, c)).sum()).toArray();
    }

    // composed: factors of exp(-v), as ND4J 1.0.0-M2.1 has a wrong gradient of a division by one number

    private static SDVariable exp(SDVariable x) {
        return x.getSameDiff().math().exp(x);
    }

    private static SDVariable sum(SDVariable x) {
        int rank = x.getSameDiff().getVariable("a0").getArr().rank();
        return x.sum(IntStream.range(1, rank).toArray());
    }

    private static SDVariable composedSample(SDVariable mean, SDVariable logVariance, INDArray noise) {
        SDVariable eps = mean.getSameDiff().constant(noise.castTo(DataType.DOUBLE));
        return mean.add(exp(logVariance.mul(0.5)).mul(eps));
    }

    private static SDVariable composedKl(SDVariable mean, SDVariable logVariance, SDVariable priorMean,
            SDVariable priorLogVariance) {
        if (priorMean == null) {
            return sum(exp(logVariance).add(mean.mul(mean)).sub(logVariance).sub(1)).mul(0.5);
        }
        SDVariable d = mean.sub(priorMean);
        return sum(exp(logVariance).add(d.mul(d)).mul(exp(priorLogVariance.neg())).add(priorLogVariance)
                .sub(logVariance).sub(1)).mul(0.5);
    }

    private static SDVariable composedBernoulli(SDVariable logits, SDVariable x) {
        return sum(logits.mul(x).sub(logits.getSameDiff().nn().softplus(logits)));
    }

    private static SDVariable composedGaussian(SDVariable mean, SDVariable logVariance, SDVariable x) {
        SDVariable d = x.sub(mean);
        return sum(d.mul(d).mul(exp(logVariance.neg())).add(logVariance).add(LOG_2_PI)).mul(-0.5);
    }

    private static SDVariable repeat(SDVariable x, long samples, long rows, long columns) {
        SameDiff sd = x.getSameDiff();
        return samples == 1 ? x : sd.tile(x.reshape(rows, 1, columns), 1, (int) samples, 1)
                .reshape(samples * rows, columns);
    }
}
