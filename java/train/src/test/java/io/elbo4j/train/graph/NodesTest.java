package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.Draw;
import io.elbo4j.train.distribution.KlPerDimension;
import io.elbo4j.train.distribution.LogDensity;
import io.elbo4j.train.distribution.Mixture;
import io.elbo4j.train.distribution.SampledKl;
import io.elbo4j.train.distribution.ValueTerm;
import io.elbo4j.train.distribution.VampPrior;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.BayesianDense;
import io.elbo4j.train.layer.Binarise;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.Embedding;
import io.elbo4j.train.layer.Flatten;
import io.elbo4j.train.layer.Huber;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.LearnedRowPer;
import io.elbo4j.train.layer.MatrixProduct;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Spread;
import io.elbo4j.train.layer.StopGradient;
import io.elbo4j.train.layer.Subtract;
import io.elbo4j.train.layer.SumOver;
import io.elbo4j.train.layer.TanhGaussianDraw;
import io.elbo4j.train.layer.Unflatten;
import io.elbo4j.train.layer.Where;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.ImportanceWeighted;
import io.elbo4j.train.objective.WeightedSum;
import io.elbo4j.train.optimiser.Adam;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The gradient of every kind of node, by {@link FiniteDifferences}. */
class NodesTest {
    private static final int X = 5;
    private static final int Z = 3;

    private final Graph g = new Graph();
    private final Value x = g.input("x", X);

    /** A latent variable of the values, and an observation that depends on it. */
    private void vae(Value h) {
        Value z = g.latent("z", DiagonalGaussian.of("q", h, Z));
        g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
    }

