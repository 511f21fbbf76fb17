package io.elbo4j.equivalence;

import io.elbo4j.Activation;
import io.elbo4j.AdamStep;
import io.elbo4j.ElementType;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.ScalarFunction;
import io.elbo4j.SgdStep;
import io.elbo4j.operation.Adam;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.BernoulliLogLikelihood;
import io.elbo4j.operation.Binarise;
import io.elbo4j.operation.CategoricalLogLikelihood;
import io.elbo4j.operation.Clip;
import io.elbo4j.operation.Dropout;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.operation.GaussianKl;
import io.elbo4j.operation.GaussianKlPerDimension;
import io.elbo4j.operation.GaussianLogLikelihood;
import io.elbo4j.operation.GaussianLogRatio;
import io.elbo4j.operation.GaussianSampleKl;
import io.elbo4j.operation.LambdaReturns;
import io.elbo4j.operation.LayerNorm;
import io.elbo4j.operation.LogLikelihood;
import io.elbo4j.operation.LogMeanExp;
import io.elbo4j.operation.LogisticMixtureLogLikelihood;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.MovingAverage;
import io.elbo4j.operation.OneHot;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.operation.RmsNorm;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Sgd;
import io.elbo4j.operation.Softmax;
import io.elbo4j.operation.Sums;
import io.elbo4j.operation.TanhGaussian;
import io.elbo4j.operation.Triangular;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * Every operation of the kernel layer, as a case of the suite: makes its operands on a bench and returns the launch.
 */
final class Operations {
    private static final Map<String, BiFunction<Bench, Shape, Launch>> ALL = new LinkedHashMap<>();

    private Operations() {}

    static Map<String, BiFunction<Bench, Shape, Launch>> all() {
        return ALL;
    }

    private static void add(String name, BiFunction<Bench, Shape, Launch> operation) {
        if (ALL.put(name, operation) != null) {
            throw new IllegalStateException("two operations are called " + name);
        }
    }

    static {
        gaussianSampleKl();
        gaussianLogRatio();
        tanhGaussian();
        lambdaReturns();
        likelihoods();
        likelihoodsIn16Bits();
        categorical();
        logisticMixtures();
        products();
        elementwise();
        sums();
        rows();
        optimiser();
        arithmetic();
        triangular();
        norms("", Operations::atLeastOne);
        // of which a CPU sums eight rows at once, and knows the first width: any number of rows of them
        for (int columns : new int[] {64, 200}) {
            norms(".of" + columns, s -> columns);
            softmax(".of" + columns, s -> columns);
        }
        Convolutions.addTo(Operations::add);
        Recurrence.addTo(Operations::add);
        softmax("", Operations::atLeastOne);
        dropout();
    }

