package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertNull;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Input;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Optimiser;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.ImportanceWeighted;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.optimiser.Averaged;
import io.elbo4j.train.optimiser.Sgd;
import io.elbo4j.train.schedule.Staircase;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Trainings of several objectives and periods in one step: the same bits everywhere, replayed on a device too. */
class TrainingsEquivalenceTest {
    private static final int BATCH = 33;
    private static final int X = 9;
    /** Each combination of what is due once captured and once replayed: periods of 1, 2 and 3 repeat after 6. */
    private static final int STEPS = 18;

    private final Graph g = new Graph();

    TrainingsEquivalenceTest() {
        Value x = g.input("x", X);
        Value h = Dense.of("encoder", x, 12, Activation.RELU);
        Value z = g.latent("z", DiagonalGaussian.of("q", h, 5));
        g.observe("pixels", new Bernoulli(Dense.of("decoder", z, X, Activation.IDENTITY)), x);
    }

    private Training training(Objective objective, Optimiser optimiser, String of, long every) {
        Set<Parameter> parameters = g.parameters().stream().filter(p -> p.name().startsWith(of))
                .collect(Collectors.toSet());
        return Training.of(objective, optimiser).withName(of).withParameters(parameters).withEvery(every);
    }

    private List<float[]> results(Backend backend) {
        List<float[]> results = new ArrayList<>();
        try (Parameters parameters = new Parameters(backend, g.parameters(), 3);
                Step step = Step.of(g, parameters, backend).rows(BATCH).samples(3).seed(3)
                        .minimise(training(new Elbo(), new Adam(new Staircase(0.01, 0.5, 2)), "decoder", 1))
                        .minimise(training(new ImportanceWeighted(), new Averaged(new Sgd(0.1), 0.9), "encoder", 2)
                                .withMaximumGradientNorm(0.1))
                        .minimise(training(new Elbo(), new Adam(0.01), "q", 3)).compile()) {
            Matrix x = step.value(g.all(Input.class).get(0));
            float[] values = new float[BATCH * X];
            for (int i = 0; i < values.length; i++) {
                values[i] = i * 29 % 37 / 37f;
            }
            x.set(values);
            for (int i = 0; i < STEPS; i++) {
                step.run(i);
                results.add(step.bound().toArray());
                parameters.all().forEach(s -> {
                    results.add(s.value().toArray());
                    s.slots().values().forEach(slot -> results.add(slot.toArray()));
                });
            }
        }
        return results;
    }

    @Test
    void everyBackendHasTheSameBits() {
        List<float[]> expected;
        try (Backend reference = BackendsUnderTest.reference()) {
            expected = results(reference);
        }
        for (BackendsUnderTest under : BackendsUnderTest.all()) {
            try (Backend backend = under.open()) {
                assertNull(Bits.difference(expected, results(backend)), under.name());
            }
        }
    }
}
