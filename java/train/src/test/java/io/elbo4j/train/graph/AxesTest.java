package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.DenseOfMembers;
import io.elbo4j.train.layer.LearnedRowPer;
import io.elbo4j.train.layer.Loss;
import io.elbo4j.train.objective.DoublyReparameterised;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.ImportanceWeighted;
import io.elbo4j.train.objective.Regression;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.optimiser.Sgd;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sequences and ensembles: one graph for any length, number of members, samples and rows. */
class AxesTest {
    private static final int X = 4;
    private static final int Z = 2;
    private static final Rows SEQUENCE = Rows.of(Axis.BATCH, Axis.TIME);
    private final Graph g = new Graph();

    /** Each step has a latent variable; one more is the sequence's, and a row of parameters is all steps'. */
    private Value sequences() {
        Value x = g.input("x", X, SEQUENCE);
        Value c = g.input("c", 3);
        Value all = g.latent("all", DiagonalGaussian.of("q(all)", c, Z));
        Value h = Dense.of("h", Concatenate.of("x, c", x, c), 5, Activation.TANH);
        Value z = g.latent("z", DiagonalGaussian.of("q(z)", Concatenate.of("h, all", h, all), Z), DiagonalGaussian.of(
                "p(z)", all, Z));
        g.observe("o", new Bernoulli(Dense.of("logits", Concatenate.of("z, all", z, all), X, Activation.IDENTITY)), x);
        g.observe("label", new DiagonalGaussian(Dense.of("label.mean", all, 3, Activation.IDENTITY), Dense.of(
                "label.lv",
                c, 3, Activation.TANH)), c);
        return z;
    }

