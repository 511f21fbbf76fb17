package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Some steps of a VAE with each likelihood end in one SHA-256, whatever they ran on. */
class LikelihoodRunsEquivalenceTest {
    private static final int ROWS = 200;
    private static final int COLUMNS = 37;
    private static final int STEPS = 5;

    /** Zeros and ones, of which all likelihoods have a density. */
    private static Images data() {
        float[] values = new float[ROWS * COLUMNS];
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(2);
        }
        return new Images("bits", ROWS, 1, COLUMNS, 1, values);
    }

    private static VaeSettings settings(LikelihoodKind likelihood) {
        return new VaeSettings(COLUMNS, List.of(20), 3, Activation.TANH, likelihood, 0.5, false).withClasses(3);
    }

    private static String sha256(Backend backend, VaeSettings settings) {
        Vae vae = new Vae(settings);
        try (Parameters parameters = new Parameters(backend, vae.graph().parameters(), 42);
                Trainer trainer = new Trainer(vae, parameters, backend, TrainingSettings.of(96, 42), data())) {
            trainer.steps(STEPS);
            List<float[]> state = new ArrayList<>();
            for (Parameters.State s : parameters.all()) {
                state.add(s.value().toArray());
                s.slots().values().forEach(slot -> state.add(slot.toArray()));
            }
            return Bits.sha256(state);
        }
    }

    @Test
    void everyBackendEndsInTheGoldenRun() throws IOException {
        Golden golden = new Golden("likelihood-runs", "likelihood SHA-256 of all parameters and Adam moments after the"
                + " run of LikelihoodRunsEquivalenceTest");
        Set<String> all = new HashSet<>();
        for (Map.Entry<String, VaeSettings> run : runs().entrySet()) {
            String expected;
            try (Backend reference = BackendsUnderTest.reference()) {
                expected = sha256(reference, run.getValue());
            }
            golden.found(run.getKey(), expected);
            assertTrue(all.add(expected), run.getKey() + " ends as another run");
            for (BackendsUnderTest under : BackendsUnderTest.all()) {
                try (Backend backend = under.open()) {
                    assertEquals(expected, sha256(backend, run.getValue()), run.getKey() + " on " + under.name());
                }
            }
        }
        golden.check();
    }

    /** Each setting of a likelihood has a run of its own. */
    private static Map<String, VaeSettings> runs() {
        Map<String, VaeSettings> runs = new LinkedHashMap<>();
        for (LikelihoodKind likelihood : LikelihoodKind.values()) {
            runs.put(likelihood.name(), settings(likelihood));
        }
        for (LikelihoodKind likelihood : List.of(LikelihoodKind.POISSON, LikelihoodKind.NEGATIVE_BINOMIAL,
                LikelihoodKind.ZERO_INFLATED_NEGATIVE_BINOMIAL)) {
            runs.put(likelihood + ", library size", settings(likelihood).withLibrarySize());
        }
        VaeSettings mixture = settings(LikelihoodKind.DISCRETISED_LOGISTIC_MIXTURE);
        runs.put("CATEGORICAL, 5 classes", settings(LikelihoodKind.CATEGORICAL).withClasses(5));
        runs.put("DISCRETISED_LOGISTIC_MIXTURE, 5 classes", mixture.withClasses(5));
        runs.put("DISCRETISED_LOGISTIC_MIXTURE, 2 components", mixture.withComponents(2));
        return runs;
    }
}
