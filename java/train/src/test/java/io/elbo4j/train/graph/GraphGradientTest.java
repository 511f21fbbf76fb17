package io.elbo4j.train.graph;

import static io.elbo4j.train.graph.Reference.bernoulli;
import static io.elbo4j.train.graph.Reference.beside;
import static io.elbo4j.train.graph.Reference.columns;
import static io.elbo4j.train.graph.Reference.gaussian;
import static io.elbo4j.train.graph.Reference.kl;
import static io.elbo4j.train.graph.Reference.perColumn;
import static io.elbo4j.train.graph.Reference.perRow;
import static io.elbo4j.train.graph.Reference.repeated;
import static io.elbo4j.train.graph.Reference.sample;
import static io.elbo4j.train.graph.Reference.zeros;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.GradientCheck.Terms;
import io.elbo4j.train.graph.GradientCheck.World;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.Slice;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of node: the gradient with respect to every parameter, see {@link GradientCheck} for the tolerance. */
class GraphGradientTest {
    private static final int X = 5;
    private static final int H = 6;
    private static final int Z = 3;

    private static double[][] dense(World w, String name, double[][] x, Activation activation) {
        return Reference.dense(x, w.weight(name), w.bias(name), activation);
    }

    private static double[][] linear(World w, String name, double[][] x) {
        return dense(w, name, x, Activation.IDENTITY);
    }

    /** z and its KLs, from a dense layer whose halves are mean and log-variance, under a standard normal prior. */
    private record Drawn(double[][] z, double[][] kl) {
        static Drawn standard(World w, double[][] both, int noise) {
            double[][] zeros = zeros(columns(both, 0, both[0].length / 2));
            return under(w, both, zeros, zeros, noise);
        }

