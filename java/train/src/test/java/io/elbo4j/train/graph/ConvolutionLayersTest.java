package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Activation;
import io.elbo4j.ConvolutionShape;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.layer.Convolution;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.TransposedConvolution;
import org.junit.jupiter.api.Test;

class ConvolutionLayersTest {
    private final Graph g = new Graph();

    /** Odd sizes, borders that are not touched, a stride above the kernel, activations fused and separate. */
    @Test
    void gradients() {
        ConvolutionShape first = new ConvolutionShape(7, 6, 2, 3, 4, 3, 2, 1);
        ConvolutionShape second = new ConvolutionShape(3, 3, 3, 6, 2, 1, 3, 1);
        Value x = g.input("x", first.bigImage());
        Value h = Convolution.of("c1", x, first, Activation.RELU);
        Value z = g.latent("z", DiagonalGaussian.of("q", Convolution.of("c2", h, second, Activation.TANH), 2));
        Value d = Dense.of("d", z, second.smallImage(), Activation.SILU);
        Value back = TransposedConvolution.of("t2", d, second, Activation.RELU);
        g.observe("o", new Bernoulli(TransposedConvolution.of("t1", back, first, Activation.IDENTITY)), x);
        FiniteDifferences.check("convolutions", g, 5);
    }

    /** One layer, applied twice: its gradients are sums. */
    @Test
    void shared() {
        ConvolutionShape s = new ConvolutionShape(4, 4, 2, 2, 3, 3, 1, 1);
        Value x = g.input("x", s.bigImage());
        Convolution layer = new Convolution("c", s, Activation.TANH);
        Value z = g.latent("z", DiagonalGaussian.of("q", layer.apply(layer.apply(x)), 2));
        g.observe("o", new Bernoulli(Dense.of("logits", z, s.bigImage(), Activation.IDENTITY)), x);
        FiniteDifferences.check("a shared convolution", g, 3);
        assertEquals("layer 'c' takes images of 32 values, 'z' has 2", assertThrows(IllegalArgumentException.class,
                () -> layer.apply(z)).getMessage());
    }
}