    private static void gaussianSampleKl() {
        add("gaussianSampleKl", (b, s) -> GaussianSampleKl.forward(in(b, s), in(b, s), b.noise(), z(b, s),
                b.outPerRow(s.rows())));
        add("gaussianSampleKl.prior", (b, s) -> GaussianSampleKl.forward(in(b, s), in(b, s), in(b, s), in(b, s),
                b.noise(), z(b, s), b.outPerRow(s.rows())));
        add("gaussianSampleKl.logRatio", (b, s) -> GaussianSampleKl.forwardWithLogRatio(in(b, s), in(b, s), null, null,
                b.noise(), z(b, s), b.outPerRow(s.rows()), b.outPerRow((long) s.rows() * s.samples())));
        add("gaussianSampleKl.sharedPrior.logRatio", (b, s) -> GaussianSampleKl.forwardWithLogRatio(in(b, s), in(b, s),
                b.in(1, s.columns()).repeatRow(s.rows()), b.in(1, s.columns()).repeatRow(s.rows()), b.noise(),
                z(b, s), b.outPerRow(s.rows()), b.outPerRow((long) s.rows() * s.samples())));
        add("gaussianSampleKl.backward", (b, s) -> GaussianSampleKl.backward(in(b, s), in(b, s), b.noise(),
                b.in((long) s.rows() * s.samples(), s.columns()), b.inPerRow(s.rows()), null, out(b, s), out(b, s)));
        add("gaussianSampleKl.backward.weighted", (b, s) -> GaussianSampleKl.backward(in(b, s), in(b, s), b.noise(),
                b.in((long) s.rows() * s.samples(), s.columns()), b.inPerRow(s.rows()), b.in(1, s.columns()),
                out(b, s), out(b, s)));
        add("gaussianSampleKl.prior.backward", (b, s) -> GaussianSampleKl.backward(in(b, s), in(b, s), in(b, s),
                in(b, s), b.noise(), b.in((long) s.rows() * s.samples(), s.columns()), b.inPerRow(s.rows()),
                b.in(1, s.columns()), out(b, s), out(b, s), out(b, s), out(b, s)));
        for (ElementType t : List.of(ElementType.BFLOAT16, ElementType.FLOAT16)) {
            add("gaussianSampleKl.sharedPrior.logRatio." + t, (b, s) -> GaussianSampleKl.forwardWithLogRatio(
                    in(b.of(t), s), in(b, s), b.in(1, s.columns()).repeatRow(s.rows()),
                    b.in(1, s.columns()).repeatRow(s.rows()), b.noise(), z(b, s), b.outPerRow(s.rows()),
                    b.outPerRow((long) s.rows() * s.samples())));
            add("gaussianSampleKl.prior." + t, (b, s) -> GaussianSampleKl.forward(in(b.of(t), s), in(b, s), in(b, s),
                    in(b, s), b.noise(), z(b, s), b.outPerRow(s.rows())));
            add("gaussianSampleKl." + t, (b, s) -> GaussianSampleKl.forward(in(b.of(t), s), in(b, s), b.noise(),
                    z(b, s), b.outPerRow(s.rows())));
            add("gaussianSampleKl.backward." + t, (b, s) -> GaussianSampleKl.backward(in(b.of(t), s), in(b, s),
                    b.noise(), b.in((long) s.rows() * s.samples(), s.columns()), b.inPerRow(s.rows()), null, out(b, s),
                    out(b, s)));
            add("gaussianSampleKl.prior.backward." + t, (b, s) -> GaussianSampleKl.backward(in(b.of(t), s), in(b, s),
                    in(b, s), in(b, s), b.noise(), b.in((long) s.rows() * s.samples(), s.columns()),
                    b.inPerRow(s.rows()), b.float32(() -> b.in(1, s.columns())), out(b, s), out(b, s), out(b, s),
                    out(b, s)));
        }
        add("gaussianKl", (b, s) -> GaussianKl.forward(in(b, s), in(b, s), null, null, b.outPerRow(s.rows())));
        add("gaussianKl.prior", (b, s) -> GaussianKl.forward(in(b, s), in(b, s), in(b, s), in(b, s),
                b.outPerRow(s.rows())));
        add("gaussianKl.backward", (b, s) -> GaussianKl.backward(in(b, s), in(b, s), null, null, b.inPerRow(s.rows()),
                null, out(b, s), out(b, s), null, null));
        add("gaussianKl.prior.backward", (b, s) -> GaussianKl.backward(in(b, s), in(b, s), in(b, s), in(b, s),
                b.inPerRow(s.rows()), b.in(1, s.columns()), out(b, s), out(b, s), out(b, s), out(b, s)));
        add("gaussianKl.prior." + ElementType.BFLOAT16, (b, s) -> GaussianKl.forward(in(b.of(ElementType.BFLOAT16), s),
                in(b, s), in(b, s), in(b, s), b.outPerRow(s.rows())));
        add("gaussianKlPerDimension", (b, s) -> GaussianKlPerDimension.forward(in(b, s), in(b, s), null, null,
                b.out(1, s.columns())));
        add("gaussianKlPerDimension.prior", (b, s) -> GaussianKlPerDimension.forward(in(b, s), in(b, s), in(b, s),
                in(b, s), b.out(1, s.columns())));
        add("freeBitsGate", (b, s) -> GaussianKlPerDimension.freeBitsGate(b.in(1, s.columns()), 0.25f,
                b.out(1, s.columns())));
    }

