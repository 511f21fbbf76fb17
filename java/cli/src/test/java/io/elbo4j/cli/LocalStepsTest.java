package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an encoder gives away, by the command line. */
class LocalStepsTest extends ModelRuns {
    /** What is there without local steps stays as it is; more steps, and another rate, are another q. */
    @ParameterizedTest
    @ValueSource(strings = {"vae", "conditional-vae", "convolutional-vae", "linear-gaussian", "vamp-vae",
            "completion-vae"})
    void localStepsSayWhatTheEncoderGivesAway(String model) {
        String[] evaluate = {"evaluate", "--checkpoint", trained(model).toString(), "--backend", "java", "--json"};
        JsonObject without = Cli.run(evaluate).succeeds().json();
        Set<Double> fitted = new TreeSet<>();
        for (String[] local : List.of(new String[] {"200"}, new String[] {"20"}, new String[] {"200", "--local-rate",
                "0.01"})) {
            JsonObject found = Cli.run(Lists.join(List.of(Lists.join(List.of(evaluate), "--local-steps")), local))
                    .succeeds()
                    .json();
            without.entrySet().forEach(e -> assertEquals(e.getValue(), found.get(e.getKey()), e.getKey()));
            assertEquals(Integer.parseInt(local[0]), found.get("local_steps").getAsInt());
            assertEquals(local.length == 1 ? 0.03 : 0.01, found.get("local_rate").getAsDouble());
            assertEquals(2 * 3 * TEST, found.get("local_parameters").getAsInt());
            double gap = found.get("amortisation_gap").getAsDouble();
            assertTrue(gap > 0, found.toString());
            assertEquals(found.get("elbo").getAsDouble(), found.get("elbo_encoder").getAsDouble(), 1e-4);
            assertEquals(found.get("elbo").getAsDouble() + gap, found.get("elbo_fitted").getAsDouble(), 1e-4);
            fitted.add(found.get("elbo_fitted").getAsDouble());
        }
        assertEquals(3, fitted.size());
    }

    @Test
    void localStepsNeedAnEncoder() {
        String run = trained("vae").toString();
        String text = Cli.run("evaluate", "--checkpoint", run, "--local-steps", "3", "--samples", "10").succeeds()
                .out();
        for (String line : List.of("fitted ELBO ", ", from ", " (3 local steps of each row, rate 0.03)",
                "amortisation gap  ",
                "standard error", "approximation gap ", "parameters of q   264 of the encoder; 54 of a q of each row's"
                        + " own")) {
            assertTrue(text.contains(line), text);
        }
        Cli.run("evaluate", "--checkpoint", run, "--local-steps", "0").fails(2, "--local-steps must be at least 1, not"
                + " 0");
        Cli.run("evaluate", "--checkpoint", run, "--local-steps", "1", "--local-rate", "0").fails(2,
                "--local-rate must be above 0 and at most 1e9, not 0.0");
        Cli.run("evaluate", "--checkpoint", run, "--local-rate", "1").fails(2, "--local-rate goes with --local-steps");
        Cli.run("evaluate", "--checkpoint", trained("local-inference").toString(), "--local-steps", "1").fails(2,
                "--local-steps must be left out with a model without one Gaussian q(z given x) that an encoder gives");
    }
}
