package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Activation;
import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.Flatten;
import io.elbo4j.train.layer.LambdaReturns;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Unflatten;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lambda-returns in graphs: of columns, of steps that are unrolled, and over an axis of any length. */
class LambdaReturnsLayerTest {
    private static final Rows TIME = Rows.of(Axis.BATCH, Axis.TIME);
    private static final int STEPS = 4;

    private final Graph g = new Graph();

    /** An encoder on what a layer gives for each row, so that its gradient is tested. */
    private void vae(Value h, Value x) {
        Value z = g.latent("z", DiagonalGaussian.of("q", h, 2));
        g.observe("o", new Bernoulli(Dense.of("logits", z, x.columns(), Activation.IDENTITY)), x);
    }

    @ParameterizedTest
    @ValueSource(floats = {0, 0.3f, 0.95f, 1})
    void gradients(float lambda) {
        Value x = g.input("x", 5);
        Value critic = Dense.of("values", x, STEPS, Activation.IDENTITY);
        vae(LambdaReturns.of("returns", Dense.of("rewards", x, STEPS, Activation.TANH), Dense.of("discounts", x, STEPS,
                Activation.SIGMOID), critic, lambda), x);
        FiniteDifferences.check("lambda-returns, lambda " + lambda, g, 7);
    }

    /** One value in all three places, and a discount that all share. */
    @Test
    void sharedInputs() {
        Value x = g.input("x", 5);
        Value h = Dense.of("h", x, STEPS, Activation.TANH);
        Value discounts = ConstantRow.of(g, "discounts", STEPS, 0.9f);
        vae(Concatenate.of("both", LambdaReturns.of("first", h, h, h, 0.5f), LambdaReturns.of("second", h, discounts,
                Slice.of("part", Dense.of("wide", x, STEPS + 2, Activation.TANH), 1, STEPS + 1), 0.5f)), x);
        FiniteDifferences.check("lambda-returns of one value", g, 7);
    }

    /** A step after the other, each a function of the one before. */
    @Test
    void unrolledSteps() {
        Value x = g.input("x", 5);
        Dense dynamics = new Dense("dynamics", 5, 5, Activation.TANH);
        Dense critic = new Dense("critic", 5, 1, Activation.IDENTITY);
        Dense reward = new Dense("reward", 5, 1, Activation.TANH);
        Value first = dynamics.apply(x);
        Value second = dynamics.apply(first);
        Value third = dynamics.apply(second);
        vae(LambdaReturns.of("returns", Concatenate.of("rewards", reward.apply(x), reward.apply(first), reward.apply(
                second)), ConstantRow.of(g, "discounts", 3, 0.9f), Concatenate.of("values", critic.apply(first), critic
                        .apply(second), critic.apply(third)), 0.95f), x);
        FiniteDifferences.check("lambda-returns of unrolled steps", g, 7);
    }

    /** What lies inside wider rows, and a constant, are copied; all have their gradients. */
    @Test
    void overTime() {
        Value row = g.input("x", STEPS * 3);
        Value x = Unflatten.of(row, Axis.TIME, STEPS);
        Value both = Dense.of("both", x, 2, Activation.TANH);
        Value returns = LambdaReturns.overTime("of slices", Slice.of("reward", both, 0, 1), ConstantRow.of(g,
                "discount", 1, 0.9f), Slice.of("value", both, 1, 2), 0.8f);
        Value other = LambdaReturns.overTime("of values", Dense.of("reward of another", x, 1, Activation.TANH), Dense
                .of("discount of another", x, 1, Activation.SIGMOID), returns, 0.8f);
        vae(Flatten.of(Multiply.of(other, returns), Axis.TIME), row);
        FiniteDifferences.check("lambda-returns over time", g, 7);
    }

    /** The same numbers as columns, as steps of any length, and as slices and constants of these. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 15})
    void aStepIsAColumn(int steps) {
        int rows = 3;
        Value r = g.input("r", steps);
        Value d = ConstantRow.of(g, "d", steps, 0.75f);
        Value v = g.input("v", steps);
        Value columns = LambdaReturns.of("columns", r, d, v, 0.9f);
        Graph over = new Graph();
        Value both = over.input("both", 2, TIME);
        Value overTime = LambdaReturns.overTime("steps", Slice.of("r", both, 0, 1), ConstantRow.of(over, "d", 1, 0.75f),
                Slice.of("v", both, 1, 2), 0.9f);
        Random random = new Random(5);
        float[] rewards = new float[rows * steps];
        float[] values = new float[rows * steps];
        float[] pairs = new float[2 * rows * steps];
        for (int i = 0; i < rewards.length; i++) {
            pairs[2 * i] = rewards[i] = (float) random.nextGaussian();
            pairs[2 * i + 1] = values[i] = (float) random.nextGaussian();
        }
        float[] expected = run(g, columns, rows, 1, Map.of(r, rewards, v, values));
        assertArrayEquals(expected, run(over, overTime, rows, steps, Map.of(both, pairs)));
        int last = rows * steps - 1;
        assertEquals(Math.fma(0.75f, values[last], rewards[last]), expected[last]);
    }

    private static float[] run(Graph of, Value wanted, int rows, int steps, Map<Value, float[]> inputs) {
        try (Backend backend = new JavaBackend(1); Parameters none = new Parameters(backend, of.parameters(), 1);
                Step step = Step.of(of, none, backend).rows(rows).length(steps).want(wanted).compile()) {
            inputs.forEach((input, values) -> step.value(input).set(values));
            step.run(0);
            return step.value(wanted).toArray();
        }
    }

    @Test
    void whatIsRefused() {
        Value x = g.input("x", 3);
        Value narrow = g.input("narrow", 1);
        Value t = g.input("t", 1, TIME);
        Value members = g.input("members", 1, Rows.of(Axis.BATCH, Axis.MEMBER));
        refused("discounts must be a value of 3 columns, not 1", () -> LambdaReturns.of("r", x, narrow, x, 1));
        refused("values must be a value of 1 column, not 3", () -> LambdaReturns.of("r", narrow, narrow, x, 1));
        refused("rewards must be a value of 1 column, not 3", () -> LambdaReturns.overTime("r", x, t, t, 1));
        for (float lambda : new float[] {-0.5f, 1.5f, Float.NaN}) {
            refused("lambda must be 0 to 1, not " + lambda, () -> LambdaReturns.of("r", x, x, x, lambda));
        }
        refused("rewards must be with TIME as the innermost axis, together with discounts and values, not BATCH",
                () -> LambdaReturns.overTime("r", narrow, narrow, narrow, 1));
        refused("rewards must be with TIME as the innermost axis, together with discounts and values, not BATCH x TIME"
                + " x MEMBER", () -> LambdaReturns.overTime("r", t, t, members, 1));
    }

    private static void refused(String message, org.junit.jupiter.api.function.Executable call) {
        assertEquals(message, assertThrows(ArgumentException.class, call).getMessage());
    }
}