    private static void gaussianLogRatio() {
        for (boolean stopped : new boolean[] {false, true}) {
            String name = "gaussianLogRatio.backward" + (stopped ? ".stopped" : "");
            add(name, (b, s) -> GaussianLogRatio.backward(in(b, s), in(b, s), b.noise(), samples(b, s), perSample(b, s),
                    null, stopped, out(b, s), out(b, s)));
            add(name + ".prior", (b, s) -> GaussianLogRatio.backward(in(b, s), in(b, s), in(b, s), in(b, s), b.noise(),
                    samples(b, s), perSample(b, s), stopped ? perSample(b, s) : null, stopped, out(b, s), out(b, s),
                    out(b, s), out(b, s)));
        }
        add("gaussianLogRatio.backward.sharedPrior", (b, s) -> GaussianLogRatio.backward(in(b, s), in(b, s),
                b.in(1, s.columns()).repeatRow(s.rows()), b.in(1, s.columns()).repeatRow(s.rows()), b.noise(),
                samples(b, s), perSample(b, s), null, false, out(b, s), out(b, s), null, null));
    }

    private static void tanhGaussian() {
        add("tanhGaussian", (b, s) -> TanhGaussian.forward(in(b, s), in(b, s), b.noise(), out(b, s), b.out(s.rows(),
                1)));
        add("tanhGaussian.backward", (b, s) -> TanhGaussian.backward(in(b, s), in(b, s), b.noise(), in(b, s), b.in(s
                .rows(), 1), out(b, s), out(b, s)));
    }

    /** With 0.3 the share of the values is rounded. */
    private static void lambdaReturns() {
        for (float lambda : new float[] {0, 0.3f, 0.95f, 1}) {
            add("lambdaReturns." + lambda, (b, s) -> LambdaReturns.forward(in(b, s), in(b, s), in(b, s), lambda, out(b,
                    s)));
            add("lambdaReturns.backward." + lambda, (b, s) -> LambdaReturns.backward(in(b, s), in(b, s), lambda, in(b,
                    s), in(b, s), out(b, s), out(b, s), out(b, s)));
        }
        add("lambdaReturns.shared", (b, s) -> LambdaReturns.forward(in(b, s), b.in(1, s.columns()).repeatRow(s.rows()),
                in(b, s), 0.95f, out(b, s)));
        add("lambdaReturns.backward.ofValues", (b, s) -> LambdaReturns.backward(in(b, s), in(b, s), 0.95f, in(b, s), in(
                b, s), null, null, out(b, s)));
    }

    private static Matrix samples(Bench b, Shape s) {
        return b.in((long) s.rows() * s.samples(), s.columns());
    }

    private static Matrix perSample(Bench b, Shape s) {
        return b.inPerRow((long) s.rows() * s.samples());
    }

    private static LogLikelihood.Likelihood of(LogLikelihood.Function function) {
        return function == LogLikelihood.Function.STUDENT_T ? LogLikelihood.studentT(2.5) : LogLikelihood.of(function);
    }

    private static List<Matrix> several(int count, Supplier<Matrix> each) {
        return Stream.generate(each).limit(count).toList();
    }

