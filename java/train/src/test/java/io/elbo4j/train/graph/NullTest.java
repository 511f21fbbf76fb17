package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.ArgumentException;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class NullTest {
    private static void refused(String argument, Executable... calls) {
        for (Executable call : calls) {
            assertEquals(argument + " must be given, not null", assertThrows(ArgumentException.class, call)
                    .getMessage());
        }
    }

    @Test
    void isRefusedByName() {
        Graph g = new Graph();
        Value x = g.input("x", 2);
        Bernoulli p = new Bernoulli(x);
        DiagonalGaussian q = new DiagonalGaussian(x, x);
        List<Node> before = g.nodes();
        refused("node", () -> g.add(null));
        refused("name", () -> g.input(null, 2), () -> g.input(null, 2, Rows.BATCH), () -> g.latent(null, q), () -> g
                .observe(null, p, x), () -> new Parameter(null, 1, 1, 0, 0), () -> Parameter.constant(null, 1, 1, 0));
        refused("rows", () -> g.input("y", 2, null));
        refused("q", () -> g.latent("z", null), () -> g.latent("z", null, q));
        refused("p", () -> g.observe("o", null, x));
        refused("x", () -> g.observe("o", p, null));
        assertEquals(before, g.nodes());
    }
}
