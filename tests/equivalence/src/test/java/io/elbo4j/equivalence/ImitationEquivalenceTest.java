package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.Backend;
import io.elbo4j.control.environment.ForkPause;
import io.elbo4j.control.environment.Reacher2;
import io.elbo4j.control.evaluation.Returns;
import io.elbo4j.control.imitation.ActionChunks;
import io.elbo4j.control.imitation.Demonstrations;
import io.elbo4j.control.imitation.ForkPauseExpert;
import io.elbo4j.control.imitation.Imitation;
import io.elbo4j.control.imitation.LatentPlans;
import io.elbo4j.control.imitation.MixtureDensityPolicy;
import io.elbo4j.control.imitation.ReacherPlay;
import io.elbo4j.control.imitation.Reading;
import io.elbo4j.train.graph.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What is learned from others in a few updates, and how it acts, has one SHA-256, whatever it ran on. */
class ImitationEquivalenceTest {
    private static final int SEED = 5;
    private static final int UPDATES = 20;
    private static final Imitation.Settings LEARNING = new Imitation.Settings(List.of(64, 33), 50, 1e-3);
    private static final Imitation.Settings NORMALISED = new Imitation.Settings(List.of(64, 33), 50, 1e-3, true);

    private static final Map<String, Function<Backend, String>> RUNS = new TreeMap<>(Map.of("action-chunks",
            b -> chunks(new ActionChunks.Settings(7, 0, 0, LEARNING), ActionChunks.Style.MEAN, b), "action-chunks-vae",
            b -> chunks(new ActionChunks.Settings(5, 3, 0.01, LEARNING), ActionChunks.Style.OF_CHUNK, b),
            "latent-plans", ImitationEquivalenceTest::plans, "goals-in-hindsight", ImitationEquivalenceTest::flat));

    @Test
    void everyBackendEndsInTheGoldenRun() throws IOException {
        Golden golden = new Golden("imitation-runs",
                "policy SHA-256 of all parameters and Adam moments, and of returns,"
                        + " after the run of ImitationEquivalenceTest");
        for (Map.Entry<String, Function<Backend, String>> each : RUNS.entrySet()) {
            String expected;
            try (Backend reference = BackendsUnderTest.reference()) {
                expected = each.getValue().apply(reference);
            }
            golden.found(each.getKey(), expected);
            for (BackendsUnderTest under : BackendsUnderTest.all()) {
                try (Backend backend = under.open()) {
                    assertEquals(expected, each.getValue().apply(backend), each.getKey() + " " + under.name());
                }
            }
        }
        golden.check();
    }

    private static String chunks(ActionChunks.Settings settings, ActionChunks.Style style, Backend backend) {
        Demonstrations shown = Demonstrations.of(new ForkPauseExpert(), 20, SEED);
        try (ActionChunks chunks = new ActionChunks(settings, shown, backend, SEED); Imitation.ActingPolicy policy =
                chunks.policy(Reading.ensembling(settings.length(), 0.1), style, 5, SEED)) {
            chunks.learn(UPDATES);
            return sha256(chunks.parameters(), Returns.of(policy, new ForkPause(), 5), chunks.error(shown), chunks.kl(
                    shown));
        }
    }

    private static String plans(Backend backend) {
        Demonstrations play = ReacherPlay.of(500, SEED);
        try (LatentPlans plans = new LatentPlans(new LatentPlans.Settings(ReacherPlay.GOAL, 9, 5, 0.02, NORMALISED),
                play, backend, SEED); Imitation.ActingPolicy policy = plans.policy(4, 5, SEED)) {
            plans.learn(UPDATES);
            return sha256(plans.parameters(), Returns.of(policy, new Reacher2(), 5), plans.kl(play));
        }
    }

    private static String flat(Backend backend) {
        Demonstrations play = ReacherPlay.of(200, SEED).inHindsight(ReacherPlay.GOAL, 6);
        try (Imitation imitation = new Imitation(new MixtureDensityPolicy(3), NORMALISED, play, backend, SEED);
                Imitation.ActingPolicy policy = imitation.policy(5, SEED)) {
            imitation.learn(UPDATES);
            return sha256(imitation.parameters(), Returns.of(policy, new Reacher2(), 5), imitation.logLikelihood(play,
                    1));
        }
    }

    private static String sha256(Parameters parameters, Returns returns, double... more) {
        List<float[]> state = new ArrayList<>();
        parameters.all().forEach(s -> {
            state.add(s.value().toArray());
            s.slots().values().forEach(slot -> state.add(slot.toArray()));
        });
        state.add(floats(returns.ofEpisodes()));
        state.add(floats(more));
        return Bits.sha256(state);
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