    private static void likelihoods() {
        for (LogLikelihood.Function function : LogLikelihood.Function.values()) {
            String name = function.name().toLowerCase(Locale.ROOT) + "LogLikelihood";
            LogLikelihood.Likelihood of = of(function);
            int parameters = function.parameters().size();
            add(name, (b, s) -> LogLikelihood.forward(of, several(parameters, () -> samples(b, s)), in(b, s), b
                    .outPerRow((long) s.rows() * s.samples())));
            add(name + ".fused", (b, s) -> LogLikelihood.fused(of, several(parameters, () -> in(b, s)), in(b, s), b
                    .inPerRow(s.rows()), b.outPerRow(s.rows()), several(parameters, () -> out(b, s))));
        }
        LogLikelihood.Likelihood laplace = of(LogLikelihood.Function.LAPLACE);
        add("laplaceLogLikelihood.shared", (b, s) -> LogLikelihood.fused(laplace, List.of(in(b, s), b.in(1, s
                .columns()).repeatRow(s.rows())), in(b, s), b.inPerRow(s.rows()), b.outPerRow(s.rows()), Arrays.asList(
                        out(b, s), null)));
        add("gaussianLogLikelihood", (b, s) -> GaussianLogLikelihood.forward(b.in((long) s.rows() * s.samples(),
                s.columns()), b.in((long) s.rows() * s.samples(), s.columns()), in(b, s),
                b.outPerRow((long) s.rows() * s.samples())));
        add("gaussianLogLikelihood.fused", (b, s) -> GaussianLogLikelihood.fused(in(b, s), in(b, s), in(b, s),
                b.inPerRow(s.rows()), b.outPerRow(s.rows()), out(b, s), out(b, s)));
        add("gaussianLogLikelihood.shared", (b, s) -> GaussianLogLikelihood.fused(in(b, s),
                b.in(1, s.columns()).repeatRow(s.rows()), in(b, s), b.inPerRow(s.rows()), b.outPerRow(s.rows()),
                out(b, s), null));
        add("gaussianLogLikelihood.sharedGradient", (b, s) -> GaussianLogLikelihood.sharedLogVarianceGradient(
                in(b, s), b.in(1, s.columns()), in(b, s), b.inPerRow(s.rows()), b.out(1, s.columns())));
    }

    private static void likelihoodsIn16Bits() {
        for (ElementType t : List.of(ElementType.BFLOAT16, ElementType.FLOAT16)) {
            // Bernoulli's has a class of its own
            for (LogLikelihood.Function function : EnumSet.complementOf(EnumSet.of(LogLikelihood.Function.BERNOULLI))) {
                String name = function.name().toLowerCase(Locale.ROOT) + "LogLikelihood";
                LogLikelihood.Likelihood of = of(function);
                int parameters = function.parameters().size();
                add(name + "." + t, (b, s) -> LogLikelihood.forward(of, several(parameters, () -> samples(b.of(t), s)),
                        in(b, s), b.outPerRow((long) s.rows() * s.samples())));
                add(name + ".fused." + t, (b, s) -> LogLikelihood.fused(of, several(parameters, () -> in(b.of(t), s)),
                        in(b, s), b.inPerRow(s.rows()), b.outPerRow(s.rows()), several(parameters, () -> out(b, s))));
            }
            add("bernoulliLogLikelihood." + t, (b, s) -> BernoulliLogLikelihood.forward(samples(b.of(t), s), in(b, s),
                    b.outPerRow((long) s.rows() * s.samples())));
            add("bernoulliLogLikelihood.fused." + t, (b, s) -> BernoulliLogLikelihood.fused(in(b.of(t), s), in(b, s),
                    b.inPerRow(s.rows()), b.outPerRow(s.rows()), out(b, s)));
            add("gaussianLogLikelihood." + t, (b, s) -> GaussianLogLikelihood.forward(samples(b.of(t), s), samples(b,
                    s), in(b, s), b.outPerRow((long) s.rows() * s.samples())));
            add("gaussianLogLikelihood.fused." + t, (b, s) -> GaussianLogLikelihood.fused(in(b.of(t), s), in(b, s),
                    in(b, s), b.inPerRow(s.rows()), b.outPerRow(s.rows()), out(b, s), out(b, s)));
            add("gaussianLogLikelihood.shared." + t, (b, s) -> GaussianLogLikelihood.fused(in(b.of(t), s),
                    b.in(1, s.columns()).repeatRow(s.rows()), in(b, s), b.inPerRow(s.rows()), b.outPerRow(s.rows()),
                    out(b, s), null));
        }
    }

