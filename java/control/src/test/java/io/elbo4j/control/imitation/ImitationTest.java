package io.elbo4j.control.imitation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.evaluation.Episodes;
import io.elbo4j.purejava.JavaBackend;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is learned of two ways: one Gaussian goes between them, the others do not. */
class ImitationTest {
    private static final Imitation.Settings TINY = new Imitation.Settings(List.of(8), 16, 1e-2);
    private static final int EPISODES = 200;

    private final Backend backend = new JavaBackend(1);

    private int learned(ActionModel model, Imitation.Settings settings, Demonstrations shown, long seed) {
        try (Imitation imitation = new Imitation(model, settings, shown, backend, seed); Imitation.ActingPolicy policy =
                imitation.policy(2, 1)) {
            imitation.learn(10);
            float[] actions = new float[2 * shown.actions().length / shown.decisions()];
            policy.act(new float[] {0.1f, -0.2f, 0.3f, 0.4f}, actions);
            return imitation.parameters().all().stream().mapToInt(s -> Arrays.hashCode(s.value().toArray())).reduce(
                    Arrays.hashCode(actions), (x, y) -> 31 * x + y);
        }
    }

    @Test
    void everySettingHasASay() {
        Demonstrations shown = Demonstrations.of(new CrossExpert(), 5, 1);
        Set<Integer> all = new HashSet<>();
        List<ActionModel> models = List.of(new GaussianPolicy(false), new GaussianPolicy(true),
                new MixtureDensityPolicy(
                        2), new MixtureDensityPolicy(3), new DiscretisedPolicy(5, -1.5, 1.5, false),
                new DiscretisedPolicy(5,
                        -1.5, 1.5, true), new DiscretisedPolicy(6, -1.5, 1.5, false), new DiscretisedPolicy(5, -1.6,
                                1.5,
                                false), new DiscretisedPolicy(5, -1.5, 1.6, false), new ConditionalVaePolicy(2, 4),
                new ConditionalVaePolicy(3, 4), new ConditionalVaePolicy(2, 5));
        for (ActionModel model : models) {
            assertTrue(all.add(learned(model, TINY, shown, 1)), model.toString());
            assertTrue(!all.add(learned(model, TINY, shown, 1)), "again " + model);
        }
        ActionModel model = models.get(2);
        assertTrue(all.add(learned(model, TINY, shown, 2)), "the seed");
        assertTrue(all.add(learned(model, new Imitation.Settings(List.of(9), 16, 1e-2), shown, 1)), "widths");
        assertTrue(all.add(learned(model, new Imitation.Settings(List.of(8), 17, 1e-2), shown, 1)), "batch");
        assertTrue(all.add(learned(model, new Imitation.Settings(List.of(8), 16, 2e-2), shown, 1)), "learning rate");
        assertTrue(all.add(learned(model, TINY, Demonstrations.of(new CrossExpert(), 6, 1), 1)), "what is shown");
    }

    /** What is drawn is a function of the seed, the row and the call; who watches changes nothing. */
    @Test
    void noiseIsKeyed() {
        Demonstrations shown = Demonstrations.of(new ForkExpert(), 5, 1);
        try (Imitation imitation = new Imitation(new MixtureDensityPolicy(2), TINY, shown, backend, 1);
                Imitation.ActingPolicy two = imitation.policy(2, 1); Imitation.ActingPolicy three = imitation.policy(3,
                        1); Imitation.ActingPolicy other = imitation.policy(2, 2)) {
            float[] ofTwo = new float[2];
            float[] ofThree = new float[3];
            two.act(new float[4], ofTwo);
            three.act(new float[6], ofThree);
            assertArrayEquals(ofTwo, Arrays.copyOf(ofThree, 2));
            float[] before = ofTwo.clone();
            two.act(new float[4], ofTwo);
            assertTrue(before[0] != ofTwo[0], "the call");
            assertTrue(before[0] != before[1], "the row");
            other.act(new float[4], ofTwo);
            assertTrue(before[0] != ofTwo[0], "the seed");
            imitation.learn(10);
            imitation.logLikelihood(shown, 1);
            imitation.learn(10);
            assertEquals(20, imitation.updates());
            assertThrows(ArgumentException.class, () -> imitation.learn(-1));
            try (Imitation unseen = new Imitation(new MixtureDensityPolicy(2), TINY, shown, backend, 1)) {
                unseen.learn(20);
                assertEquals(unseen.logLikelihood(shown, 1), imitation.logLikelihood(shown, 1));
            }
        }
    }

