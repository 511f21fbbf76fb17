package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.Categorical;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.FullGaussian;
import io.elbo4j.train.distribution.VampPrior;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Input;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Term.Role;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.DenseOfMembers;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.Loss;
import io.elbo4j.train.objective.Capacity;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.FreeNats;
import io.elbo4j.train.objective.ImportanceWeighted;
import io.elbo4j.train.objective.KlBalanced;
import io.elbo4j.train.objective.MeanFreeNats;
import io.elbo4j.train.objective.ScoreFunction;
import io.elbo4j.train.objective.WeightedSum;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.schedule.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sequences, ensembles, mixtures, discrete latent variables, objectives of weights: the same bits everywhere. */
class AxesEquivalenceTest {
    private static final int BATCH = 33;
    private static final int X = 9;
    private static final int Z = 5;

    private record Case(String name, int samples, Function<Graph, Objective> of) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Value sequence(Graph g) {
        Value x = g.input("x", X, Rows.of(Axis.BATCH, Axis.TIME));
        Value c = g.input("c", 3);
        Value all = g.latent("all", DiagonalGaussian.of("q(all)", c, Z));
        Value z = g.latent("z", DiagonalGaussian.of("q", Concatenate.of("x, all", x, all), Z), DiagonalGaussian.of("p",
                all, Z));
        g.observe("pixels", new Bernoulli(Dense.of("logits", Concatenate.of("z, c", z, c), X, Activation.IDENTITY)), x);
        return g.input("mask", 1, Rows.of(Axis.BATCH, Axis.TIME));
    }