    private static void categorical() {
        for (int classes : new int[] {1, 4, 11}) {
            add("categoricalLogLikelihood." + classes, (b, s) -> CategoricalLogLikelihood.forward(b.in((long) s.rows()
                    * s.samples(), classes * atLeastOne(s)), b.classNumbers(s.rows(), atLeastOne(s), classes),
                    b.outPerRow((long) s.rows() * s.samples())));
            add("categoricalLogLikelihood.fused." + classes, (b, s) -> CategoricalLogLikelihood.fused(b.in(s.rows(),
                    classes * atLeastOne(s)), b.classNumbers(s.rows(), atLeastOne(s), classes), b.inPerRow(s.rows()),
                    b.outPerRow(s.rows()), b.out(s.rows(), classes * atLeastOne(s))));
        }
    }

    private static void logisticMixtures() {
        for (int components : new int[] {1, 3}) {
            add("logisticMixtureLogLikelihood." + components, (b, s) -> {
                Supplier<Matrix> in = () -> b.in((long) s.rows() * s.samples(), components * atLeastOne(s));
                return LogisticMixtureLogLikelihood.forward(5, in.get(), in.get(), in.get(), b.classNumbers(s.rows(),
                        atLeastOne(s), 5), b.outPerRow((long) s.rows() * s.samples()));
            });
            add("logisticMixtureLogLikelihood.fused." + components, (b, s) -> {
                Supplier<Matrix> in = () -> b.in(s.rows(), components * atLeastOne(s));
                return LogisticMixtureLogLikelihood.fused(5, in.get(), in.get(), in.get(), b.classNumbers(s.rows(),
                        atLeastOne(s), 5), b.inPerRow(s.rows()), b.outPerRow(s.rows()), several(3, () -> b.out(s.rows(),
                                components * atLeastOne(s))));
            });
        }
        add("logisticMixtureLogLikelihood.fused.someGradients", (b, s) -> LogisticMixtureLogLikelihood.fused(256, b.in(s
                .rows(), 2 * atLeastOne(s)), b.in(s.rows(), 2 * atLeastOne(s)), b.in(1, 2 * atLeastOne(s)).repeatRow(s
                        .rows()), b.classNumbers(s.rows(), atLeastOne(s), 256), b.inPerRow(s.rows()), b.outPerRow(s
                                .rows()), Arrays.asList(null, b.out(s.rows(), 2 * atLeastOne(s)), null)));
    }

    private static void products() {
        for (int k : new int[] {1, 33, 300, 1100}) {
            add("matmul.k" + k, (b, s) -> Matmul.forward(b.in(s.rows(), k), b.in(k, s.columns()), null, false,
                    out(b, s)));
            add("matmul.biasRelu.k" + k, (b, s) -> Matmul.forward(b.in(s.rows(), k), b.in(k, s.columns()),
                    b.in(1, s.columns()), true, out(b, s)));
            add("matmul.inputGradient.k" + k, (b, s) -> Matmul.inputGradient(b.in(s.rows(), k), b.in(s.columns(), k),
                    null, out(b, s)));
            add("matmul.inputGradient.gated.k" + k, (b, s) -> Matmul.inputGradient(b.in(s.rows(), k),
                    b.in(s.columns(), k), in(b, s), out(b, s)));
            add("matmul.weightGradient.k" + k, (b, s) -> Matmul.weightGradient(b.in(k, s.rows()), b.in(k, s.columns()),
                    out(b, s)));
        }
    }

    private static void elementwise() {
        for (Activation a : Activation.values()) {
            add("activation." + a, (b, s) -> Elementwise.activation(a, in(b, s), out(b, s)));
            add("activationGradient." + a, (b, s) -> Elementwise.activationGradient(a, in(b, s), in(b, s), out(b, s)));
        }
        for (ScalarFunction f : ScalarFunction.values()) {
            add("map." + f, (b, s) -> Elementwise.map(f, in(b, s), out(b, s)));
        }
    }