    @ParameterizedTest
    @EnumSource(value = Activation.class, mode = EnumSource.Mode.EXCLUDE, names = {"LOG", "SQRT"})
    void dense(Activation activation) {
        Dense layer = new Dense("layer", X, X, activation);
        vae(layer.apply(Dense.of("positive", x, X, Activation.SOFTPLUS)));
        FiniteDifferences.check("dense, " + activation, g, 7);
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void activate(Activation activation) {
        vae(Activate.of(Dense.of("positive", x, X, Activation.SOFTPLUS), activation));
        FiniteDifferences.check("activate, " + activation, g, 7);
    }

    @Test
    void randomWeights() {
        Value h = BayesianDense.of("first", Dense.of("before", x, 4, Activation.TANH), 3, Activation.TANH, 11, 0.8);
        g.observe("o", new Bernoulli(BayesianDense.of("second", h, X, Activation.IDENTITY, 11, 1.3)), x);
        FiniteDifferences.check("random weights", g, 7);
    }

    @Test
    void aLayerAppliedTwice() {
        Dense layer = new Dense("layer", X, X, Activation.TANH);
        vae(layer.apply(layer.apply(x)));
        FiniteDifferences.check("a layer applied twice", g, 7);
    }

    /** The interpreter cannot see where a gradient stops: what lies behind has none, what lies beside has all of it. */
    @Test
    void stopGradient() {
        Dense before = new Dense("before", X, X, Activation.TANH);
        Value h = before.apply(x);
        vae(Concatenate.of("both", StopGradient.of(h), Dense.of("beside", x, 2, Activation.TANH)));
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend).rows(7).minimise(new Elbo(), new Adam(1)).compile()) {
            step.value(x).set(new float[7 * X]);
            step.run(0);
            for (Parameters.State s : parameters.all()) {
                boolean stopped = s.parameter().name().startsWith("before.");
                assertEquals(stopped, s.slots().isEmpty(), s.parameter().name());
            }
        }
        Graph without = new Graph();
        Value y = without.input("x", X);
        assertTrue(Dense.of("d", y, 2, Activation.RELU).differentiable());
        assertFalse(StopGradient.of(Dense.of("e", y, 2, Activation.RELU)).differentiable());
    }

    @Test
    void arithmetic() {
        Value a = Dense.of("a", x, 4, Activation.TANH);
        Value b = Dense.of("b", x, 4, Activation.SIGMOID);
        Value row = LearnedRow.of(g, "row", 4, 0.5f);
        Value sum = Add.of(Multiply.of(a, b), Multiply.of(row, a));
        Value difference = Subtract.of(Scale.of(sum, -1.5f, 0.25f), Add.of(b, row));
        vae(Concatenate.of("all", difference, RowSum.of(sum), RowSum.mean(difference), Multiply.of(a, a)));
        FiniteDifferences.check("arithmetic", g, 7);
    }

    @Test
    void where() {
        Value a = Dense.of("a", x, 4, Activation.TANH);
        Value b = Dense.of("b", x, 4, Activation.SIGMOID);
        vae(Concatenate.of("all", Where.of(a, b), Where.of(LearnedRow.of(g, "row", 4, 0.5f), a)));
        FiniteDifferences.check("where", g, 7);
        assertEquals("'x where a': 'a' has 4 columns, 'x' 5",
                assertThrows(IllegalArgumentException.class, () -> Where.of(a, x)).getMessage());
    }

    /** Other than a product it has no NaN or infinity of what it leaves out. */
    @Test
    void whereOfWhatIsNoNumber() {
        Value condition = g.input("condition", 8);
        Value all = g.input("all", 8);
        Value kept = Where.of(condition, all);
        try (Backend backend = new JavaBackend(1); Parameters none = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, none, backend).rows(1).want(kept).compile()) {
            step.value(condition).set(new float[] {0, -0f, -1, Float.NEGATIVE_INFINITY, 1e-45f, 1,
                    Float.POSITIVE_INFINITY, Float.NaN});
            step.value(all).set(new float[] {Float.NaN, Float.POSITIVE_INFINITY, -1, 1, -0f, Float.NaN,
                    Float.NEGATIVE_INFINITY, 7});
            step.run(0);
            assertArrayEquals(new float[] {0, 0, 0, 0, -0f, Float.NaN, Float.NEGATIVE_INFINITY, 7}, step.value(kept)
                    .toArray());
        }
    }

    /** Of three rows the data names the first and the last. */
    @Test
    void embedding() {
        Value index = Scale.of(Binarise.of("0 or 1", Slice.of("index", x, 2, 3)), 2, 0);
        vae(Concatenate.of("both", Embedding.of("e", index, 3, 4), x));
        FiniteDifferences.check("embedding", g, 7);
    }

    @Test
    void embeddingAppliedTwice() {
        Embedding table = new Embedding("e", 3, 4);
        Value one = Scale.of(Binarise.of("0 or 1", Slice.of("index", x, 2, 3)), 2, 0);
        Value other = Binarise.of("also 0 or 1", Slice.of("another index", x, 1, 2));
        vae(Concatenate.of("both", table.apply(one), Multiply.of(table.apply(other), table.apply(one)), x));
        assertEquals(1, g.parameters().stream().filter(p -> p.name().equals("e.weight")).count());
        FiniteDifferences.check("embedding applied twice", g, 7);
        assertEquals("the index of embedding 'e' must have 1 column, 'x' has 5",
                assertThrows(IllegalArgumentException.class, () -> table.apply(x)).getMessage());
        assertEquals("the index of embedding 'f' must have 1 column, 'x' has 5",
                assertThrows(IllegalArgumentException.class, () -> Embedding.of("f", x, 3, 4)).getMessage());
    }

    private DiagonalGaussian component(String name, long columns, float mean) {
        return new DiagonalGaussian(LearnedRow.of(g, name + ".mean", columns, mean), LearnedRow.of(g, name
                + ".logVariance", columns, mean / 3));
    }

    private DiagonalGaussian components(int count, long columns) {
        return new DiagonalGaussian(LearnedRowPer.of(g, Axis.COMPONENT, "means", count, columns, 1.5f), LearnedRowPer
                .of(
                        g, Axis.COMPONENT, "logVariances", count, columns, 0.4f));
    }

    @Test
    void mixtureOfGaussians() {
        Value logits = Slice.of("logits", LearnedRow.of(g, "both", 4, 0.3f), 1, 4);
        g.observe("o", new Mixture(logits, components(3, X)), x);
        FiniteDifferences.check("a mixture of three Gaussians", g, 67);
    }

    /** What the components have in common is repeated for them; what is observed may have samples. */
    @Test
    void mixtureWithASharedVariance() {
        Value z = g.latent("z", DiagonalGaussian.of("q", x, Z));
        Value mean = Add.of(Dense.of("mean", z, X, Activation.IDENTITY), LearnedRowPer.of(g, Axis.COMPONENT, "means", 3,
                X, 0.8f));
        Mixture p = new Mixture(LearnedRow.of(g, "logits", 3, 0), new DiagonalGaussian(mean, LearnedRow.of(g, "lv", X,
                -0.3f)));
        assertEquals(Rows.of(Axis.BATCH, Axis.SAMPLE), p.rows());
        g.observe("o", p, x);
        FiniteDifferences.check("a mixture with one log-variance", g, 7);
    }

    @Test
    void vampPrior() {
        Dense hidden = new Dense("hidden", X, 4, Activation.TANH);
        Dense heads = new Dense("heads", 4, 2 * Z, Activation.IDENTITY);
        Function<Value, DiagonalGaussian> encoder = v -> DiagonalGaussian.halves(heads.apply(hidden.apply(v)));
        Value z = g.latent("z", encoder.apply(x), VampPrior.of(g, "pseudo-inputs", 6, X, encoder));
        g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
        FiniteDifferences.check("a VampPrior", g, 7);
        FiniteDifferences.check("a VampPrior, importance-weighted", g, s -> s.rows(7).samples(5).minimise(
                new ImportanceWeighted(), new Adam(0)), FiniteDifferences::bound);
    }

    /** Where elements are within delta of 0 and beyond. */
    @ParameterizedTest
    @ValueSource(floats = {0.01f, 0.3f, 100})
    void huber(float delta) {
        vae(Huber.of(Subtract.of(Dense.of("d", x, X, Activation.TANH), LearnedRow.of(g, "row", X, 0.1f)), delta));
        FiniteDifferences.check("Huber loss, " + delta, g, 7);
    }

    @Test
    void matrixProduct() {
        Value table = LearnedRowPer.of(g, Axis.COMPONENT, "table", X, 4, 0.5f);
        vae(Concatenate.of("both", MatrixProduct.of(Dense.of("d", x, X, Activation.TANH), table), MatrixProduct.of(x,
                Activate.of(table, Activation.TANH))));
        FiniteDifferences.check("products of two values", g, 7);
        assertThrows(IllegalArgumentException.class, () -> MatrixProduct.of(x, x));
    }

    /** The mean of a mixture is composed of them: components of each row, and of all. */
    @Test
    void rowsOfComponentsAsColumnsAndBack() {
        Value table = LearnedRowPer.of(g, Axis.COMPONENT, "table", 3, 2, 0.5f);
        Value each = Multiply.of(Dense.of("d", x, 2, Activation.TANH), table);
        Value flat = Flatten.of(each, Axis.COMPONENT);
        assertEquals(6, flat.columns());
        assertEquals("BATCH", flat.rows().toString());
        Value back = Unflatten.of(Slice.of("part", flat, 1, 4), Axis.COMPONENT, 3);
        Value logits = LearnedRow.of(g, "weights", 3, 0.2f);
        Value mean = new Mixture(logits, new DiagonalGaussian(each, LearnedRow.of(g, "lv", 2, 0))).mean();
        Value ofAll = new Mixture(logits, new Bernoulli(table)).mean();
        vae(Concatenate.of("all", flat, SumOver.of(Activate.of(back, Activation.TANH), Axis.COMPONENT), mean, ofAll,
                Spread.of(RowSum.of(x), 3)));
        FiniteDifferences.check("rows as columns", g, 7);
        for (Executable refused : List.<Executable>of(() -> Flatten.of(x, Axis.COMPONENT), () -> Flatten.of(x,
                Axis.BATCH),
                () -> Unflatten.of(x, Axis.COMPONENT, 2), () -> Unflatten.of(x, Axis.SAMPLE, 5), () -> SumOver.of(x,
                        Axis.COMPONENT),
                () -> SumOver.of(x, Axis.BATCH), () -> Spread.of(x, 2))) {
            assertThrows(IllegalArgumentException.class, refused);
        }
        assertEquals(
                "'x for each TIME': TIME must be COMPONENT, MEMBER or TIME, inside the axes of 'x', which has rows of"
                        + " BATCH, and its length, 4, must divide the 5 columns", assertThrows(
                                IllegalArgumentException.class,
                                () -> Unflatten.of(x, Axis.TIME, 4)).getMessage());
    }

    /** Both of what it gives, and each alone. */
    @ParameterizedTest
    @ValueSource(strings = {"0 4", "0 3", "3 4"})
    void tanhGaussian(String columns) {
        Value drawn = TanhGaussianDraw.of("draw", Dense.of("both", x, 6, Activation.TANH));
        vae(Slice.of("part", drawn, columns.charAt(0) - '0', columns.charAt(2) - '0'));
        FiniteDifferences.check("tanh Gaussian, columns " + columns, g, 7);
    }

    /** Whose gradient lies in that of a wider value, which has no other. */
    @Test
    void oneColumnOfSeveralSpread() {
        vae(Spread.of(Slice.of("one", Dense.of("h", x, 4, Activation.TANH), 2, 3), 3));
        FiniteDifferences.check("one column of several spread", g, 7);
    }

    /** No KL in closed form: log q - log p of each sample. */
    @Test
    void mixtureAsAPrior() {
        Mixture prior = new Mixture(LearnedRow.of(g, "logits", 2, 0.3f), components(2, Z));
        Value z = g.latent("z", DiagonalGaussian.of("q", x, Z), prior);
        g.observe("o", new Bernoulli(Dense.of("logits of x", z, X, Activation.IDENTITY)), x);
        FiniteDifferences.check("a mixture of two Gaussians as the prior", g, 7);
        FiniteDifferences.check("the same, importance-weighted", g, s -> s.rows(7).samples(5).minimise(
                new ImportanceWeighted(), new Adam(0)), FiniteDifferences::bound);
        assertThrows(IllegalArgumentException.class, () -> KlPerDimension.of((Latent) z));
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1)) {
            StepBuilder freeBits = Step.of(g, parameters, backend).minimise(new Elbo().withFreeBits(0.1), new Adam(1));
            assertEquals(
                    "the KL per dimension of 'z' needs a Gaussian posterior and prior, not a DiagonalGaussian"
                            + " and a Mixture",
                    assertThrows(IllegalArgumentException.class, freeBits::compile).getMessage());
        }
    }

    /** Two stochastic layers whose inner KL is sampled; all of its terms weigh samples. */
    @Test
    void importanceWeightedSampledKl() {
        DiagonalGaussian q1 = DiagonalGaussian.of("q1", x, 2);
        Value h1 = Draw.of("h1", q1);
        Value h2 = g.latent("h2", DiagonalGaussian.of("q2", Dense.of("h", h1, 4, Activation.TANH), 2));
        SampledKl.of("KL of h1", h1, q1, DiagonalGaussian.of("p1", h2, 2));
        g.observe("o", new Bernoulli(Dense.of("logits", h1, X, Activation.IDENTITY)), x);
        FiniteDifferences.check("two levels, the inner KL sampled", g, 7);
        FiniteDifferences.check("the same, importance-weighted", g, s -> s.rows(7).samples(5).minimise(
                new ImportanceWeighted(), new Adam(0)), FiniteDifferences::bound);
    }

    /** Gradients that read another parameter see it as it was: clipping, which changes nothing, computes them first. */
    @Test
    void gradientsComeBeforeWhatTheyRead() {
        Value mean = LearnedRow.of(g, "mean", X, 0.3f);
        Value logVariance = LearnedRow.of(g, "logVariance", X, -0.2f);
        DiagonalGaussian p = new DiagonalGaussian(mean, logVariance);
        g.observe("o", p, x);
        g.observe("mixture", new Mixture(LearnedRow.of(g, "logits", 2, 0.1f), new DiagonalGaussian(Add.of(
                LearnedRowPer.of(g, Axis.COMPONENT, "means", 2, X, 1), mean), logVariance)), x);
        g.observe("dense", new Bernoulli(Dense.of("of a row", mean, X, Activation.TANH)), x);
        assertArrayEquals(trained(1e9), trained(Double.POSITIVE_INFINITY));
    }

    private float[] trained(double clip) {
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend).rows(7).minimise(Training.of(new Elbo(), new Adam(0.1))
                        .withMaximumGradientNorm(clip)).compile()) {
            float[] values = new float[7 * X];
            for (int i = 0; i < values.length; i++) {
                values[i] = i * 17 % 31 / 31f;
            }
            step.value(x).set(values);
            for (int i = 0; i < 3; i++) {
                step.run(i);
            }
            float[] all = new float[0];
            for (Parameters.State s : parameters.all()) {
                float[] more = s.value().toArray();
                int before = all.length;
                all = Arrays.copyOf(all, before + more.length);
                System.arraycopy(more, 0, all, before, more.length);
            }
            return all;
        }
    }

    /** One mixture observed twice: each use has responsibilities of its own. */
    @Test
    void oneMixtureTwice() {
        Value y = g.input("y", X);
        Mixture p = new Mixture(LearnedRow.of(g, "logits", 2, 0.1f), components(2, X));
        g.observe("of x", p, x);
        g.observe("of y", p, y);
        FiniteDifferences.check("one mixture observed twice", g, 7);
    }

    /** Both terms, and q and p the same: what waits of one density is not that of the other. */
    @Test
    void oneMixtureOfAKlTwice() {
        Mixture p = new Mixture(LearnedRow.of(g, "logits", 2, 0.1f), new DiagonalGaussian(LearnedRowPer.of(g,
                Axis.COMPONENT, "means", 2, Z, 1.5f), LearnedRow.of(g, "logVariance", Z, 0.2f)));
        Value z = Draw.of("z", DiagonalGaussian.of("q", x, Z));
        SampledKl.of("kl", z, DiagonalGaussian.of("another q", x, Z), p);
        SampledKl.of("of equals", z, p, p);
        WeightedSum sum = new WeightedSum().with("kl", Term.Role.KL, 1).with("kl", Term.Role.LOG_RATIO, 0.3).with(
                "of equals", Term.Role.KL, 2).with("of equals", Term.Role.LOG_RATIO, 0.7);
        FiniteDifferences.check("a mixture with a shared variance, several times", g, s -> s.rows(7).samples(2)
                .minimise(sum, new Adam(0)), FiniteDifferences::weighted);
    }

    /** An input whose density is taken has the gradient, or is refused. */
    @Test
    void gradientsOfInputsWithADensity() {
        Value l = LearnedRow.of(g, "l", X, 0.7f);
        ValueTerm.of("term", Term.Role.LOG_LIKELIHOOD, LogDensity.of("log p", new DiagonalGaussian(l, ConstantRow.of(g,
                "v", X, 0)), x));
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend).differentiate(x).minimise(new Elbo(), new Adam(0))
                        .compile()) {
            step.value(x).set(new float[] {0.1f, 0.2f, 0.3f, 0.4f, 0.5f});
            step.run(0);
            assertArrayEquals(new float[] {-0.6f, -0.5f, -0.4f, -0.3f, -0.2f}, step.gradient(x).toArray(), 1e-6f);
        }
        densityOfAnInput(g -> new Bernoulli(LearnedRow.of(g, "l", X, 0)), "Bernoulli");
        densityOfAnInput(g -> new Mixture(LearnedRow.of(g, "w", 2, 0), new DiagonalGaussian(LearnedRowPer.of(g,
                Axis.COMPONENT, "m", 2, X, 1), LearnedRow.of(g, "v", X, 0))), "Mixture");
    }

    private static void densityOfAnInput(Function<Graph, Distribution> p, String name) {
        Graph of = new Graph();
        Value y = of.input("y", X);
        ValueTerm.of("term", Term.Role.LOG_LIKELIHOOD, LogDensity.of("log p", p.apply(of), y));
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, of.parameters(),
                1)) {
            StepBuilder step = Step.of(of, parameters, backend).differentiate(y).minimise(new Elbo(), new Adam(0));
            assertEquals("'log p': a step gives no gradient with respect to an input whose density under a " + name
                    + " it takes, as that of 'y'", assertThrows(IllegalArgumentException.class, step::compile)
                            .getMessage());
        }
    }

    /** Of what a step evaluates, where it trains nothing, also of values that are views of one another's buffer. */
    @Test
    void givenValuesHaveAGradient() {
        DiagonalGaussian q = DiagonalGaussian.of("q", x, 2);
        Value z = g.latent("z", q);
        g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
        List<Value> both = List.of(q.mean(), q.logVariance());
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend).rows(3).samples(2).given(q.mean(), q.logVariance())
                        .differentiate(q.mean(), q.logVariance()).evaluate(new Elbo(0.7)).compile()) {
            step.value(x).set(new float[3 * X]);
            step.value(q.mean()).set(0.1f, 0.9f, -0.3f, 0.4f, 0.5f, -0.6f);
            step.value(q.logVariance()).set(-0.5f, 0.2f, 0.3f, -1, 0.1f, 0);
            List<float[]> before = parameters.all().stream().map(s -> s.value().toArray()).toList();
            step.run(0);
            step.run(1);
            Interpreter in = new Interpreter(Map.of());
            for (Value v : both) {
                float[] found = step.gradient(v).toArray();
                for (int i = 0; i < found.length; i++) {
                    double at = in.get(step.value(v), i / 2, i % 2);
                    double[] losses = new double[2];
                    for (int k = 0; k < 2; k++) {
                        in.set(step.value(v), i / 2, i % 2, at + (2 * k - 1) * 1e-4);
                        in.run(step.plan().forwardLaunches());
                        losses[k] = FiniteDifferences.weighted(in, step);
                    }
                    in.set(step.value(v), i / 2, i % 2, at);
                    assertEquals((losses[1] - losses[0]) / 2e-4, found[i], 1e-6, v.name() + ", element " + i);
                }
            }
            for (int i = 0; i < before.size(); i++) {
                assertArrayEquals(before.get(i), parameters.all().get(i).value().toArray());
            }
            assertEquals("a step gives gradients with respect to inputs and what is given, which 'q.mean' is not",
                    assertThrows(IllegalArgumentException.class, () -> Step.of(g, parameters, backend).differentiate(q
                            .mean())).getMessage());
        }
    }

    /** What is given has a place of its own, also where it would be a view of what is computed for another reason. */
    @Test
    void aGivenSliceStaysAsItWasSet() {
        Value h = Dense.of("h", x, 4, Activation.TANH);
        Value left = Slice.of("left", h, 0, 2);
        Value sum = Add.of(left, Slice.of("right", h, 2, 4));
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend).rows(1).given(left).want(sum).compile();
                Step whole = Step.of(g, parameters, backend).rows(1).want(h).compile()) {
            step.value(left).set(10, 20);
            step.run(0);
            whole.run(0);
            float[] of = whole.value(h).toArray();
            assertArrayEquals(new float[] {10 + of[2], 20 + of[3]}, step.value(sum).toArray());
        }
    }

    /** By finite differences of the interpreter, element by element of the input. */
    @Test
    void gradientsOfInputs() {
        Value c = g.input("c", 2);
        Value z = g.latent("z", DiagonalGaussian.of("q", Concatenate.of("both", x, c), Z), DiagonalGaussian.of("p", c,
                Z));
        g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend).rows(3).samples(2).minimise(new Elbo(), new Adam(0))
                        .differentiate(c).compile()) {
            step.value(x).set(new float[3 * X]);
            step.value(c).set(0.1f, 0.9f, -0.3f, 0.4f, 0.5f, -0.6f);
            step.run(0);
            Interpreter in = new Interpreter(Map.of());
            float[] found = step.gradient(c).toArray();
            for (int i = 0; i < found.length; i++) {
                double at = in.get(step.value(c), i / 2, i % 2);
                double[] losses = new double[2];
                for (int k = 0; k < 2; k++) {
                    in.set(step.value(c), i / 2, i % 2, at + (2 * k - 1) * 1e-4);
                    in.run(step.plan().forwardLaunches());
                    losses[k] = FiniteDifferences.weighted(in, step);
                }
                in.set(step.value(c), i / 2, i % 2, at);
                assertEquals((losses[1] - losses[0]) / 2e-4, found[i], 1e-6, "element " + i);
            }
            assertThrows(IllegalArgumentException.class, () -> step.gradient(x));
            StepBuilder another = Step.of(g, parameters, backend);
            assertThrows(IllegalArgumentException.class, () -> another.differentiate(z));
            assertThrows(IllegalArgumentException.class, () -> another.differentiate(x));
        }
    }

    @Test
    void slicesAndConcatenations() {
        Value h = Dense.of("h", x, 6, Activation.RELU);
        Value row = LearnedRow.of(g, "row", 2, 0.5f);
        vae(Concatenate.of("all", Slice.of("s", h, 1, 5), row, ConstantRow.of(g, "one", 1, 1), h));
        FiniteDifferences.check("slices, concatenations and rows", g, 7);
    }

    /** A number of its own in each column, for every row; what the caller does with the array afterwards is nothing. */
    @Test
    void constantsOfEachColumn() {
        float[] numbers = {1, -2, 0.5f, 3, 4};
        Value sum = Add.of(x, ConstantRow.of(g, "numbers", numbers));
        numbers[0] = 9;
        try (Backend backend = new JavaBackend(1);
                Parameters none = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, none, backend).rows(2).want(sum).compile()) {
            step.value(x).set(0, 0, 0, 0, 0, 10, 20, 30, 40, 50);
            step.run(0);
            assertArrayEquals(new float[] {1, -2, 0.5f, 3, 4, 11, 18, 30.5f, 43, 54}, step.value(sum).toArray());
        }
        assertThrows(IllegalArgumentException.class, () -> ConstantRow.of(g, "none", new float[0]));
    }

    @Test
    void levelsAndLearnedPriors() {
        Value z2 = g.latent("z2", DiagonalGaussian.of("q2", x, 2),
                new DiagonalGaussian(LearnedRow.of(g, "pm", 2, 0.3f), LearnedRow.of(g, "plv", 2, -0.4f)));
        Value z1 = g.latent("z1", DiagonalGaussian.of("q1", Concatenate.of("x, z2", x, z2), Z),
                DiagonalGaussian.of("p1", z2, Z));
        g.observe("pixels", new Bernoulli(Dense.of("logits", z1, X, Activation.IDENTITY)), x);
        g.observe("level", new DiagonalGaussian(Dense.of("m", z1, 2, Activation.TANH), LearnedRow.of(g, "lv", 2,
                0.1f)), z2);
        FiniteDifferences.check("two levels, learned priors, an observed latent variable", g, 7);
    }
}