    /** Minus the bound of all terms, of which those of a sequence are summed over its steps, each member on its own. */
    private static double bound(Interpreter in, Step step) {
        long members = step.plan().rows(Rows.of(Axis.MEMBER));
        long samples = step.plan().samples();
        long length = step.plan().rows(Rows.of(Axis.TIME));
        double loss = 0;
        for (long row = 0; row < step.batch(); row++) {
            for (long m = 0; m < members; m++) {
                double mean = 0;
                for (long k = 0; k < samples; k++) {
                    double log = 0;
                    for (Map.Entry<Term, Matrix> e : step.plan().terms().entrySet()) {
                        Rows rows = e.getKey().rows();
                        for (long t = 0; t < (rows.has(Axis.TIME) ? length : 1); t++) {
                            long at = row;
                            at = rows.has(Axis.SAMPLE) ? at * samples + k : at;
                            at = rows.has(Axis.TIME) ? at * length + t : at;
                            at = rows.has(Axis.MEMBER) ? at * members + m : at;
                            log += in.get(e.getValue(), at, 0);
                        }
                    }
                    mean += Math.exp(log) / samples;
                }
                loss -= Math.log(mean);
            }
        }
        return loss / step.batch();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7})
    void gradientsOfSequences(int samples) {
        assertEquals("BATCH x SAMPLE x TIME", sequences().rows().toString());
        for (int length : new int[] {1, 3}) {
            UnaryOperator<StepBuilder> step = s -> s.rows(5).samples(samples).length(length);
            String name = "sequences of " + length + ", K = " + samples;
            FiniteDifferences.check(name, g, s -> step.apply(s).minimise(new Elbo(0.7), new Adam(0)),
                    FiniteDifferences::weighted);
            FiniteDifferences.check(name + ", importance-weighted", g, s -> step.apply(s).minimise(
                    new ImportanceWeighted(), new Adam(0)), AxesTest::bound);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void gradientsOfMembers(int samples) {
        Value x = g.input("x", X, SEQUENCE);
        Value h = DenseOfMembers.of("h", 3, x, 5, Activation.RELU);
        Value own = Add.of(h, LearnedRowPer.of(g, Axis.MEMBER, "own", 3, 5, 0.5f));
        Value z = g.latent("z", DiagonalGaussian.halves(DenseOfMembers.of("q", 3, own, 2 * Z, Activation.IDENTITY)));
        assertEquals("BATCH x SAMPLE x TIME x MEMBER", z.rows().toString());
        g.observe("o", new Bernoulli(DenseOfMembers.of("logits", 3, z, X, Activation.TANH)), x);
        UnaryOperator<StepBuilder> step = s -> s.rows(5).samples(samples).length(2);
        FiniteDifferences.check("three members, K = " + samples, g, s -> step.apply(s).minimise(new Elbo(0.7),
                new Adam(0)), FiniteDifferences::weighted);
        FiniteDifferences.check("three members, importance-weighted, K = " + samples, g, s -> step.apply(s).minimise(
                new ImportanceWeighted(), new Adam(0)), AxesTest::bound);
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1)) {
            StepBuilder refused = step.apply(Step.of(g, parameters, backend)).minimise(new DoublyReparameterised(),
                    new Adam(1));
            assertTrue(assertThrows(IllegalArgumentException.class, refused::compile).getMessage().contains(
                    "ensemble"));
            assertEquals("members must be 3, as the graph's parameters have it, not 2", assertThrows(
                    IllegalArgumentException.class, () -> step.apply(Step.of(g, parameters, backend)).members(2))
                    .getMessage());
        }
        assertEquals("'other' has 2 of the axis MEMBER, 'h' has 3", assertThrows(IllegalArgumentException.class,
                () -> DenseOfMembers.of("other", 2, x, 2, Activation.RELU)).getMessage());
    }

    /** What the members share is a part of the bound of each, with samples or without. */
    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void termsThatMembersShare(int samples) {
        Value x = g.input("x", X, SEQUENCE);
        Value c = g.input("c", 3);
        Value z = g.latent("z", DiagonalGaussian.of("q", c, Z));
        g.observe("o", new Bernoulli(DenseOfMembers.of("logits", 3, Concatenate.of("x, z", x, z), X,
                Activation.IDENTITY)), x);
        g.observe("of each", new Bernoulli(Dense.of("of x", x, X, Activation.TANH)), x);
        g.observe("of the batch", new Bernoulli(Dense.of("of c", c, 3, Activation.TANH)), c);
        g.observe("of a sample", new Bernoulli(Dense.of("of z", z, 3, Activation.TANH)), c);
        FiniteDifferences.check("shared terms, K = " + samples, g, s -> s.rows(5).samples(samples).length(2).minimise(
                new ImportanceWeighted(), new Adam(0)), AxesTest::bound);
    }

    /** The members of an ensemble do not know each other: each is what it would be alone, to the bit. */
    @Test
    void aMemberIsWhatItIsAlone() {
        Value x = g.input("x", X);
        Value y = g.input("y", 1);
        Value d = DenseOfMembers.of("d", 3, x, 6, Activation.TANH);
        Loss.squaredError("error", DenseOfMembers.of("e", 3, d, 1, Activation.IDENTITY), y);
        Map<String, float[]> together = trained(g);
        for (int m = 0; m < 3; m++) {
            Graph alone = new Graph();
            Value dAlone = Dense.of("d." + m, alone.input("x", X), 6, Activation.TANH);
            Loss.squaredError("error", Dense.of("e." + m, dAlone, 1, Activation.IDENTITY), alone.input("y", 1));
            trained(alone).forEach((name, values) -> assertArrayEquals(values, together.get(name), name));
        }
    }

    private static Map<String, float[]> trained(Graph graph) {
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, graph.parameters(), 7);
                Step step = Step.of(graph, parameters, backend).rows(33).minimise(new Regression(), new Adam(0.1))
                        .compile()) {
            for (Input input : graph.all(Input.class)) {
                float[] values = new float[33 * (int) input.columns()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = i * 29 % 37 / 37f;
                }
                step.value(input).set(values);
            }
            double first = 0;
            for (int i = 0; i < 50; i++) {
                step.run(i);
                first = i == 0 ? step.total(Term.Role.LOSS) : first;
            }
            assertTrue(step.total(Term.Role.LOSS) < first, "the loss falls");
            Map<String, float[]> all = new java.util.TreeMap<>();
            parameters.all().forEach(s -> all.put(s.parameter().name(), s.value().toArray()));
            return all;
        }
    }

    /** The data of a sequence is a row, T x columns; a shard of the batch has its noise, and an order its rows. */
    @Test
    void rowsOfSequencesAreTheirOwn() {
        Value z = sequences();
        int rows = 6;
        int length = 3;
        int samples = 2;
        float[] x = new float[rows * length * X];
        for (int i = 0; i < x.length; i++) {
            x[i] = i * 5 % 7 / 7f;
        }
        float[] c = new float[rows * 3];
        for (int i = 0; i < c.length; i++) {
            c[i] = i * 3 % 11 / 11f;
        }
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1)) {
            Matrix xs = backend.matrix(rows, length * X).set(x);
            Source source = new Source(Map.of("x", xs, "c", backend.matrix(rows, 3).set(c)));
            float[] whole;
            float[] bounds;
            try (Step step = Step.of(g, parameters, backend).rows(rows).length(length).samples(samples).read(source)
                    .want(z).evaluate(new ImportanceWeighted()).compile()) {
                step.rows(new int[] {0, 1, 2, 3, 4, 5}, 0).run(4);
                whole = step.value(z).toArray();
                bounds = step.bound().toArray();
            }
            try (Step step = Step.of(g, parameters, backend).rows(2).length(length).samples(samples).read(source)
                    .want(z).evaluate(new ImportanceWeighted()).compile()) {
                for (int at : List.of(0, 2, 4)) {
                    step.rows(new int[] {at, at + 1}, 0).run(4, at);
                    int width = samples * length * Z;
                    assertArrayEquals(Arrays.copyOfRange(whole, at * width, (at + 2) * width), step.value(z).toArray());
                    assertArrayEquals(Arrays.copyOfRange(bounds, at, at + 2), step.bound().toArray());
                }
            }
            StepBuilder wrong = Step.of(g, parameters, backend).rows(2).length(4).read(source).want(z);
            assertTrue(assertThrows(IllegalArgumentException.class, wrong::compile).getMessage().contains("6 x 16"));
        }
        assertThrows(IllegalArgumentException.class, () -> g.input("wrong", 1, Rows.of(Axis.TIME)));
    }

    /** One step of gradient descent of a row for each step of time is the mean gradient of that step. */
    @Test
    void aRowForEachStep() {
        Value x = g.input("x", 1, SEQUENCE);
        Value row = LearnedRowPer.constant(g, Axis.TIME, "row", 3, 1, 0);
        Loss.squaredError("error", row, x);
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend).rows(2).minimise(new Regression(), new Sgd(0.5))
                        .compile()) {
            step.value(x).set(1, 2, 3, 5, 6, 7);
            step.run(0);
            assertArrayEquals(new float[] {3, 4, 5}, parameters.all().get(0).value().toArray());
        }
    }
}