    private static void sums() {
        add("rowSums", (b, s) -> Sums.rows(in(b, s), b.outPerRow(s.rows())));
        add("rowSumsOfSquares", (b, s) -> Sums.rowsOfSquares(in(b, s), b.outPerRow(s.rows())));
        add("columnSums", (b, s) -> Sums.columns(in(b, s), b.out(1, s.columns())));
        add("logMeanExp", (b, s) -> LogMeanExp.forward(b.in(s.rows(), atLeastOne(s)), b.outPerRow(s.rows())));
        add("logMeanExp.backward", (b, s) -> LogMeanExp.backward(b.in(s.rows(), atLeastOne(s)), b.inPerRow(s.rows()),
                b.out(s.rows(), atLeastOne(s))));
    }

    /** The mean of no numbers is refused. */
    private static int atLeastOne(Shape s) {
        return Math.max(1, s.columns());
    }

    private static void rows() {
        add("copy", (b, s) -> Rows.copy(in(b, s), out(b, s)));
        for (ElementType t : List.of(ElementType.BFLOAT16, ElementType.FLOAT16)) {
            add("copy.to." + t, (b, s) -> Rows.copy(in(b, s), out(b.of(t), s)));
            add("copy.from." + t, (b, s) -> Rows.copy(in(b.of(t), s), out(b.of(ElementType.FLOAT32), s)));
            add("copy." + t, (b, s) -> Rows.copy(in(b.of(t), s), out(b, s)));
        }
        add("add", (b, s) -> Rows.add(in(b, s), b.inOut(s.rows(), s.columns())));
        add("fill", (b, s) -> Rows.fill(0.1f, out(b, s)));
        for (int inner : new int[] {1, 3}) {
            add("repeat." + inner, (b, s) -> Rows.repeat(b.in((long) s.rows() * inner, s.columns()), inner,
                    b.out((long) s.rows() * inner * (s.samples() + 1), s.columns())));
            add("sumRepeated." + inner, (b, s) -> Rows.sumRepeated(b.in((long) s.rows() * inner * (s.samples() + 1),
                    s.columns()), inner, b.out((long) s.rows() * inner, s.columns())));
        }
        add("oneHot", (b, s) -> OneHot.maximum(in(b, s), out(b, s)));
        add("largest", (b, s) -> OneHot.largest(in(b, s), (s.columns() + 2) / 3, out(b, s)));
        add("lookUp", (b, s) -> Rows.lookUp(b.in(11, s.columns()), b.rowNumbers(s.rows(), 11), out(b, s)));
        add("lookUpGradient", (b, s) -> Rows.lookUpGradient(in(b, s), b.rowNumbers(s.rows(), 11), b.out(11,
                s.columns())));
        add("gather", (b, s) -> Rows.gather(b.in(11, s.columns()), b.indices(s.rows(), 11), out(b, s)));
        add("gather.UINT8", (b, s) -> Rows.gather(b.bytes(11, s.columns()), b.indices(s.rows(), 11), out(b, s)));
        add("scatter", (b, s) -> Rows.scatter(in(b, s), b.indices(s.rows(), 11), b.inOut(11, s.columns())));
        add("scatterAdd", (b, s) -> Rows.scatterAdd(in(b, s), b.indices(s.rows(), 11), b.inOut(11, s.columns())));
        add("normal", (b, s) -> RandomFill.normal(b.noise(), out(b, s)));
        add("uniform", (b, s) -> RandomFill.uniform(b.noise(), -0.3f, 1.7f, out(b, s)));
        add("binarise", (b, s) -> Binarise.forward(in(b, s), b.noise(), out(b, s)));
    }

