package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.Categorical;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.KlPerDimension;
import io.elbo4j.train.distribution.RelaxedBernoulli;
import io.elbo4j.train.distribution.RelaxedCategorical;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.Loss;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.objective.Capacity;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.FreeNats;
import io.elbo4j.train.objective.ImportanceWeighted;
import io.elbo4j.train.objective.KlBalanced;
import io.elbo4j.train.objective.MeanFreeNats;
import io.elbo4j.train.objective.Regression;
import io.elbo4j.train.objective.RowWeighted;
import io.elbo4j.train.objective.SampledElbo;
import io.elbo4j.train.objective.ScoreFunction;
import io.elbo4j.train.objective.WeightedSum;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.optimiser.Sgd;
import io.elbo4j.train.schedule.Schedule;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objectives that weigh rows, terms and dimensions: gradients by finite differences of their formulas. */
class WeightsTest {
    private static final int X = 4;
    private static final int Z = 4;
    private static final int LENGTH = 3;
    private final Graph g = new Graph();
    private final Value x = g.input("x", X, Rows.of(Axis.BATCH, Axis.TIME));
    private final Value c = g.input("c", 3);
    private final Value mask = g.input("mask", 1, Rows.of(Axis.BATCH, Axis.TIME));
    private final Value z = g.latent("z", DiagonalGaussian.of("q", Concatenate.of("x, c", x, c), Z),
            DiagonalGaussian.of("p", c, Z));

    WeightsTest() {
        g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
        Loss.squaredError("error", Dense.of("prediction", c, 2, Activation.TANH), Dense.of("target", c, 2,
                Activation.SIGMOID));
        Loss.huber("huber", Dense.of("again", z, X, Activation.TANH), x, 0.2f);
    }

    /** The mean over the batch and the samples of a function of each number of a term, summed over time. */
    private double mean(Interpreter in, Step step, String node, Term.Role role, int masks,
            DoubleUnaryOperator each) {
        double sum = 0;
        for (Map.Entry<Term, Matrix> e : step.plan().terms().entrySet()) {
            Term term = e.getKey();
            if (!term.owner().name().equals(node) || term.role() != role) {
                continue;
            }
            long samples = term.rows().has(Axis.SAMPLE) ? step.plan().samples() : 1;
            long length = term.rows().has(Axis.TIME) ? step.plan().rows(Rows.of(Axis.TIME)) : 1;
            for (long r = 0; r < e.getValue().rows(); r++) {
                long row = r / length / samples * length + r % length;
                double weight = masks == 0 ? 1 : Math.pow(in.get(step.plan().value(mask), row, 0), masks);
                sum += weight * each.applyAsDouble(in.get(e.getValue(), r, 0)) / step.batch() / samples;
            }
        }
        return sum;
    }

    private static StepBuilder shape(StepBuilder s, int samples) {
        return s.rows(5).samples(samples).length(LENGTH);
    }

    private void check(String name, int samples, Objective objective, FiniteDifferences.Loss loss) {
        FiniteDifferences.check(name + ", K = " + samples, g, s -> shape(s, samples).minimise(objective, new Adam(0)),
                loss);
    }

    private double kl(Interpreter in, Step step, DoubleUnaryOperator each) {
        return mean(in, step, "z", Term.Role.KL, 0, each);
    }

