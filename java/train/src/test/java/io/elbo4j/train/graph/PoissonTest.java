package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.operation.LogLikelihood;
import io.elbo4j.operation.LogLikelihood.Function;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.Poisson;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Adam;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PoissonTest {
    private static float logLikelihood(float x, float l) {
        return Terms.of(LogLikelihood.of(Function.POISSON), x, l)[0];
    }

    /** Against float64, log(x!) a sum of logarithms: all small counts, then ever fewer up to 2^24. */
    @Test
    void staysWithinThePromisedError() {
        SplittableRandom random = new SplittableRandom(7);
        double logFactorial = 0;
        for (int x = 0; x <= 1 << 24; x++) {
            logFactorial += StrictMath.log(Math.max(1, x));
            if (x > 2000 && x % 97 != 0 && x != 1 << 24) {
                continue;
            }
            double near = StrictMath.log(x + 1);
            for (double l : new double[] {near, near + random.nextDouble(-0.1, 0.1), random.nextDouble(-20, 20)}) {
                float at = (float) l;
                double expected = (double) x * at - StrictMath.exp(at) - logFactorial;
                double error = Math.abs(logLikelihood(x, at) - expected) / (Math.abs(expected) + 1);
                assertTrue(error <= 0x1p-15, "x = " + x + ", log-rate " + at + ": error " + error);
            }
        }
    }

    @Test
    void specialValues() {
        assertEquals(-1f, logLikelihood(1, 0));
        assertEquals(Float.NEGATIVE_INFINITY, logLikelihood(3, 89));
        assertEquals(Float.NaN, logLikelihood(0, Float.NEGATIVE_INFINITY));
        assertEquals(Float.NEGATIVE_INFINITY, logLikelihood(2, Float.NEGATIVE_INFINITY));
        assertEquals(Float.NaN, logLikelihood(Float.NaN, 1));
    }

    /** An encoder of counts as large as bytes would overflow with the first step. */
    @Test
    void aVaeLearnsBytes() {
        float[] bytes = new float[64 * 300];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = i % 3 == 0 ? 0 : i * 7919 % 256;
        }
        Vae vae = new Vae(VaeSettings.of(300, 8, 100).withLikelihood(VaeSettings.LikelihoodKind.POISSON));
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                Step step = Step.of(vae.graph(), parameters, backend).rows(64).minimise(new Elbo(), new Adam(1e-3))
                        .compile()) {
            step.value(vae.graph().all(Input.class).get(0)).set(bytes);
            double first = 0;
            for (int i = 0; i < 200; i++) {
                step.run(i);
                first = i == 0 ? step.total(Term.Role.LOG_LIKELIHOOD) : first;
            }
            assertTrue(step.total(Term.Role.LOG_LIKELIHOOD) > first / 4, "from " + first);
        }
    }

    /** log(x!) is left out of the formula, a constant. */
    @Test
    void gradient() {
        Graph g = new Graph();
        Value x = g.input("x", 5);
        Value z = g.latent("z", DiagonalGaussian.of("q", x, 2));
        Poisson poisson = new Poisson(Dense.of("log-rates", z, 5, Activation.IDENTITY));
        g.observe("o", poisson, Scale.of(x, 7, 0));
        FiniteDifferences.check("Poisson", g, 7, Map.of(Function.POISSON, (count, p) -> count * p[0] - Math.exp(p[0])));
        assertEquals("latent 'y': a DiagonalGaussian draws real numbers, its prior, a Poisson, counts",
                assertThrows(IllegalArgumentException.class, () -> g.latent("y", DiagonalGaussian.of("p", x, 5),
                        poisson))
                        .getMessage());
    }
}