    private record Found(double success, double above, double logLikelihood, double kl) {}

    private Found imitate(ActionModel model, Expert expert, boolean mirrored, int updates, long seed) {
        Environment environment = expert.environment();
        try (Imitation imitation = new Imitation(model, Imitation.Settings.small(), shown(expert, mirrored, 200, seed),
                backend, seed); Imitation.ActingPolicy policy = imitation.policy(EPISODES, seed)) {
            imitation.learn(updates);
            Episodes played = Episodes.of(policy, environment, EPISODES);
            Demonstrations test = shown(expert, mirrored, 100, ~seed);
            Found found = new Found(played.mean("success"), played.mean("above"), imitation.logLikelihood(test, 32),
                    imitation.kl(test));
            System.out.printf("%s, %s, seed %d, %,d updates: %s%n", model, expert, seed, updates, found);
            return found;
        }
    }

    private static Demonstrations shown(Expert expert, boolean mirrored, int episodes, long seed) {
        return mirrored ? Demonstrations.of(expert, episodes / 2, seed).mirrored(expert) : Demonstrations.of(expert,
                episodes, seed);
    }

    private static void assertBothWays(Found found) {
        assertTrue(found.above() >= 0.3 && found.above() <= 0.7, "above " + found.above());
    }

    private static void assertAtLeast(double least, double found) {
        assertTrue(found >= least, found + " is below " + least);
    }

    /** The gates of the Fork, of 10,000 updates, after fewer. */
    @Test
    void onePassesATreeOnOneSideOrTheOther() {
        Expert fork = new ForkExpert();
        Found mean = imitate(new GaussianPolicy(true), fork, true, 2500, 0);
        Found mixture = imitate(new MixtureDensityPolicy(5), fork, true, 5000, 0);
        Found vae = imitate(new ConditionalVaePolicy(2, 1000), fork, true, 5000, 0);
        assertTrue(mean.success() <= 0.4, "mean " + mean);
        assertAtLeast(0.92, mixture.success());
        assertBothWays(mixture);
        assertAtLeast(mean.logLikelihood() + 0.04, mixture.logLikelihood());
        assertAtLeast(0.75, vae.success());
        assertTrue(vae.kl() > 0.02, "KL " + vae.kl());
    }

    /** Those of the Cross, of 5,000. */
    @Test
    void bothCoordinatesGoOneWay() {
        Expert cross = new CrossExpert();
        Found gaussian = imitate(new GaussianPolicy(false), cross, false, 1000, 0);
        Found mixture = imitate(new MixtureDensityPolicy(5), cross, false, 1000, 0);
        Found bins = imitate(new DiscretisedPolicy(51, -1.5, 1.5, false), cross, false, 1000, 0);
        Found independent = imitate(new DiscretisedPolicy(51, -1.5, 1.5, true), cross, false, 1000, 0);
        Found vae = imitate(new ConditionalVaePolicy(2, 1000), cross, false, 2000, 0);
        for (Found found : List.of(mixture, bins, vae)) {
            assertAtLeast(0.95, found.success());
            assertBothWays(found);
        }
        assertTrue(independent.success() <= 0.8, "independent " + independent);
        assertAtLeast(gaussian.logLikelihood() + 0.15, mixture.logLikelihood());
    }

    @Test
    void badArgumentsAreNamed() {
        refused("components must be at least 1, not 0", () -> new MixtureDensityPolicy(0));
        refused("bins must be at least 2, not 1", () -> new DiscretisedPolicy(1, 0, 1, false));
        refused("high must be finite and above low, 1.0, not 1.0", () -> new DiscretisedPolicy(2, 1, 1, false));
        refused("low must be finite, not NaN", () -> new DiscretisedPolicy(2, Double.NaN, 1, false));
        refused("latent must be at least 1, not 0", () -> new ConditionalVaePolicy(0, 1));
        refused("warmUp must be at least 0, not -1", () -> new ConditionalVaePolicy(1, -1));
        refused("widths must be at least 1 each, not [0]", () -> new Imitation.Settings(List.of(0), 1, 1));
        refused("batch must be at least 1, not 0", () -> new Imitation.Settings(List.of(1), 0, 1));
        refused("learningRate must be from 1e-30 to 1e30, not 0.0", () -> new Imitation.Settings(List.of(1), 1, 0));
        refused("name must be one of [above, success], not size", () -> Episodes.of((o, a) -> {}, new ForkExpert()
                .environment(), 1).mean("size"));
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }
}
