package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** From given values to means: p(z2), p(z1 | z2, c), p(x | z1), and heads on the label c and on nothing. */
class DecodeTest {
    private static final long SEED = 11;
    private static final int ROWS = 5;

    private final Graph g = new Graph();
    private final Value x = g.input("x", 4);
    private final Value c = g.input("c", 2);
    private final Value z2 = g.latent("z2", DiagonalGaussian.of("q2", x, 2));
    private final Value z1 = g.latent("z1", DiagonalGaussian.of("q1", Concatenate.of("x, z2", x, z2), 3),
            DiagonalGaussian.of("p1", Concatenate.of("c, z2", c, z2), 3));
    private final Backend backend = new JavaBackend(1);
    private final Value[] means;
    private final Parameters parameters;

    DecodeTest() {
        List<Bernoulli> likelihoods = List.of(new Bernoulli(Dense.of("logits", z1, 4, Activation.IDENTITY)),
                new Bernoulli(Dense.of("logits'", c, 4, Activation.IDENTITY)),
                new Bernoulli(LearnedRow.of(g, "logits''", 4, 0.7f)));
        for (Bernoulli p : likelihoods) {
            g.observe("x given " + p.logits().name(), p, x);
        }
        means = likelihoods.stream().map(Bernoulli::mean).toArray(Value[]::new);
        parameters = new Parameters(backend, g.parameters(), SEED);
    }

    @AfterEach
    void close() {
        parameters.close();
        backend.close();
    }

    private double[][] dense(String name, double[][] in, Activation activation) {
        return Doubles.dense(parameters, name, in, activation);
    }

    /** The noise with which a latent variable is drawn from its prior. */
    private Matrix noise(String name, int columns, long step) {
        Matrix eps = backend.matrix(ROWS, columns);
        RandomFill.normal(Streams.named(SEED, name, Streams.DECODING).step(step), eps).run();
        return eps;
    }

    private double[][] fill(Step step, Value value) {
        Matrix m = step.value(value);
        SplittableRandom random = new SplittableRandom(value.columns());
        float[] values = new float[(int) (m.rows() * m.columns())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        return Doubles.of(m.set(values));
    }

    private Matrix mean(Step step, int observation) {
        return step.value(means[observation]);
    }

    private static void near(double[][] expected, Matrix found) {
        double[][] values = Doubles.of(found);
        assertEquals(expected.length, values.length);
        for (int i = 0; i < values.length; i++) {
            assertArrayEquals(expected[i], values[i], 1e-6);
        }
    }

    @Test
    void drawsWhatIsNotGivenFromItsConditionalPrior() {
        try (Step step = Step.of(g, parameters, backend).rows(ROWS).seed(SEED).given(z2).fromPriors().want(means).want(
                z1)
                .compile()) {
            double[][] given = fill(step, z2);
            double[][] label = fill(step, c);
            step.run(3);
            double[][] p = dense("p1", Reference.beside(label, given), Activation.IDENTITY);
            double[][] drawn = Reference.sample(Reference.columns(p, 0, 3), Reference.columns(p, 3, 6),
                    Doubles.of(noise("z1", 3, 3)));
            near(drawn, step.value(z1));
            near(dense("logits", drawn, Activation.SIGMOID), mean(step, 0));
        }
    }

    @Test
    void meansThatDependOnNoLatentVariableAreRight() {
        for (Value[] given : new Value[][] {{z1}, {z1, z2}, {}}) {
            try (Step step = Step.of(g, parameters, backend).rows(ROWS).seed(SEED).given(given).fromPriors().want(means)
                    .compile()) {
                double[][] label = fill(step, c);
                step.run(0);
                near(dense("logits'", label, Activation.SIGMOID), mean(step, 1));
                double[][] shared = new double[1][4];
                Arrays.stream(shared).forEach(row -> Arrays.fill(row, 1 / (1 + Math.exp(-0.7))));
                near(shared, mean(step, 2));
            }
        }
    }

    /** What a posterior sees is left out: it would reach what is drawn as a NaN. */
    @Test
    void drawsEverythingFromThePriors() {
        try (Step step = Step.of(g, parameters, backend).rows(ROWS).seed(SEED).fromPriors().want(means).want(z2)
                .compile()) {
            fill(step, c);
            step.value(x).set(nan());
            step.run(3);
            assertArrayEquals(noise("z2", 2, 3).toArray(), step.value(z2).toArray());
            float[] whole = mean(step, 0).toArray();
            for (float p : whole) {
                assertTrue(p > 0 && p < 1, "not a mean: " + p);
            }
            step.run(4);
            assertArrayEquals(noise("z2", 2, 4).toArray(), step.value(z2).toArray());
        }
    }

    private static float[] nan() {
        float[] nan = new float[ROWS * 4];
        Arrays.fill(nan, Float.NaN);
        return nan;
    }

    @Test
    void givenValuesMayLieAnywhere() {
        try (Step step = Step.of(g, parameters, backend).rows(ROWS).seed(SEED).given(z1, c).fromPriors().want(means)
                .compile()) {
            double[][] given = fill(step, z1);
            step.value(z2).set(Float.NaN, 0, 0, 0, 0, 0, 0, 0, 0, 0);
            step.run(0);
            near(dense("logits", given, Activation.SIGMOID), mean(step, 0));
            near(given, step.value(z1));
        }
        Value stranger = new Graph().input("stranger", 2);
        String message = assertThrows(IllegalArgumentException.class,
                () -> Step.of(g, parameters, backend).rows(ROWS).seed(SEED).given(stranger).fromPriors().want(means)
                        .compile()).getMessage();
        assertEquals("'stranger' belongs to another graph", message);
    }

    /** As pictures are decoded. */
    @Test
    void whereAllIsGivenNoPriorIsNeeded() {
        try (Step step = Step.of(g, parameters, backend).rows(ROWS).seed(SEED).given(z1, z2).want(means).compile()) {
            double[][] given = fill(step, z1);
            step.run(0);
            near(dense("logits", given, Activation.SIGMOID), mean(step, 0));
            near(given, step.value(z1));
        }
    }
}