    private static void optimiser() {
        AdamStep step = new AdamStep(1e-3, 0.9, 0.999, 1e-8).at(17);
        add("adam", (b, s) -> Adam.update(b.inOut(s.rows(), s.columns()), in(b, s), b.inOut(s.rows(), s.columns()),
                b.inOut(s.rows(), s.columns()), step, null));
        add("adam.scaled", (b, s) -> Adam.update(b.inOut(s.rows(), s.columns()), in(b, s),
                b.inOut(s.rows(), s.columns()), b.inOut(s.rows(), s.columns()), step, b.normal(1, 1)));
        add("clipScale", (b, s) -> Clip.scale(b.in(1, s.columns()), 0.75f, b.out(1, 1)));
        AdamStep decaying = new AdamStep(1e-3, 0.9, 0.999, 1e-8, 0.01).at(17);
        add("adamW", (b, s) -> Adam.update(b.inOut(s.rows(), s.columns()), in(b, s), b.inOut(s.rows(), s.columns()),
                b.inOut(s.rows(), s.columns()), decaying, null));
        add("sgd", (b, s) -> Sgd.update(b.inOut(s.rows(), s.columns()), in(b, s), null, new SgdStep(0.1, 0, 0), null));
        add("sgd.momentum.scaled", (b, s) -> Sgd.update(b.inOut(s.rows(), s.columns()), in(b, s),
                b.inOut(s.rows(), s.columns()), new SgdStep(0.1, 0.9, 1e-4), b.normal(1, 1)));
        add("movingAverage", (b, s) -> MovingAverage.update(in(b, s), 0.995, b.inOut(s.rows(), s.columns())));
        add("clipValue", (b, s) -> Clip.value(0.75f, in(b, s), out(b, s)));
    }

    private static void arithmetic() {
        add("arithmetic.add", (b, s) -> Arithmetic.add(in(b, s), in(b, s), out(b, s)));
        add("arithmetic.add.row", (b, s) -> Arithmetic.add(in(b, s), b.in(1, s.columns()).repeatRow(s.rows()),
                out(b, s)));
        add("arithmetic.subtract", (b, s) -> Arithmetic.subtract(in(b, s), in(b, s), out(b, s)));
        add("arithmetic.multiply", (b, s) -> Arithmetic.multiply(b.in(1, s.columns()).repeatRow(s.rows()), in(b, s),
                out(b, s)));
        add("arithmetic.multiplyAdd", (b, s) -> Arithmetic.multiplyAdd(-1.5f, in(b, s), in(b, s),
                b.inOut(s.rows(), s.columns())));
        add("arithmetic.scale", (b, s) -> Arithmetic.scale(0.3f, in(b, s), out(b, s)));
        add("arithmetic.scaleAndShift", (b, s) -> Arithmetic.scaleAndShift(-0.3f, 1.1f, in(b, s), out(b, s)));
        add("arithmetic.multiply.inPlace", (b, s) -> {
            Matrix m = b.inOut(s.rows(), s.columns());
            return Arithmetic.multiply(m, in(b, s), m);
        });
    }

    private static void triangular() {
        add("triangular.product", (b, s) -> Triangular.product(packed(b, s), few(b, s), b.out(s.rows(), dimensions(
                s))));
        add("triangular.gradients", (b, s) -> Triangular.gradients(packed(b, s), few(b, s), few(b, s), b.out(s.rows(),
                triangle(s)), b.out(s.rows(), dimensions(s))));
        add("triangular.gradients.packed", (b, s) -> Triangular.gradients(packed(b, s), few(b, s), few(b, s), b.out(s
                .rows(), triangle(s)), null));
    }