    private static void vampPrior(Graph g) {
        Value x = g.input("x", X);
        Dense layer = new Dense("layer", X, 2 * Z, Activation.TANH);
        Function<Value, DiagonalGaussian> encoder = v -> DiagonalGaussian.halves(layer.apply(v));
        Value z = g.latent("z", encoder.apply(x), VampPrior.of(g, "pseudo-inputs", 7, X, encoder));
        g.observe("pixels", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
    }

    private static void ensemble(Graph g) {
        Value x = g.input("x", X, Rows.of(Axis.BATCH, Axis.TIME));
        Value z = g.latent("z", DiagonalGaussian.halves(DenseOfMembers.of("q", 3, x, 2 * Z, Activation.IDENTITY)));
        g.observe("pixels", new Bernoulli(DenseOfMembers.of("logits", 3, z, X, Activation.TANH)), x);
    }

    private static Objective discrete(Graph g) {
        Value x = g.input("x", X);
        Value z = g.latent("z", new Categorical(Dense.of("q", x, Z, Activation.IDENTITY)));
        g.observe("pixels", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
        return new ScoreFunction().withBaseline(LearnedRow.of(g, "baseline", 1, 0));
    }

    private static void fullGaussian(Graph g) {
        Value x = g.input("x", X);
        Value z = g.latent("z", new FullGaussian(Dense.of("mean", x, Z, Activation.IDENTITY), Dense.of("diagonal", x, Z,
                Activation.TANH), Dense.of("lower", x, Z * (Z - 1) / 2, Activation.TANH)));
        g.observe("pixels", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
    }

    private static Case of(String name, int samples, java.util.function.Consumer<Graph> build, Objective objective) {
        return new Case(name + ", " + objective.getClass().getSimpleName() + ", K = " + samples, samples, g -> {
            build.accept(g);
            return objective;
        });
    }

    static Stream<Case> cases() {
        return Stream.of(of("sequence", 3, AxesEquivalenceTest::sequence, new ImportanceWeighted()),
                of("sequence", 3, AxesEquivalenceTest::sequence, new Elbo().withFreeBits(0.1, 0)),
                of("sequence", 1, AxesEquivalenceTest::sequence, new FreeNats(Schedule.constant(1), 0.3)),
                of("sequence", 1, AxesEquivalenceTest::sequence, new MeanFreeNats(Schedule.constant(1), 0.3)),
                of("sequence", 1, AxesEquivalenceTest::sequence, new Capacity(Schedule.constant(2), Schedule.constant(
                        1))),
                of("sequence", 3, AxesEquivalenceTest::sequence, new KlBalanced(new Elbo(), 0.8)),
                new Case("sequence, weighted sum", 3, g -> {
                    Value mask = sequence(g);
                    Value c = g.all(Input.class).get(1);
                    Loss.huber("huber", Dense.of("prediction", c, 1, Activation.TANH), mask, 0.1f);
                    return new WeightedSum().with("pixels", Role.LOG_LIKELIHOOD, -1, mask).with("z", Role.KL, 0.5)
                            .with("huber", Role.LOSS, 2);
                }), of("VampPrior", 1, AxesEquivalenceTest::vampPrior, new Elbo()),
                of("VampPrior", 3, AxesEquivalenceTest::vampPrior, new ImportanceWeighted()),
                of("ensemble", 3, AxesEquivalenceTest::ensemble, new ImportanceWeighted()),
                of("ensemble", 1, AxesEquivalenceTest::ensemble, new Elbo()),
                of("full covariance", 3, AxesEquivalenceTest::fullGaussian, new Elbo()),
                new Case("categorical, score function", 3, AxesEquivalenceTest::discrete),
                new Case("categorical, KL balancing", 3, g -> {
                    Value x = g.input("x", X);
                    Value z = g.latent("z", new Categorical(Dense.of("q", x, Z, Activation.IDENTITY)), new Categorical(
                            Dense.of("p", g.input("c", 3), Z, Activation.IDENTITY)));
                    g.observe("pixels", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
                    return new KlBalanced(new ScoreFunction(), 0.8);
                }));
    }

    private static List<float[]> results(Backend backend, Case tested) {
        Graph g = new Graph();
        Objective objective = tested.of().apply(g);
        List<float[]> results = new ArrayList<>();
        try (Parameters parameters = new Parameters(backend, g.parameters(), 3);
                Step step = Step.of(g, parameters, backend).rows(BATCH).samples(tested.samples()).length(4).seed(3)
                        .minimise(objective, new Adam(1e-2)).compile()) {
            for (Input input : g.all(Input.class)) {
                Matrix m = step.value(input);
                float[] values = new float[(int) (m.rows() * m.columns())];
                for (int i = 0; i < values.length; i++) {
                    values[i] = i * 29 % 37 / 37f;
                }
                m.set(values);
            }
            for (int i = 0; i < 4; i++) {
                step.run(i);
            }
            parameters.all().forEach(s -> results.add(s.value().toArray()));
            results.addAll(drawn(backend, g, parameters));
        }
        return results;
    }

    /** Latent variables from their priors, after training. */
    private static List<float[]> drawn(Backend backend, Graph g, Parameters parameters) {
        Latent[] latents = g.all(Latent.class).stream().filter(z -> z.prior().isDrawable()).toArray(Latent[]::new);
        assertTrue(latents.length > 0);
        try (Step step = Step.of(g, parameters, backend).rows(BATCH).samples(2).length(4).seed(3).fromPriors().want(
                latents).compile()) {
            for (Input input : g.all(Input.class)) {
                io.elbo4j.operation.Rows.fill(0.5f, step.value(input)).run();
            }
            step.run(0);
            return Stream.of(latents).map(z -> step.value(z).toArray()).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyBackendHasTheSameBits(Case tested) {
        List<float[]> expected;
        try (Backend reference = BackendsUnderTest.reference()) {
            expected = results(reference, tested);
        }
        for (float[] each : expected) {
            for (float value : each) {
                assertTrue(Float.isFinite(value), "the reference must be finite");
            }
        }
        for (BackendsUnderTest under : BackendsUnderTest.all()) {
            try (Backend backend = under.open()) {
                assertNull(Bits.difference(expected, results(backend, tested)), tested + ", " + under.name());
            }
        }
    }
}