    private double logLikelihood(Interpreter in, Step step, int masks) {
        return mean(in, step, "o", Term.Role.LOG_LIKELIHOOD, masks, v -> v);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7})
    void losses(int samples) {
        check("regression", samples, new Regression(), (in, step) -> mean(in, step, "error", Term.Role.LOSS, 0,
                v -> v) + mean(in, step, "huber", Term.Role.LOSS, 0, v -> v));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7})
    void namedTerms(int samples) {
        WeightedSum sum = new WeightedSum().with("o", Term.Role.LOG_LIKELIHOOD, -1, mask).with("z", Term.Role.KL, 0.3)
                .with("error", Term.Role.LOSS, 2).with("huber", Term.Role.LOSS, 0.5, mask);
        check("a weighted sum", samples, sum, (in, step) -> -logLikelihood(in, step, 1) + 0.3 * kl(in, step, v -> v)
                + 2 * mean(in, step, "error", Term.Role.LOSS, 0, v -> v) + 0.5 * mean(in, step, "huber",
                        Term.Role.LOSS, 1, v -> v));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7})
    void rows(int samples) {
        check("weights of rows", samples, new RowWeighted(new Elbo(0.7), mask), (in, step) -> -logLikelihood(in, step,
                1) + 0.7 * mean(in, step, "z", Term.Role.KL, 1, v -> v));
    }

    /** Each objective's own values are computed, however deep it lies in others. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7})
    void rowsOfAnObjectiveThatHasWeightsOfItsOwn(int samples) {
        Value squared = Multiply.of(mask, mask);
        check("weights of weighed rows", samples, new RowWeighted(new RowWeighted(new Elbo(0.7), squared), mask), (in,
                step) -> -logLikelihood(in, step, 3) + 0.7 * mean(in, step, "z", Term.Role.KL, 3, v -> v));
        check("weights of balanced rows", samples, new RowWeighted(new KlBalanced(new RowWeighted(new Elbo(0),
                squared), 0.5), mask), (in, step) -> -logLikelihood(in, step, 3));
        WeightedSum sum = new WeightedSum().with("o", Term.Role.LOG_LIKELIHOOD, -1, mask).with("huber", Term.Role.LOSS,
                0.5, squared);
        check("weights of a sum's rows", samples, new RowWeighted(sum, mask), (in, step) -> -logLikelihood(in, step, 2)
                + 0.5 * mean(in, step, "huber", Term.Role.LOSS, 3, v -> v));
    }

    /** An objective that weighs with a value which it does not name. */
    private record Undeclared(Value weight) implements Objective {
        @Override
        public boolean takes(Term term) {
            return term.role() == Term.Role.LOG_LIKELIHOOD;
        }

        @Override
        public Optional<Matrix> weight(Term term, Plan plan) {
            return Optional.of(plan.value(weight));
        }
    }

    @Test
    void aValueThatNothingComputesIsRefused() {
        Value squared = Multiply.of(mask, mask);
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, g.parameters(), 1)) {
            StepBuilder step = shape(Step.of(g, parameters, backend), 1).minimise(new Undeclared(squared), new Sgd(1));
            assertEquals("'" + squared.name() + "' is not computed by this step: say want('" + squared.name() + "')"
                    + " before it is compiled; a node names what it reads among its inputs, an objective among its"
                    + " values", assertThrows(IllegalArgumentException.class, step::compile).getMessage());
            step.want(squared).compile().close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7})
    void freeNats(int samples) {
        // some rows are below, some above
        for (double nats : new double[] {0, 0.3, 100}) {
            check("free nats " + nats, samples, new FreeNats(Schedule.constant(0.7), nats), (in,
                    step) -> -logLikelihood(
                            in, step, 0) + 0.7 * kl(in, step, v -> Math.max(v, nats)));
        }
    }

    /** All of the steps are free, or none is. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7})
    void meanFreeNats(int samples) {
        for (double nats : new double[] {0, 0.3, 100}) {
            check("mean free nats " + nats, samples, new MeanFreeNats(Schedule.constant(0.7), nats), (in,
                    step) -> -logLikelihood(in, step, 0) + 0.7 * Math.max(kl(in, step, v -> v), LENGTH * nats));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7})
    void capacity(int samples) {
        for (double nats : new double[] {0, 100}) {
            check("capacity " + nats, samples, new Capacity(Schedule.constant(3), Schedule.constant(nats)), (in,
                    step) -> -logLikelihood(in, step, 0) + 3 * Math.abs(kl(in, step, v -> v) - nats));
        }
    }

    private Map<String, float[]> gradients(Objective objective) {
        return gradients(g, objective);
    }

    private static Map<String, float[]> gradients(Graph of, Objective objective) {
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, of.parameters(), 3);
                Step step = shape(Step.of(of, parameters, backend), 1).minimise(objective, new Sgd(1e-9)).compile()) {
            for (Input input : of.all(Input.class)) {
                Matrix m = step.value(input);
                float[] values = new float[(int) (m.rows() * m.columns())];
                for (int i = 0; i < values.length; i++) {
                    values[i] = i * 29 % 37 / 37f;
                }
                m.set(values);
            }
            step.run(0);
            Map<String, float[]> all = new TreeMap<>();
            parameters.all().forEach(s -> all.put(s.parameter().name(), s.gradient().toArray()));
            return all;
        }
    }

    /** The prior has a share of the gradient of its KL, what computes q the rest, and the decoder what it had. */
    @Test
    void balance() {
        Map<String, float[]> balanced = gradients(new KlBalanced(new Elbo(), 0.8));
        Map<String, float[]> prior = gradients(new Elbo(0.8));
        Map<String, float[]> others = gradients(new Elbo(0.2));
        balanced.forEach((name, found) -> {
            float[] expected = (name.startsWith("p.") ? prior : others).get(name);
            for (int i = 0; i < found.length; i++) {
                assertEquals(expected[i], found[i], 1e-6 * Math.max(0.1, Math.abs(expected[i])), name);
            }
        });
        assertTrue(assertThrows(IllegalArgumentException.class, () -> gradients(new KlBalanced(new SampledElbo(), 0.8)))
                .getMessage().contains("KL balancing"));
    }

    /** The gradient that a relaxed draw, or its score, passes on to q is whole; that of the KL is shared. */
    @ParameterizedTest
    @ValueSource(strings = {"categorical", "Bernoulli", "score"})
    void balanceOfProbabilities(String kind) {
        Graph of = new Graph();
        Value y = of.input("y", X);
        Value q = Dense.of("q", y, Z, Activation.IDENTITY);
        Value p = Dense.of("p.logits", Dense.of("p.hidden", of.input("action", 2), 3, Activation.TANH), Z,
                Activation.IDENTITY);
        Value drawn = switch (kind) {
            case "categorical" -> RelaxedCategorical.point(of.latent("z", new RelaxedCategorical(q, 0.7f),
                    new Categorical(p)));
            case "Bernoulli" -> RelaxedBernoulli.point(of.latent("z", new RelaxedBernoulli(q, 0.7f), new Bernoulli(
                    p)));
            default -> of.latent("z", new Categorical(q), new Categorical(p));
        };
        of.observe("o", new Bernoulli(Dense.of("logits", drawn, X, Activation.IDENTITY)), y);
        Function<Double, Objective> weighted = weight -> kind.equals("score") ? new ScoreFunction().withKlWeight(
                Schedule.constant(weight)) : new Elbo(weight);
        Map<String, float[]> prior = gradients(of, weighted.apply(0.8));
        Map<String, float[]> posterior = gradients(of, weighted.apply(0.2));
        Map<String, float[]> whole = gradients(of, weighted.apply(1.0));
        gradients(of, new KlBalanced(weighted.apply(1.0), 0.8)).forEach((name, found) -> {
            float[] expected = (name.startsWith("p.") ? prior : posterior).get(name);
            for (int i = 0; i < found.length; i++) {
                assertEquals(expected[i], found[i], 1e-6 * Math.max(0.1, Math.abs(expected[i])), name);
            }
            if (!name.startsWith("logits")) {
                assertFalse(Arrays.equals(whole.get(name), found), name);
            }
        });
    }

    /** Where all of a group's dimensions are free together, the KL has no gradient; else each has all of it. */
    @Test
    void freeBitsOfGroups() {
        Graph of = new Graph();
        Value y = of.input("y", X);
        Latent latent = (Latent) of.latent("z", DiagonalGaussian.of("q", y, Z));
        Value each = KlPerDimension.of(latent);
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, of.parameters(),
                3)) {
            float[] kl;
            try (Step step = Step.of(of, parameters, backend).rows(2).want(each).compile()) {
                step.value(y).set(0, 0.1f, 0.9f, 0.3f, 1, 0.2f, 0.4f, 0.7f);
                step.run(0);
                kl = step.value(each).toArray();
            }
            for (int group : new int[] {1, 2, 4, 0}) {
                int dimensions = group == 0 ? Z : group;
                double[] sums = new double[Z / dimensions];
                for (int d = 0; d < Z; d++) {
                    sums[d / dimensions] += kl[d] / 2;
                }
                double threshold = Arrays.stream(sums).average().orElseThrow() * (group == 0 ? 0.9 : 1);
                try (Step step = Step.of(of, parameters, backend).rows(2).minimise(new Elbo().withFreeBits(threshold,
                        group), new Sgd(1e-9)).compile()) {
                    step.value(y).set(0, 0.1f, 0.9f, 0.3f, 1, 0.2f, 0.4f, 0.7f);
                    step.run(0);
                    float[] bias = parameters.all().stream().filter(s -> s.parameter().name().equals("q.bias"))
                            .findFirst().orElseThrow().gradient().toArray();
                    for (int d = 0; d < Z; d++) {
                        assertEquals(sums[d / dimensions] > threshold, bias[d] != 0, "group " + group + ", " + d);
                    }
                }
            }
            StepBuilder three = Step.of(of, parameters, backend).minimise(new Elbo().withFreeBits(0.1, 3), new Sgd(1));
            assertTrue(assertThrows(IllegalArgumentException.class, three::compile).getMessage().contains(
                    "a divisor of the 4 dimensions of 'z'"));
        }
    }

    @Test
    void whatCannotBeWeighedIsRefused() {
        refused("no such term", new WeightedSum().with("O", Term.Role.LOG_LIKELIHOOD, -1).with("z", Term.Role.KL, 1));
        refused("before these", new RowWeighted(new ImportanceWeighted(), mask));
        refused("which the loss of 'error' with rows of BATCH has not", new RowWeighted(new Regression(), mask));
        assertThrows(IllegalArgumentException.class, () -> new RowWeighted(new Elbo(), c));
        assertThrows(IllegalArgumentException.class, () -> new RowWeighted(new Elbo(), Dense.of("w", c, 1,
                Activation.IDENTITY)));
        assertThrows(IllegalArgumentException.class, () -> new KlBalanced(new Elbo(), 1.1));
        assertThrows(IllegalArgumentException.class, () -> new FreeNats(Schedule.constant(1), -1));
        assertThrows(IllegalArgumentException.class, () -> new MeanFreeNats(Schedule.constant(1), -1));
        assertThrows(IllegalArgumentException.class, () -> new Capacity(Schedule.constant(-1), Schedule.constant(1)));
    }

    private void refused(String words, Objective objective) {
        String message = assertThrows(IllegalArgumentException.class, () -> gradients(objective)).getMessage();
        assertTrue(message.contains(words), message);
    }
}