    /** Gradients of any mean and rstd, and of those that normalise x. */
    private static void norms(String suffix, ToIntFunction<Shape> columns) {
        BiFunction<Bench, Shape, Matrix> wide = (b, s) -> b.in(s.rows(), columns.applyAsInt(s));
        BiFunction<Bench, Shape, Matrix> row = (b, s) -> b.in(1, columns.applyAsInt(s));
        BiFunction<Bench, Shape, Matrix> out = (b, s) -> b.out(s.rows(), columns.applyAsInt(s));
        BiFunction<Bench, Shape, Matrix> outRow = (b, s) -> b.out(1, columns.applyAsInt(s));
        add("layerNorm" + suffix, (b, s) -> LayerNorm.forward(wide.apply(b, s), row.apply(b, s), row.apply(b, s), 1e-5f,
                out.apply(b, s), b.outPerRow(s.rows()), b.outPerRow(s.rows())));
        add("layerNorm.backward" + suffix, (b, s) -> LayerNorm.backward(wide.apply(b, s), row.apply(b, s),
                b.inPerRow(s.rows()), b.inPerRow(s.rows()), wide.apply(b, s), out.apply(b, s)));
        add("layerNorm.backward.normalised" + suffix, (b, s) -> {
            Matrix x = wide.apply(b, s);
            Matrix gamma = row.apply(b, s);
            Matrix mean = b.outPerRow(s.rows());
            Matrix rstd = b.outPerRow(s.rows());
            LayerNorm.forward(x, gamma, row.apply(b, s), 0.1f, out.apply(b, s), mean, rstd).run();
            return LayerNorm.backward(x, gamma, mean, rstd, wide.apply(b, s), out.apply(b, s));
        });
        add("layerNorm.parameterGradients" + suffix, (b, s) -> LayerNorm.parameterGradients(wide.apply(b, s),
                b.inPerRow(s.rows()), b.inPerRow(s.rows()), wide.apply(b, s), outRow.apply(b, s), outRow.apply(b, s)));
        add("rmsNorm" + suffix, (b, s) -> RmsNorm.forward(wide.apply(b, s), row.apply(b, s), 1e-5f, out.apply(b, s),
                b.outPerRow(s.rows())));
        add("rmsNorm.backward" + suffix, (b, s) -> RmsNorm.backward(wide.apply(b, s), row.apply(b, s),
                b.inPerRow(s.rows()), wide.apply(b, s), out.apply(b, s)));
        add("rmsNorm.gammaGradient" + suffix, (b, s) -> RmsNorm.gammaGradient(wide.apply(b, s), b.inPerRow(s.rows()),
                wide.apply(b, s), outRow.apply(b, s)));
    }

    private static void softmax(String suffix, ToIntFunction<Shape> columns) {
        BiFunction<Bench, Shape, Matrix> in = (b, s) -> b.in(s.rows(), columns.applyAsInt(s));
        BiFunction<Bench, Shape, Matrix> out = (b, s) -> b.out(s.rows(), columns.applyAsInt(s));
        add("softmax" + suffix, (b, s) -> Softmax.forward(in.apply(b, s), out.apply(b, s)));
        add("softmax.backward" + suffix, (b, s) -> Softmax.backward(in.apply(b, s), in.apply(b, s), out.apply(b, s)));
        add("logSoftmax" + suffix, (b, s) -> Softmax.logForward(in.apply(b, s), out.apply(b, s)));
        add("logSoftmax.backward" + suffix, (b, s) -> Softmax.logBackward(in.apply(b, s), in.apply(b, s), out.apply(b,
                s)));
    }

    private static void dropout() {
        add("dropout", (b, s) -> Dropout.apply(in(b, s), 0.3f, b.noise(), out(b, s)));
        add("dropout.inPlace", (b, s) -> {
            Matrix x = b.inOut(s.rows(), s.columns());
            return Dropout.apply(x, 0.75f, b.noise(), x);
        });
    }

    /** Fewer than in other cases: their square counts. */
    private static int dimensions(Shape s) {
        return s.columns() % 131;
    }

    private static int triangle(Shape s) {
        return dimensions(s) * (dimensions(s) - 1) / 2;
    }

    private static Matrix packed(Bench b, Shape s) {
        return b.in(s.rows(), triangle(s));
    }

    private static Matrix few(Bench b, Shape s) {
        return b.in(s.rows(), dimensions(s));
    }

    private static Matrix in(Bench b, Shape s) {
        return b.in(s.rows(), s.columns());
    }

    private static Matrix out(Bench b, Shape s) {
        return b.out(s.rows(), s.columns());
    }

    private static Matrix z(Bench b, Shape s) {
        return b.out((long) s.rows() * s.samples(), s.columns());
    }
}
