package io.elbo4j.train.graph;

import static io.elbo4j.train.graph.Reference.bernoulli;
import static io.elbo4j.train.graph.Reference.columns;
import static io.elbo4j.train.graph.Reference.gaussian;
import static io.elbo4j.train.graph.Reference.kl;
import static io.elbo4j.train.graph.Reference.perRow;
import static io.elbo4j.train.graph.Reference.sample;
import static io.elbo4j.train.graph.Reference.zeros;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Activation;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.Draw;
import io.elbo4j.train.distribution.SampledKl;
import io.elbo4j.train.graph.GradientCheck.Terms;
import io.elbo4j.train.graph.GradientCheck.World;
import io.elbo4j.train.layer.Dense;
import org.junit.jupiter.api.Test;

/** q(h1 | x) q(h2 | h1), p(h1 | h2): a KL that is sampled, and its gradient through sample, q and p. */
class SampledKlTest {
    private static final int H1 = 3;
    private static final int H2 = 2;

    private static double[][] linear(World w, String name, double[][] x) {
        return Reference.dense(x, w.weight(name), w.bias(name), Activation.IDENTITY);
    }

    private static void check(double klWeight) {
        GradientCheck check = new GradientCheck("sampled KL, weight " + klWeight).klWeight(klWeight);
        Graph g = check.graph();
        Value x = g.input("x", 5);
        DiagonalGaussian q1 = DiagonalGaussian.of("q1", x, H1);
        Value h1 = Draw.of("h1", q1);
        Value h2 = g.latent("h2", DiagonalGaussian.of("q2", h1, H2));
        DiagonalGaussian p1 = DiagonalGaussian.of("p1", h2, H1);
        SampledKl.of("KL of h1", h1, q1, p1);
        g.observe("pixels", new Bernoulli(Dense.of("logits", h1, 5, Activation.IDENTITY)), x);
        check.run(w -> {
            double[][] in = w.get("x");
            double[][] both = linear(w, "q1", in);
            double[][] m1 = columns(both, 0, H1);
            double[][] v1 = columns(both, H1, 2 * H1);
            double[][] z1 = sample(m1, v1, w.noise(0, H1));
            double[][] upper = linear(w, "q2", z1);
            double[][] m2 = columns(upper, 0, H2);
            double[][] v2 = columns(upper, H2, 2 * H2);
            double[][] z2 = sample(m2, v2, w.noise(1, H2));
            double[][] prior = linear(w, "p1", z2);
            double klOfH1 = gaussian(m1, v1, z1) - gaussian(columns(prior, 0, H1), columns(prior, H1, 2 * H1), z1);
            return new Terms(bernoulli(linear(w, "logits", z1), in),
                    klOfH1 + perRow(kl(m2, v2, zeros(m2), zeros(v2))));
        });
    }

    @Test
    void gradientsAreThoseOfTheSampledObjective() {
        check(1);
        check(0.3);
    }

    @Test
    void whatHasNoGradientWithRespectToItsSampleIsRefused() {
        Graph g = new Graph();
        Value x = g.input("x", 4);
        DiagonalGaussian q = DiagonalGaussian.of("q", x, 2);
        Value z = Draw.of("z", q);
        Bernoulli p = new Bernoulli(Dense.of("logits", x, 2, Activation.IDENTITY));
        assertEquals("the KL 'kl' needs distributions of 2 columns that have a gradient with respect to z, not a"
                + " Bernoulli of 2", assertThrows(IllegalArgumentException.class, () -> SampledKl.of("kl", z, q, p))
                        .getMessage());
    }
}
