package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.StopGradient;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Adam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
    void slicesAndConcatenations() {
        Value h = Dense.of("h", x, 6, Activation.RELU);
        Value row = LearnedRow.of(g, "row", 2, 0.5f);
        vae(Concatenate.of("all", Slice.of("s", h, 1, 5), row, ConstantRow.of(g, "one", 1, 1), h));
        FiniteDifferences.check("slices, concatenations and rows", g, 7);
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
