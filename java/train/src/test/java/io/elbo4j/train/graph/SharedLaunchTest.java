package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LayerNorm;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Sgd;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** One launch writes the gradients of gamma and beta, however they are trained, of a layer that is applied thrice. */
class SharedLaunchTest {
    private static final long SEED = 3;
    private static final int ROWS = 6;
    private static final int X = 4;

    private static Training of(Graph g, String regex) {
        return Training.of(new Elbo(), new Sgd(at -> 0.1, 0, 0)).withName(regex).withParameters(g.parameters().stream()
                .filter(p -> p.name().matches(regex)).collect(Collectors.toSet()));
    }

    /** Of all parameters after a step of trainings that name them so. */
    private static Map<String, float[]> trained(UnaryOperator<Training> changed, String... trainings) {
        Graph g = new Graph();
        Value x = g.input("x", X);
        LayerNorm norm = new LayerNorm("norm", X, 1e-5f);
        Value h = x;
        for (int i = 0; i < 3; i++) {
            h = norm.apply(Dense.of("dense." + i, h, X, Activation.TANH));
        }
        Value z = g.latent("z", DiagonalGaussian.of("q", h, 2));
        g.observe("x given z", new DiagonalGaussian(Dense.of("mean", z, X, Activation.IDENTITY), Dense.of("logVariance",
                z, X, Activation.IDENTITY)), x);
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(),
                SEED)) {
            StepBuilder builder = Step.of(g, parameters, backend).rows(ROWS);
            for (String regex : trainings) {
                builder.minimise(changed.apply(of(g, regex)));
            }
            Map<String, float[]> values = new TreeMap<>();
            try (Step step = builder.compile()) {
                Random random = new Random(SEED);
                float[] data = new float[ROWS * X];
                for (int i = 0; i < data.length; i++) {
                    data[i] = (float) random.nextGaussian();
                }
                step.value(x).set(data);
                step.run(0);
            }
            g.parameters().forEach(p -> values.put(p.name(), parameters.get(p).value().toArray()));
            return values;
        }
    }

    private static void assertSame(Map<String, float[]> expected, Map<String, float[]> found) {
        assertEquals(expected.keySet(), found.keySet());
        expected.forEach((name, values) -> assertArrayEquals(values, found.get(name), name));
    }

    @Test
    void apartOrTogetherIsTheSame() {
        List<UnaryOperator<Training>> all = List.of(t -> t, t -> t.withMaximumGradient(0.02),
                t -> t.withMaximumGradientNorm(1e9));
        for (UnaryOperator<Training> changed : all) {
            Map<String, float[]> together = trained(changed, ".*");
            assertSame(together, trained(changed, ".*gamma", ".*beta", ".*(weight|bias)"));
            assertSame(together, trained(changed, ".*(weight|bias)", ".*beta", ".*gamma"));
            assertSame(together, trained(changed, ".*(weight|beta)", ".*(gamma|bias)"));
        }
    }

    @Test
    void oneOfThemAloneIsTrainedAsWithTheOther() {
        Map<String, float[]> before = trained(t -> t, "q.bias");
        Map<String, float[]> together = trained(t -> t, ".*");
        for (String name : new String[] {"norm.gamma", "norm.beta"}) {
            Map<String, float[]> alone = trained(t -> t, name);
            assertArrayEquals(together.get(name), alone.get(name), name);
            assertFalse(Arrays.equals(before.get(name), alone.get(name)), name);
            String other = name.equals("norm.gamma") ? "norm.beta" : "norm.gamma";
            assertArrayEquals(before.get(other), alone.get(other), other);
        }
    }
}
