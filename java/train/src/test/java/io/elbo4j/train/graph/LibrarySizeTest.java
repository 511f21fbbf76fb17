package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.operation.LogLikelihood.Function;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.Poisson;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.LibrarySize;
import io.elbo4j.train.layer.LogSoftmax;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Spread;
import io.elbo4j.train.model.Inputs;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.objective.Elbo;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LibrarySizeTest {
    private static final int COLUMNS = 6;

    private static VaeSettings settings(LikelihoodKind likelihood) {
        return new VaeSettings(COLUMNS, List.of(5), 2, Activation.TANH, likelihood, 1, false);
    }

    private static Images counts() {
        SplittableRandom random = new SplittableRandom(4);
        float[] values = new float[40 * COLUMNS];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(1 + 10 * (i / COLUMNS % 7));
        }
        for (int r = 0; r < 40; r++) {
            values[r * COLUMNS]++;
        }
        return new Images("counts", 40, 1, COLUMNS, 1, values);
    }

    private static float[] trained(VaeSettings settings) {
        Vae vae = new Vae(settings);
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                Trainer trainer = new Trainer(vae, parameters, backend, TrainingSettings.of(20, 1), counts())) {
            trainer.steps(3);
            return parameters.all().get(0).value().toArray();
        }
    }

    @ParameterizedTest
    @EnumSource(value = LikelihoodKind.class,
            names = {"POISSON", "NEGATIVE_BINOMIAL", "ZERO_INFLATED_NEGATIVE_BINOMIAL"})
    void meansAreSharesOfTheLibrary(LikelihoodKind likelihood) {
        VaeSettings settings = settings(likelihood).withLibrarySize();
        assertFalse(Arrays.equals(trained(settings(likelihood)), trained(settings)), "no bit is another");
        Vae vae = new Vae(settings);
        Value mean = vae.outputs().get(Model.MEAN);
        Value generated = vae.outputs().get(Model.GENERATED_MEAN);
        float[] x = {3, 0, 1, 0, 9, 0, 100, 200, 300, 0, 0, 400};
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                Step step = Step.of(vae.graph(), parameters, backend).rows(2).want(mean).want(generated).compile()) {
            step.value(vae.graph().all(Input.class).get(0)).set(x);
            step.run(0);
            float[] means = step.value(mean).toArray();
            float[] shares = step.value(generated).toArray();
            double[] libraries = {13, 1000};
            for (int r = 0; r < 2; r++) {
                double sum = 0;
                for (int c = 0; c < COLUMNS; c++) {
                    assertEquals(libraries[r] * shares[r * COLUMNS + c], means[r * COLUMNS + c], 1e-5 * libraries[r]);
                    sum += shares[r * COLUMNS + c];
                }
                if (likelihood == LikelihoodKind.ZERO_INFLATED_NEGATIVE_BINOMIAL) {
                    assertTrue(sum > 0 && sum < 1);
                } else {
                    assertEquals(1, sum, 1e-6);
                }
            }
        }
    }

    /** Of given shares the formula of a Poisson variable. */
    @Test
    void theRateIsTheLibraryTimesTheShare() {
        Graph g = new Graph();
        Value x = g.input("x", 3);
        Value logits = LearnedRow.of(g, "logits", 3, 0.5f);
        Observation o = g.observe("o", new Poisson(Add.of(LogSoftmax.of(logits), Spread.of(LibrarySize.of(x), 3))), x);
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, parameters, backend).rows(1).evaluate(new Elbo()).compile()) {
            step.value((Input) x).set(new float[] {2, 0, 4});
            step.run(0);
            assertEquals(6 * Math.log(2) - 6 - Math.log(2) - Math.log(24), step.plan().terms().get(o.logLikelihood())
                    .toArray()[0], 1e-5);
        }
    }

    @Test
    void gradient() {
        Graph g = new Graph();
        Value x = g.input("x", 5);
        Value z = g.latent("z", DiagonalGaussian.of("q", x, 2));
        Value counts = Scale.of(x, 7, 1);
        Value shares = LogSoftmax.of(Dense.of("shares", z, 5, Activation.IDENTITY));
        g.observe("o", new Poisson(Add.of(shares, Spread.of(LibrarySize.of(counts), 5))), counts);
        FiniteDifferences.check("library size", g, 7, Map.of(Function.POISSON, (at, p) -> at * p[0] - Math.exp(p[0])));
    }

    @Test
    void refused() {
        Vae vae = new Vae(settings(LikelihoodKind.POISSON).withLibrarySize());
        Inputs.requireValues(vae.graph(), counts());
        float[] zeros = new float[2 * COLUMNS];
        zeros[0] = 1;
        assertEquals("zeros: the library size of row 1, the sum of its counts, is 0, expected above 0",
                assertThrows(DataException.class, () -> Inputs.requireValues(vae.graph(), new Images("zeros", 2, 1,
                        COLUMNS, 1, zeros))).getMessage());
        zeros[8] = -1;
        assertEquals("zeros: the Poisson likelihood needs values that are counts, whole numbers from 0 to 16777216; row"
                + " 1, column 2 is -1.0", assertThrows(DataException.class, () -> Inputs.requireValues(vae.graph(),
                        new Images("zeros", 2, 1, COLUMNS, 1, zeros))).getMessage());
        assertEquals("librarySize must be left out with the likelihood categorical (it goes with those of counts), not"
                + " true", assertThrows(IllegalArgumentException.class, () -> settings(LikelihoodKind.CATEGORICAL)
                        .withLibrarySize()).getMessage());
    }
}