        static Drawn under(World w, double[][] both, double[][] priorMean, double[][] priorLogVariance, int noise) {
            int n = both[0].length / 2;
            double[][] mean = columns(both, 0, n);
            double[][] logVariance = columns(both, n, 2 * n);
            return new Drawn(sample(mean, logVariance, w.noise(noise, n)),
                    Reference.kl(mean, logVariance, priorMean, priorLogVariance));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Activation.class, mode = EnumSource.Mode.EXCLUDE, names = {"EXP", "LOG", "SQRT", "SQUARE"})
    void denseLayersWithEveryActivation(Activation activation) {
        GradientCheck check = new GradientCheck("two hidden layers of " + activation);
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value h = Dense.of("e2", Dense.of("e1", x, H, activation), H + 1, activation);
        Value z = g.latent("z", DiagonalGaussian.of("q", h, Z));
        Value d = Dense.of("d2", Dense.of("d1", z, H, activation), H - 1, activation);
        g.observe("o", new Bernoulli(Dense.of("logits", d, X, Activation.IDENTITY)), x);
        check.run(w -> {
            double[][] e = dense(w, "e2", dense(w, "e1", w.get("x"), activation), activation);
            Drawn drawn = Drawn.standard(w, linear(w, "q", e), 0);
            double[][] out = dense(w, "d2", dense(w, "d1", drawn.z(), activation), activation);
            return new Terms(bernoulli(linear(w, "logits", out), w.get("x")), perRow(drawn.kl()));
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 67, 131})
    void manyRowsAreSummedInChunks(int rows) {
        plain("rows", rows, 1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.7, 4})
    void klWeight(double weight) {
        plain("KL weight " + weight, 7, weight);
    }

    private void plain(String name, int rows, double klWeight) {
        GradientCheck check = new GradientCheck(name).rows(rows).klWeight(klWeight);
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value z = g.latent("z", DiagonalGaussian.of("q", Dense.of("e", x, H, Activation.TANH), Z));
        g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
        check.run(w -> {
            Drawn drawn = Drawn.standard(w, linear(w, "q", dense(w, "e", w.get("x"), Activation.TANH)), 0);
            return new Terms(bernoulli(linear(w, "logits", drawn.z()), w.get("x")), perRow(drawn.kl()));
        });
    }

    @Test
    void priorComputedFromAnInput() {
        GradientCheck check = new GradientCheck("conditional prior").klWeight(0.7);
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value c = g.input("c", 2);
        DiagonalGaussian prior = DiagonalGaussian.of("p", Dense.of("pe", c, 4, Activation.SOFTPLUS), Z);
        Value z = g.latent("z", DiagonalGaussian.of("q", Concatenate.of("xc", x, c), Z), prior);
        g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
        check.run(w -> {
            double[][] p = linear(w, "p", dense(w, "pe", w.get("c"), Activation.SOFTPLUS));
            Drawn drawn = Drawn.under(w, linear(w, "q", beside(w.get("x"), w.get("c"))), columns(p, 0, Z),
                    columns(p, Z, 2 * Z), 0);
            return new Terms(bernoulli(linear(w, "logits", drawn.z()), w.get("x")), perRow(drawn.kl()));
        });
    }

    @Test
    void priorSharedByAllRows() {
        GradientCheck check = new GradientCheck("prior of shared rows");
        Graph g = check.graph();
        Value x = g.input("x", X);
        DiagonalGaussian prior = new DiagonalGaussian(LearnedRow.of(g, "pm", Z, 0.3f), LearnedRow.of(g, "plv", Z,
                -0.4f));
        Value z = g.latent("z", DiagonalGaussian.of("q", x, Z), prior);
        g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
        check.run(w -> {
            Drawn drawn = Drawn.under(w, linear(w, "q", w.get("x")), repeated(w.get("pm")[0], w.rows()),
                    repeated(w.get("plv")[0], w.rows()), 0);
            return new Terms(bernoulli(linear(w, "logits", drawn.z()), w.get("x")), perRow(drawn.kl()));
        });
    }

    @Test
    void priorOfLearnedMeanAndFixedVariance() {
        GradientCheck check = new GradientCheck("prior with a learned mean only");
        Graph g = check.graph();
        Value x = g.input("x", X);
        DiagonalGaussian prior = new DiagonalGaussian(LearnedRow.of(g, "pm", Z, 0.3f), ConstantRow.of(g, "plv", Z,
                -0.4f));
        Value z = g.latent("z", DiagonalGaussian.of("q", x, Z), prior);
        g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
        check.run(w -> {
            Drawn drawn = Drawn.under(w, linear(w, "q", w.get("x")), repeated(w.get("pm")[0], w.rows()),
                    repeated(constant(Z, -0.4f), w.rows()), 0);
            return new Terms(bernoulli(linear(w, "logits", drawn.z()), w.get("x")), perRow(drawn.kl()));
        });
    }

    @Test
    void onlyThePriorLearns() {
        GradientCheck check = new GradientCheck("fixed posterior, learned prior");
        Graph g = check.graph();
        Value x = g.input("x", X);
        DiagonalGaussian q = new DiagonalGaussian(ConstantRow.of(g, "qm", Z, 0.2f), ConstantRow.of(g, "qlv", Z, -0.5f));
        Value z = g.latent("z", q, new DiagonalGaussian(LearnedRow.of(g, "pm", Z, 0.3f), LearnedRow.of(g, "plv", Z,
                -0.4f)));
        g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
        check.run(w -> {
            double[][] qm = repeated(constant(Z, 0.2f), w.rows());
            double[][] qlv = repeated(constant(Z, -0.5f), w.rows());
            double[][] drawn = sample(qm, qlv, w.noise(0, Z));
            double[][] each = kl(qm, qlv, repeated(w.get("pm")[0], w.rows()), repeated(w.get("plv")[0], w.rows()));
            return new Terms(bernoulli(linear(w, "logits", drawn), w.get("x")), perRow(each));
        });
    }

    @Test
    void freeBitsGateDimensions() {
        GradientCheck probe = new GradientCheck("without free bits");
        double[] kls = freeBits(probe, 0);
        double[] sorted = Arrays.stream(kls).sorted().toArray();
        double threshold = (sorted[0] + sorted[sorted.length - 1]) / 2;
        assertTrue(sorted[0] < threshold * 0.95 && sorted[sorted.length - 1] > threshold * 1.05,
                "the threshold must lie between KLs: " + Arrays.toString(kls));
        freeBits(new GradientCheck("free bits of " + threshold + " between " + Arrays.toString(sorted)), threshold);
        freeBits(new GradientCheck("free bits above all KLs"), 2 * sorted[sorted.length - 1]);
    }

    /** Returns each dimension's KL. */
    private double[] freeBits(GradientCheck check, double threshold) {
        check.freeBits(threshold).klWeight(0.7);
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value z = g.latent("z", DiagonalGaussian.of("q", x, Z));
        g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
        double[][] kept = new double[1][];
        check.run(w -> {
            Drawn drawn = Drawn.standard(w, linear(w, "q", w.get("x")), 0);
            double[] each = perColumn(drawn.kl());
            if (kept[0] == null) {
                kept[0] = each;
            }
            return new Terms(bernoulli(linear(w, "logits", drawn.z()), w.get("x")), perRow(drawn.kl()),
                    Arrays.stream(each).map(kl -> Math.max(kl, threshold)).sum());
        });
        return kept[0];
    }

    @Test
    void freeBitsUnderAConditionalPrior() {
        GradientCheck check = new GradientCheck("free bits under a conditional prior").freeBits(0.05);
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value c = g.input("c", 2);
        Value z = g.latent("z", DiagonalGaussian.of("q", x, Z), DiagonalGaussian.of("p", c, Z));
        g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
        check.run(w -> {
            double[][] p = linear(w, "p", w.get("c"));
            Drawn drawn = Drawn.under(w, linear(w, "q", w.get("x")), columns(p, 0, Z), columns(p, Z, 2 * Z), 0);
            double[] each = perColumn(drawn.kl());
            return new Terms(bernoulli(linear(w, "logits", drawn.z()), w.get("x")), perRow(drawn.kl()),
                    Arrays.stream(each).map(kl -> Math.max(kl, 0.05)).sum());
        });
    }

    @ParameterizedTest
    @EnumSource(value = Activation.class, names = {"IDENTITY", "RELU", "TANH"})
    void sliceBesideTheWholeValue(Activation activation) {
        GradientCheck check = new GradientCheck("slices and the whole of a " + activation + " layer");
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value h = Dense.of("h", x, H, activation);
        Value part = Slice.of("part", h, 1, 4);
        Value overlapping = Slice.of("overlapping", h, 3, 6);
        Value inner = Slice.of("inner", overlapping, 1, 2);
        Value q = Concatenate.of("features", Dense.of("a", part, 2, Activation.TANH), Dense.of("b", h, 2,
                Activation.TANH),
                Dense.of("c", overlapping, 1, Activation.TANH), inner);
        Value z = g.latent("z", DiagonalGaussian.of("q", q, Z));
        g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
        check.run(w -> {
            double[][] all = dense(w, "h", w.get("x"), activation);
            double[][] features = beside(dense(w, "a", columns(all, 1, 4), Activation.TANH),
                    dense(w, "b", all, Activation.TANH), dense(w, "c", columns(all, 3, 6), Activation.TANH),
                    columns(all, 4, 5));
            Drawn drawn = Drawn.standard(w, linear(w, "q", features), 0);
            return new Terms(bernoulli(linear(w, "logits", drawn.z()), w.get("x")), perRow(drawn.kl()));
        });
    }

    @Test
    void columnsThatNobodyUses() {
        GradientCheck check = new GradientCheck("a slice only, the rest unused");
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value h = Slice.of("part", Dense.of("h", x, H, Activation.RELU), 2, 4);
        Dense.of("dangling", h, 2, Activation.TANH);
        Value z = g.latent("z", DiagonalGaussian.of("q", h, Z));
        g.observe("o", new Bernoulli(Dense.of("logits", Slice.of("z1", z, 1, 2), X, Activation.IDENTITY)), x);
        check.run(w -> {
            double[][] part = columns(dense(w, "h", w.get("x"), Activation.RELU), 2, 4);
            Drawn drawn = Drawn.standard(w, linear(w, "q", part), 0);
            return new Terms(bernoulli(linear(w, "logits", columns(drawn.z(), 1, 2)), w.get("x")), perRow(drawn.kl()));
        });
    }

    @Test
    void severalConsumersOfOneValue() {
        GradientCheck check = new GradientCheck("a value with three consumers");
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value h = Dense.of("h", x, H, Activation.RELU);
        Value sum = Concatenate.of("sum", Dense.of("a", h, 2, Activation.RELU), Dense.of("b", h, 2, Activation.TANH),
                Dense.of("c", h, 2, Activation.IDENTITY));
        Value z = g.latent("z", DiagonalGaussian.of("q", sum, Z));
        Value logits = Dense.of("logits", z, X, Activation.IDENTITY);
        g.observe("o1", new Bernoulli(logits), x);
        g.observe("o2", new DiagonalGaussian(logits, ConstantRow.of(g, "lv", X, -0.5f)), x);
        check.run(w -> {
            double[][] hidden = dense(w, "h", w.get("x"), Activation.RELU);
            double[][] features = beside(dense(w, "a", hidden, Activation.RELU), dense(w, "b", hidden, Activation.TANH),
                    linear(w, "c", hidden));
            Drawn drawn = Drawn.standard(w, linear(w, "q", features), 0);
            double[][] out = linear(w, "logits", drawn.z());
            return new Terms(bernoulli(out, w.get("x"))
                    + gaussian(out, repeated(constant(X, -0.5f), w.rows()), w.get("x")), perRow(drawn.kl()));
        });
    }

    @Test
    void reluThatAlsoFeedsAConcatenation() {
        GradientCheck check = new GradientCheck("a ReLU with gated and ungated consumers");
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value h = Dense.of("h", x, H, Activation.RELU);
        Value both = Concatenate.of("both", h, Dense.of("a", h, 2, Activation.RELU), h);
        Value z = g.latent("z", DiagonalGaussian.of("q", both, Z));
        g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
        check.run(w -> {
            double[][] hidden = dense(w, "h", w.get("x"), Activation.RELU);
            Drawn drawn = Drawn.standard(w, linear(w, "q", beside(hidden, dense(w, "a", hidden, Activation.RELU),
                    hidden)), 0);
            return new Terms(bernoulli(linear(w, "logits", drawn.z()), w.get("x")), perRow(drawn.kl()));
        });
    }

    @Test
    void reluOutputsAsDistributionParameters() {
        GradientCheck check = new GradientCheck("ReLU outputs that kernels write gradients of");
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value q = Dense.of("q", x, 2 * Z, Activation.RELU);
        Value z = g.latent("z", new DiagonalGaussian(Slice.of("qm", q, 0, Z), Slice.of("qlv", q, Z, 2 * Z)));
        g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.RELU)), x);
        check.run(w -> {
            Drawn drawn = Drawn.standard(w, dense(w, "q", w.get("x"), Activation.RELU), 0);
            return new Terms(bernoulli(dense(w, "logits", drawn.z(), Activation.RELU), w.get("x")),
                    perRow(drawn.kl()));
        });
    }

    @Test
    void gaussianWithAVarianceOfEveryElement() {
        GradientCheck check = new GradientCheck("Gaussian, a variance per element");
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value z = g.latent("z", DiagonalGaussian.of("q", x, Z));
        DiagonalGaussian p = DiagonalGaussian.of("p", z, X);
        g.observe("o", new DiagonalGaussian(p.mean(), p.logVariance()), x);
        check.run(w -> {
            Drawn drawn = Drawn.standard(w, linear(w, "q", w.get("x")), 0);
            double[][] both = linear(w, "p", drawn.z());
            return new Terms(gaussian(columns(both, 0, X), columns(both, X, 2 * X), w.get("x")), perRow(drawn.kl()));
        });
    }

    @Test
    void gaussianWithASharedVariance() {
        GradientCheck check = new GradientCheck("Gaussian, a variance per dimension").rows(67);
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value z = g.latent("z", DiagonalGaussian.of("q", x, Z));
        g.observe("o", new DiagonalGaussian(Dense.of("m", z, X, Activation.SIGMOID), LearnedRow.of(g, "lv", X, -0.6f)),
                x);
        check.run(w -> {
            Drawn drawn = Drawn.standard(w, linear(w, "q", w.get("x")), 0);
            return new Terms(gaussian(dense(w, "m", drawn.z(), Activation.SIGMOID),
                    repeated(w.get("lv")[0], w.rows()), w.get("x")), perRow(drawn.kl()));
        });
    }

    @Test
    void gaussianWithAFixedVariance() {
        GradientCheck check = new GradientCheck("Gaussian, fixed variance");
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value z = g.latent("z", DiagonalGaussian.of("q", x, Z));
        g.observe("o", new DiagonalGaussian(Dense.of("m", z, X, Activation.IDENTITY), ConstantRow.of(g, "lv", X,
                -0.6f)), x);
        check.run(w -> {
            Drawn drawn = Drawn.standard(w, linear(w, "q", w.get("x")), 0);
            return new Terms(gaussian(linear(w, "m", drawn.z()), repeated(constant(X, -0.6f), w.rows()), w.get("x")),
                    perRow(drawn.kl()));
        });
    }

    @Test
    void oneSharedVarianceForTwoObservations() {
        GradientCheck check = new GradientCheck("a shared variance, used whole, twice, and sliced");
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value y = g.input("y", X);
        Value part = g.input("part", 2);
        Value z = g.latent("z", DiagonalGaussian.of("q", x, Z));
        Value logVariance = LearnedRow.of(g, "lv", X, -0.6f);
        g.observe("ox", new DiagonalGaussian(Dense.of("mx", z, X, Activation.IDENTITY), logVariance), x);
        g.observe("oy", new DiagonalGaussian(Dense.of("my", z, X, Activation.IDENTITY), logVariance), y);
        g.observe("op", new DiagonalGaussian(Dense.of("mp", z, 2, Activation.IDENTITY),
                Slice.of("lvp", logVariance, 1, 3)), part);
        check.run(w -> {
            Drawn drawn = Drawn.standard(w, linear(w, "q", w.get("x")), 0);
            double[][] lv = repeated(w.get("lv")[0], w.rows());
            return new Terms(gaussian(linear(w, "mx", drawn.z()), lv, w.get("x"))
                    + gaussian(linear(w, "my", drawn.z()), lv, w.get("y"))
                    + gaussian(linear(w, "mp", drawn.z()), columns(lv, 1, 3), w.get("part")), perRow(drawn.kl()));
        });
    }

    @Test
    void sharedRowAsAnInputOfALayer() {
        GradientCheck check = new GradientCheck("a learned row beside the data");
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value row = LearnedRow.of(g, "row", 2, 0.5f);
        Value z = g.latent("z", DiagonalGaussian.of("q", Concatenate.of("both", x, row, ConstantRow.of(g, "one", 1, 1)),
                Z));
        g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
        check.run(w -> {
            Drawn drawn = Drawn.standard(w, linear(w, "q", beside(w.get("x"), repeated(w.get("row")[0], w.rows()),
                    repeated(constant(1, 1), w.rows()))), 0);
            return new Terms(bernoulli(linear(w, "logits", drawn.z()), w.get("x")), perRow(drawn.kl()));
        });
    }

    @Test
    void twoLatentVariablesAndTwoObservations() {
        GradientCheck check = new GradientCheck("two levels, two observations").klWeight(0.7);
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value y = g.input("y", 3);
        Value h = Dense.of("h", x, H, Activation.RELU);
        Value z1 = g.latent("z1", DiagonalGaussian.of("q1", h, Z));
        Value z2 = g.latent("z2", DiagonalGaussian.of("q2", z1, 2), DiagonalGaussian.of("p2", z1, 2));
        Value both = Concatenate.of("both", z2, z1);
        g.observe("ox", new Bernoulli(Dense.of("logits", both, X, Activation.IDENTITY)), x);
        g.observe("oy", new DiagonalGaussian(Dense.of("m", z2, 3, Activation.TANH), LearnedRow.of(g, "lv", 3, 0.1f)),
                y);
        check.run(w -> {
            Drawn one = Drawn.standard(w, linear(w, "q1", dense(w, "h", w.get("x"), Activation.RELU)), 0);
            double[][] p = linear(w, "p2", one.z());
            Drawn two = Drawn.under(w, linear(w, "q2", one.z()), columns(p, 0, 2), columns(p, 2, 4), 1);
            return new Terms(bernoulli(linear(w, "logits", beside(two.z(), one.z())), w.get("x"))
                    + gaussian(dense(w, "m", two.z(), Activation.TANH), repeated(w.get("lv")[0], w.rows()),
                            w.get("y")), perRow(one.kl()) + perRow(two.kl()));
        });
    }

    @Test
    void oneValueForEveryRole() {
        GradientCheck check = new GradientCheck("mean, log-variance and prior are one value");
        Graph g = check.graph();
        Value x = g.input("x", X);
        Value a = Dense.of("a", x, Z, Activation.IDENTITY);
        Value z = g.latent("z", new DiagonalGaussian(a, a), new DiagonalGaussian(a, Slice.of("s", a, 0, Z)));
        g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
        check.run(w -> {
            double[][] all = linear(w, "a", w.get("x"));
            return new Terms(bernoulli(linear(w, "logits", sample(all, all, w.noise(0, Z))), w.get("x")),
                    perRow(kl(all, all, all, all)));
        });
    }

    private static double[] constant(int columns, float value) {
        double[] row = new double[columns];
        Arrays.fill(row, value);
        return row;
    }
}
