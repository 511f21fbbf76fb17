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
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.Draw;
import io.elbo4j.train.distribution.Mixture;
import io.elbo4j.train.distribution.SampledKl;
import io.elbo4j.train.distribution.StandardNormal;
import io.elbo4j.train.graph.GradientCheck.Terms;
import io.elbo4j.train.graph.GradientCheck.World;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.LearnedRowPer;
import io.elbo4j.train.objective.SampledElbo;
import io.elbo4j.train.objective.StickingTheLanding;
import io.elbo4j.train.optimiser.Sgd;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** q(h1 | x) q(h2 | h1), p(h1 | h2): a KL that is sampled, and its gradient through sample, q and p. */
class SampledKlTest {
    private static final int H1 = 3;
    private static final int H2 = 2;

    private static double[][] linear(World w, String name, double[][] x) {
        return Reference.dense(x, w.weight(name), w.bias(name), Activation.IDENTITY);
    }

    private static GradientCheck twoLayers(String name) {
        GradientCheck check = new GradientCheck(name);
        Graph g = check.graph();
        Value x = g.input("x", 5);
        DiagonalGaussian q1 = DiagonalGaussian.of("q1", x, H1);
        Value h1 = Draw.of("h1", q1);
        Value h2 = g.latent("h2", DiagonalGaussian.of("q2", h1, H2));
        DiagonalGaussian p1 = DiagonalGaussian.of("p1", h2, H1);
        SampledKl.of("KL of h1", h1, q1, p1);
        g.observe("pixels", new Bernoulli(Dense.of("logits", h1, 5, Activation.IDENTITY)), x);
        return check;
    }

    /** @param sampled log q(h2 | h1) - log p(h2) instead of the KL that it estimates */
    private static Terms terms(World w, boolean sampled) {
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
        double klOfH2 = sampled ? gaussian(m2, v2, z2) - gaussian(zeros(m2), zeros(v2), z2)
                : perRow(kl(m2, v2, zeros(m2), zeros(v2)));
        return new Terms(bernoulli(linear(w, "logits", z1), in), klOfH1 + klOfH2);
    }

    @Test
    void gradientsAreThoseOfTheSampledObjective() {
        for (double klWeight : new double[] {1, 0.3}) {
            twoLayers("sampled KL, weight " + klWeight).klWeight(klWeight).run(w -> terms(w, false));
        }
    }

    /** With K samples: of the mean over all of them of log p(x, h1, h2) - log q(h1, h2 | x). */
    @Test
    void gradientsOfTheSampledElboAreThoseOfItsMeanOverTheSamples() {
        for (double klWeight : new double[] {1, 0.3}) {
            twoLayers("sampled ELBO, weight " + klWeight).run(new SampledElbo(klWeight), before -> now -> {
                Terms terms = terms(now, true);
                return klWeight * terms.kl() - terms.logLikelihood();
            });
        }
    }

    /** z = m + x, log q(z) of a mixture of N(-1, 1) and N(1.5, 1): d log q / dz = sum r_c (mean_c - z). */
    @Test
    void theParametersOfAMixtureAreStoppedButNotItsSample() {
        Graph g = new Graph();
        Value x = g.input("x", 1);
        Value z = Add.of(LearnedRow.of(g, "m", 1, 0.3f), x);
        Mixture q = new Mixture(LearnedRow.of(g, "logits", 2, 0), new DiagonalGaussian(LearnedRowPer.of(g,
                Axis.COMPONENT, "means", 2, 1, 1), LearnedRow.of(g, "logVariance", 1, 0)));
        SampledKl.of("kl", z, q, new StandardNormal(1));
        Map<String, float[]> values = Map.of("m", new float[] {0.3f}, "logits", new float[] {0.4f, -0.2f}, "means",
                new float[] {-1, 1.5f}, "logVariance", new float[] {0});
        double at = 0.8;
        double first = Math.exp(0.4 - (at + 1) * (at + 1) / 2);
        double second = Math.exp(-0.2 - (at - 1.5) * (at - 1.5) / 2);
        double ofQ = (first * (-1 - at) + second * (1.5 - at)) / (first + second);
        for (boolean stopped : new boolean[] {false, true}) {
            Objective objective = stopped ? new StickingTheLanding(new SampledElbo()) : new SampledElbo();
            try (Backend backend = new JavaBackend(1);
                    Parameters parameters = new Parameters(backend, g.parameters(), 1);
                    Step step = Step.of(g, parameters, backend).minimise(objective, new Sgd(0)).compile()) {
                parameters.all().forEach(s -> s.value().set(values.get(s.parameter().name())));
                step.value(x).set(0.5f);
                step.run(0);
                for (Parameters.State s : parameters.all()) {
                    float[] gradient = s.gradient().toArray();
                    if (s.parameter().name().equals("m")) {
                        assertEquals(ofQ + at, gradient[0], 1e-6, "through z");
                    } else {
                        assertEquals(stopped, Arrays.equals(new float[gradient.length], gradient), s.parameter()
                                .name());
                    }
                }
            }
        }
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
