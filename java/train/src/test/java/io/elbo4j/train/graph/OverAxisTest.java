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
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.Largest;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.SoftmaxOver;
import io.elbo4j.train.layer.StopGradient;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Shares and choices among the samples, or the steps, of each row. */
class OverAxisTest {
    private static final Rows SAMPLES = Rows.of(Axis.BATCH, Axis.SAMPLE);

    private final Graph g = new Graph();

    private float[] run(Value wanted, Value input, long samples, float... values) {
        try (Backend backend = new JavaBackend(1); Parameters none = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, none, backend).rows(2).samples(samples).want(wanted).compile()) {
            step.value(input).set(values);
            step.run(0);
            return step.value(wanted).toArray();
        }
    }

    @Test
    void largestOfTheSamplesOfEachRow() {
        Value x = g.input("x", 1, SAMPLES);
        Value two = Largest.of(x, Axis.SAMPLE, 2);
        assertArrayEquals(new float[] {0, 1, 1, 0, 1, 0, 0, 1}, run(two, x, 4, 1, 7, 3, 3, -1, Float.NaN, -9, -2));
    }

    @Test
    void whatLiesInAWiderRow() {
        Value x = g.input("x", 2, SAMPLES);
        Value one = Largest.of(Slice.of("second", x, 1, 2), Axis.SAMPLE, 1);
        assertArrayEquals(new float[] {0, 1, 1, 0}, run(one, x, 2, 9, 1, 8, 2, 0, 5, 7, 4));
    }

    @Test
    void aConstantThatLiesInAWiderRow() {
        Value x = g.input("x", 2, SAMPLES);
        Value second = StopGradient.of(Slice.of("second", x, 1, 2));
        assertArrayEquals(new float[] {0, 1, 1, 0}, run(Largest.of(second, Axis.SAMPLE, 1), x, 2, 9, 1, 8, 2, 0, 5, 7,
                4));
        assertArrayEquals(new float[] {0.26894143f, 0.7310586f, 0.7310586f, 0.26894143f}, run(SoftmaxOver.of(second,
                Axis.SAMPLE), x, 2, 9, 1, 8, 2, 0, 5, 7, 4), 1e-6f);
    }

    @Test
    void sharesOfTheSteps() {
        Value x = g.input("x", 1, Rows.of(Axis.BATCH, Axis.TIME));
        Value shares = SoftmaxOver.of(x, Axis.TIME);
        float[] values = {1, 2, 0, -3, 50, 49};
        try (Backend backend = new JavaBackend(1); Parameters none = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, none, backend).rows(2).length(3).want(shares).compile()) {
            step.value(x).set(values);
            step.run(0);
            float[] found = step.value(shares).toArray();
            for (int r = 0; r < 2; r++) {
                double sum = 0;
                for (int t = 0; t < 3; t++) {
                    sum += Math.exp(values[3 * r + t] - 50 * r);
                }
                for (int t = 0; t < 3; t++) {
                    assertEquals(Math.exp(values[3 * r + t] - 50 * r) / sum, found[3 * r + t], 1e-6);
                }
            }
        }
    }

    @Test
    void gradients() {
        Value x = g.input("x", 5);
        Value z = g.latent("z", DiagonalGaussian.of("q", Dense.of("h", x, 5, Activation.TANH), 2));
        Value both = Dense.of("scores", z, 2, Activation.IDENTITY);
        Value share = SoftmaxOver.of(Slice.of("score", both, 0, 1), Axis.SAMPLE);
        Value other = SoftmaxOver.of(Dense.of("other", z, 1, Activation.TANH), Axis.SAMPLE);
        Value all = Concatenate.of("all", z, share, Multiply.of(share, other), Largest.of(other, Axis.SAMPLE, 1));
        g.observe("o", new Bernoulli(Dense.of("logits", all, 5, Activation.IDENTITY)), x);
        FiniteDifferences.check("shares of the samples", g, 6);
    }

    @Test
    void whatIsRefused() {
        Value x = g.input("x", 1, SAMPLES);
        Value wide = g.input("wide", 2, SAMPLES);
        for (Axis axis : List.of(Axis.BATCH, Axis.TIME)) {
            assertEquals(axis + " must be the innermost axis of 'x', which has rows of BATCH x SAMPLE, and not BATCH",
                    assertThrows(IllegalArgumentException.class, () -> SoftmaxOver.of(x, axis)).getMessage());
            assertThrows(IllegalArgumentException.class, () -> Largest.of(x, axis, 1));
        }
        assertThrows(ArgumentException.class, () -> SoftmaxOver.of(wide, Axis.SAMPLE));
        assertThrows(ArgumentException.class, () -> Largest.of(wide, Axis.SAMPLE, 1));
        assertThrows(ArgumentException.class, () -> Largest.of(x, Axis.SAMPLE, 0));
        Value three = Largest.of(x, Axis.SAMPLE, 3);
        assertEquals("OneHot.largest: count must be 0 to the 2 columns of x, not 3", assertThrows(
                IllegalArgumentException.class, () -> run(three, x, 2)).getMessage());
    }
}
