package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Indices;
import io.elbo4j.Matrix;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Adam;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Each input gathers rows of its own matrix. */
class SourceTest {
    private final Graph g = new Graph();
    private final Value x = g.input("x", 3);
    private final Value y = g.input("y", 3);

    SourceTest() {
        Value z = g.latent("z", DiagonalGaussian.of("q", x, 2));
        g.observe("o", new Bernoulli(Dense.of("logits", z, 3, Activation.IDENTITY)), y);
    }

    private static Matrix numbers(Backend backend, int rows, float from) {
        float[] values = new float[rows * 3];
        for (int i = 0; i < values.length; i++) {
            values[i] = from + i;
        }
        return backend.matrix(rows, 3).set(values);
    }

    @Test
    void inputsOfEqualWidthsHaveTheirOwnRows() {
        Adam adam = new Adam(1e-3);
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Matrix xs = numbers(backend, 4, 0);
                Matrix ys = numbers(backend, 4, 100);
                Indices order = backend.indices(4)) {
            Source source = new Source(Map.of("x", xs, "y", ys, "another", ys));
            order.set(new int[] {3, 0, 1, 2}, 0);
            try (Step evaluate = Step.of(g, parameters, backend).rows(2).seed(1).read(source).evaluate(new Elbo()).want(
                    x, y)
                    .compile().rows(new int[] {3, 0}, 0);
                    Step own = Step.of(g, parameters, backend).rows(2).seed(1).read(source).minimise(new Elbo(), adam)
                            .compile().rows(new int[] {3, 0}, 0);
                    Step shared = Step.of(g, parameters, backend).rows(2).seed(1).read(source, order).minimise(
                            new Elbo(), adam).compile().rows(0)) {
                for (Step step : new Step[] {evaluate, own, shared}) {
                    step.run(0);
                    assertArrayEquals(new float[] {9, 10, 11, 0, 1, 2}, step.value(x).toArray());
                    assertArrayEquals(new float[] {109, 110, 111, 100, 101, 102}, step.value(y).toArray());
                }
            }
        }
    }

    @Test
    void refusesWhatIsNoDataForTheInputs() {
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Matrix four = backend.matrix(4, 3);
                Matrix five = backend.matrix(5, 3);
                Matrix wide = backend.matrix(4, 7)) {
            refused("one matrix is data for one input, but the graph's inputs are ['x', 'y']: give a Source with a"
                    + " matrix for each of them", () -> Step.of(g, parameters, backend).rows(2).seed(1).read(four)
                            .evaluate(new Elbo()).compile());
            refused("the data has no matrix for input 'y', only for [x]",
                    () -> Step.of(g, parameters, backend).rows(2).seed(1).read(new Source(Map.of("x", four))).evaluate(
                            new Elbo()).compile());
            refused("the data of input 'y' must be 4 x 3, not 4 x 7", () -> Step.of(g, parameters, backend).rows(2)
                    .seed(1).read(new Source(Map.of("x", four, "y", wide))).evaluate(new Elbo()).compile());
            refused("the matrices of a data set must have equally many rows, but 'x' has 4, 'y' 5",
                    () -> new Source(Map.of("x", four, "y", five)));
        }
    }

    private static void refused(String words, Executable wrong) {
        assertEquals(words, assertThrows(IllegalArgumentException.class, wrong).getMessage());
    }
}
