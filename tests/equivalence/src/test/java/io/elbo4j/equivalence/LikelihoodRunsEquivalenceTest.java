package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
import java.util.List;
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
        for (LikelihoodKind likelihood : LikelihoodKind.values()) {
            String expected;
            try (Backend reference = BackendsUnderTest.reference()) {
                expected = sha256(reference, settings(likelihood));
            }
            golden.found(likelihood.name(), expected);
            for (BackendsUnderTest under : BackendsUnderTest.all()) {
                try (Backend backend = under.open()) {
                    assertEquals(expected, sha256(backend, settings(likelihood)), likelihood + " on " + under.name());
                }
            }
        }
        golden.check();
    }
}
