package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LayerNorm;
import io.elbo4j.train.layer.LearnedRowPer;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.RmsNorm;
import io.elbo4j.train.layer.SumOver;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The layers that normalise rows: gradients by finite differences, parameters, refusals. */
class NormsTest {
    private static final int X = 5;

    private final Graph g = new Graph();
    private final Value x = g.input("x", X);

    private Value z(Value h) {
        return g.latent("z", DiagonalGaussian.of("q", h, 3));
    }

    private void observe(Value h) {
        g.observe("o", new Bernoulli(Dense.of("logits", h, X, Activation.IDENTITY)), x);
    }

    /** Before the latent variable, and behind it, where rows have samples. */
    @Test
    void layerNorm() {
        Value h = LayerNorm.of("norm", Dense.of("encoder", x, 6, Activation.TANH));
        observe(LayerNorm.of("another", Dense.of("decoder", z(h), 7, Activation.SOFTPLUS)));
        FiniteDifferences.check("layer norm", g, 7);
    }

    @Test
    void rmsNorm() {
        Value h = RmsNorm.of("norm", Dense.of("encoder", x, 6, Activation.TANH));
        observe(RmsNorm.of("another", Dense.of("decoder", z(h), 7, Activation.SOFTPLUS)));
        FiniteDifferences.check("RMS norm", g, 7);
    }

    /** A product of two layers of one x; gamma and beta have the gradients of both. */
    @Test
    void aLayerAppliedTwice() {
        LayerNorm layer = new LayerNorm("layer", 4, 0.1f);
        RmsNorm root = new RmsNorm("root", 4, 0.1f);
        Value a = Dense.of("a", x, 4, Activation.TANH);
        Value b = Dense.of("b", x, 4, Activation.SIGMOID);
        observe(z(Multiply.of(Multiply.of(layer.apply(a), layer.apply(b)), Multiply.of(root.apply(a), root.apply(b)))));
        FiniteDifferences.check("norms applied twice", g, 7);
        assertEquals(1, g.parameters().stream().filter(p -> p.name().equals("layer.gamma")).count());
    }

    /** Other axes are rows too. */
    @Test
    void rowsOfComponents() {
        Value table = LearnedRowPer.of(g, Axis.COMPONENT, "table", 3, 4, 0.5f);
        Value each = Multiply.of(Dense.of("d", x, 4, Activation.TANH), table);
        observe(z(SumOver.of(Multiply.of(LayerNorm.of("norm", each), each), Axis.COMPONENT)));
        FiniteDifferences.check("layer norm of components", g, 7);
    }

    @Test
    void parametersBeginAsOnesAndZeros() {
        LayerNorm.of("a", x);
        RmsNorm.of("b", x);
        assertEquals(List.of(Parameter.constant("a.gamma", 1, X, 1), Parameter.constant("a.beta", 1, X, 0), Parameter
                .constant("b.gamma", 1, X, 1)), List.copyOf(g.parameters()));
    }

    @Test
    void epsilonChangesTheResult() {
        Value[] all = {LayerNorm.of("a", x), new LayerNorm("b", X).apply(x), new LayerNorm("c", X, 1).apply(x), RmsNorm
                .of("d", x), new RmsNorm("e", X).apply(x), new RmsNorm("f", X, 1).apply(x)};
        float[][] y = new float[all.length][];
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend).rows(1).want(all).compile()) {
            step.value(x).set(new float[] {1, 2, 3, 4, 5});
            step.run(0);
            for (int i = 0; i < all.length; i++) {
                y[i] = step.value(all[i]).toArray();
            }
        }
        for (int i = 0; i < all.length; i += 3) {
            assertEquals(y[i][0], y[i + 1][0]);
            assertNotEquals(y[i][0], y[i + 2][0]);
        }
        assertEquals(-2 / Math.sqrt(2 + 1e-5), y[0][0], 1e-6);
        assertEquals(-2 / Math.sqrt(3), y[2][0], 1e-6);
        assertEquals(1 / Math.sqrt(11 + 1e-5), y[3][0], 1e-6);
        assertEquals(1 / Math.sqrt(12), y[5][0], 1e-6);
    }

    @Test
    void refusals() {
        for (float epsilon : new float[] {0, -1e-5f, Float.NaN, Float.POSITIVE_INFINITY}) {
            String expected = "epsilon must be above 0 and finite, not " + epsilon;
            assertEquals(expected, assertThrows(IllegalArgumentException.class, () -> new LayerNorm("n", 3, epsilon))
                    .getMessage());
            assertEquals(expected, assertThrows(IllegalArgumentException.class, () -> new RmsNorm("n", 3, epsilon))
                    .getMessage());
        }
        assertEquals("layer 'n' takes 3 columns, 'x' has 5", assertThrows(IllegalArgumentException.class,
                () -> new LayerNorm("n", 3).apply(x)).getMessage());
        assertEquals("layer 'n' takes 3 columns, 'x' has 5", assertThrows(IllegalArgumentException.class,
                () -> new RmsNorm("n", 3).apply(x)).getMessage());
    }
}
