package io.elbo4j.control.imitation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Reacher2;
import io.elbo4j.control.environment.Until;
import io.elbo4j.control.evaluation.Episodes;
import io.elbo4j.purejava.JavaBackend;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LatentPlansTest {
    private static final Imitation.Settings LINES = new Imitation.Settings(List.of(), 8, 0.01, true);
    private static final Imitation.Settings TINY = new Imitation.Settings(List.of(8), 16, 1e-2);

    private final Backend backend = new JavaBackend(1);

    private static float[] numbers(LatentPlans plans, String name) {
        return plans.parameters().all().stream().filter(s -> s.parameter().name().equals(name)).findFirst()
                .orElseThrow().value().toArray();
    }

    /** Column c of x W + b. */
    private static double line(LatentPlans plans, String name, double[] x, int c) {
        float[] weight = numbers(plans, name + ".0.weight");
        float[] bias = numbers(plans, name + ".0.bias");
        double y = bias[c];
        for (int i = 0; i < x.length; i++) {
            y += x[i] * weight[i * bias.length + c];
        }
        return y;
    }

    /** Seen by mean and deviation of the play, both computed here. */
    private static double[][] normalised(Demonstrations play) {
        int columns = play.observations().length / play.decisions();
        double[][] rows = new double[play.decisions()][columns];
        for (int c = 0; c < columns; c++) {
            double mean = 0;
            double square = 0;
            for (int r = 0; r < rows.length; r++) {
                mean += (double) play.observations()[r * columns + c] / rows.length;
            }
            for (int r = 0; r < rows.length; r++) {
                square += Math.pow(play.observations()[r * columns + c] - mean, 2) / rows.length;
            }
            for (int r = 0; r < rows.length; r++) {
                rows[r][c] = (play.observations()[r * columns + c] - mean) / Math.sqrt(square);
            }
        }
        return rows;
    }

    /**
     * Networks are lines: q sees the whole window, p its first state and where it ends, each window is inside of an
     * episode.
     */
    @Test
    void theKlIsOfPosteriorAndPrior() {
        int w = 3;
        int latent = 2;
        Demonstrations one = ReacherPlay.of(20, 1);
        Demonstrations play = new Demonstrations(20, one.observations(), one.actions(), new int[] {2, 10, 8});
        try (LatentPlans plans = new LatentPlans(new LatentPlans.Settings(2, w, latent, 0.1, LINES), play, backend,
                3)) {
            plans.learn(20);
            double[][] seen = normalised(play);
            double sum = 0;
            int count = 0;
            for (int first = 0; first + w <= 20; first++) {
                boolean inside = first >= 2 && first + w <= 12 || first >= 12;
                if (!inside) {
                    continue;
                }
                double[] window = new double[w * 8];
                for (int t = 0; t < w; t++) {
                    System.arraycopy(seen[first + t], 0, window, 6 * t, 6);
                    for (int c = 0; c < 2; c++) {
                        window[6 * w + 2 * t + c] = play.actions()[2 * (first + t) + c];
                    }
                }
                double[] ends = seen[first].clone();
                System.arraycopy(seen[first + w - 1], 4, ends, 4, 2);
                for (int d = 0; d < latent; d++) {
                    double m = line(plans, "posterior", window, d);
                    double v = line(plans, "posterior", window, latent + d);
                    double pm = line(plans, "prior", ends, d);
                    double pv = line(plans, "prior", ends, latent + d);
                    sum += (pv - v + (Math.exp(v) + (m - pm) * (m - pm)) / Math.exp(pv) - 1) / 2;
                }
                count++;
            }
            assertEquals(sum / count, plans.kl(play), 1e-4 * (1 + sum / count));
            assertEquals(numbers(plans, "seen.mean")[0], Arrays.stream(split(play, 0)).average().orElseThrow(), 1e-6,
                    "updates leave the normalisation alone");
        }
    }

    private static double[] split(Demonstrations play, int column) {
        double[] all = new double[play.decisions()];
        for (int r = 0; r < all.length; r++) {
            all[r] = play.observations()[6 * r + column];
        }
        return all;
    }

    /**
     * One line of the decoder: with lines, what is done is mean + sigma noise, of which the mean is linear in z; the
     * same z stays for as many steps as are said.
     */
    @Test
    void aPlanIsFollowedForSomeSteps() {
        Demonstrations play = ReacherPlay.of(60, 1);
        try (LatentPlans plans = new LatentPlans(new LatentPlans.Settings(2, 4, 1, 0.1, LINES), play, backend, 3)) {
            float[] decoder = numbers(plans, "decoder.0.weight");
            // the plan alone has a say, and far more than the noise
            Arrays.fill(decoder, 0);
            decoder[6 * 4] = 1000;
            set(plans, "decoder.0.weight", decoder);
            set(plans, "decoder.0.bias", new float[] {0, 0, -2, -2});
            float[] prior = numbers(plans, "prior.0.weight");
            Arrays.fill(prior, 0);
            set(plans, "prior.0.weight", prior);
            set(plans, "prior.0.bias", new float[] {3, (float) Math.log(0.25)});
            int rows = 4000;
            try (Imitation.ActingPolicy policy = plans.policy(3, rows, 5)) {
                float[] actions = new float[2 * rows];
                double[][] z = new double[8][rows];
                for (int t = 0; t < 8; t++) {
                    if (t == 0 || t == 7) {
                        policy.begin();
                    }
                    policy.act(new float[6 * rows], actions);
                    for (int r = 0; r < rows; r++) {
                        z[t][r] = actions[2 * r] / 1000;
                    }
                }
                for (int t = 1; t < 8; t++) {
                    int same = 0;
                    for (int r = 0; r < rows; r++) {
                        same += Math.abs(z[t][r] - z[t - 1][r]) < 1e-3 ? 1 : 0;
                    }
                    boolean anew = t == 3 || t == 6 || t == 7;
                    assertTrue(anew ? same < rows / 100 : same == rows, "step " + t + ": " + same + " are the same");
                }
                for (int t : new int[] {0, 3, 6, 7}) {
                    Samples.assertDrawn("plan of step " + t, z[t], x -> Samples.normal((x - 3) / 0.5));
                }
            }
        }
    }

    private static void set(LatentPlans plans, String name, float[] values) {
        plans.parameters().all().stream().filter(s -> s.parameter().name().equals(name)).findFirst().orElseThrow()
                .value().set(values);
    }

    @Test
    void everySettingHasASay() {
        Demonstrations play = ReacherPlay.of(200, 1);
        Set<Integer> all = new HashSet<>();
        LatentPlans.Settings base = new LatentPlans.Settings(2, 4, 2, 0.1, TINY);
        for (LatentPlans.Settings settings : List.of(base, new LatentPlans.Settings(1, 4, 2, 0.1, TINY),
                new LatentPlans.Settings(2, 5, 2, 0.1, TINY), new LatentPlans.Settings(2, 4, 3, 0.1, TINY),
                new LatentPlans.Settings(2, 4, 2, 0.2, TINY), new LatentPlans.Settings(2, 4, 2, 0.1,
                        new Imitation.Settings(List.of(9), 16, 1e-2)), new LatentPlans.Settings(2, 4, 2, 0.1,
                                new Imitation.Settings(List.of(8), 17, 1e-2)), new LatentPlans.Settings(2, 4, 2, 0.1,
                                        new Imitation.Settings(List.of(8), 16, 2e-2)), new LatentPlans.Settings(2, 4, 2,
                                                0.1, new Imitation.Settings(List.of(8), 16, 1e-2, true)))) {
            assertTrue(all.add(learned(settings, play, 1, 2)), settings.toString());
            assertTrue(!all.add(learned(settings, play, 1, 2)), "again " + settings);
        }
        assertTrue(all.add(learned(base, play, 2, 2)), "the seed");
        assertTrue(all.add(learned(base, ReacherPlay.of(201, 1), 1, 2)), "what is shown");
        assertTrue(all.add(learned(base, play, 1, 3)), "how long a plan is followed");
    }

    private int learned(LatentPlans.Settings settings, Demonstrations play, long seed, int every) {
        try (LatentPlans plans = new LatentPlans(settings, play, backend, seed); Imitation.ActingPolicy policy = plans
                .policy(every, 2, 1)) {
            plans.learn(10);
            assertEquals(10, plans.updates());
            int hash = plans.parameters().all().stream().filter(s -> !s.parameter().name().startsWith("seen"))
                    .mapToInt(s -> Arrays.hashCode(s.value().toArray())).reduce(0, (x, y) -> 31 * x + y);
            float[] actions = new float[4];
            for (int t = 0; t < 3; t++) {
                policy.act(new float[] {0.1f, -0.2f, 0.3f, 0.4f, 0.1f, 0, 0.1f, -0.2f, 0.3f, 0.4f, 0.1f, 0}, actions);
                hash = 31 * hash + Arrays.hashCode(actions);
            }
            return hash;
        }
    }

    /** What is drawn is a function of the seed, the row and the call; who watches changes nothing. */
    @Test
    void noiseIsKeyed() {
        Demonstrations play = ReacherPlay.of(200, 1);
        LatentPlans.Settings settings = new LatentPlans.Settings(2, 4, 2, 0.1, TINY);
        try (LatentPlans plans = new LatentPlans(settings, play, backend, 1);
                LatentPlans unseen = new LatentPlans(settings, play, backend, 1);
                Imitation.ActingPolicy two = plans.policy(2, 2, 1);
                Imitation.ActingPolicy three = plans.policy(2, 3, 1);
                Imitation.ActingPolicy other = plans.policy(2, 2, 2)) {
            float[] ofTwo = new float[4];
            float[] ofThree = new float[6];
            two.act(new float[12], ofTwo);
            three.act(new float[18], ofThree);
            assertArrayEquals(ofTwo, Arrays.copyOf(ofThree, 4));
            assertNotEquals(ofTwo[0], ofTwo[2], "the row");
            float before = ofTwo[0];
            other.act(new float[12], ofTwo);
            assertNotEquals(before, ofTwo[0], "the seed");
            plans.learn(3);
            plans.kl(play);
            plans.learn(3);
            unseen.learn(6);
            assertEquals(unseen.kl(play), plans.kl(play));
        }
    }

    /** A few updates reach some of the targets, and z is used. */
    @Test
    void playTeachesToReach() {
        Environment reach = new Until(new Reacher2(), "success");
        Demonstrations play = ReacherPlay.of(10_000, 0);
        double[] success = new double[2];
        LatentPlans.Settings settings = new LatentPlans.Settings(ReacherPlay.GOAL, 16, 8, 0.02, new Imitation.Settings(
                List.of(32, 32), 64, 5e-3, true));
        try (LatentPlans plans = new LatentPlans(settings, play, backend, 0); Imitation.ActingPolicy policy = plans
                .policy(16, 100, 0)) {
            success[0] = Episodes.of(policy, reach, 100).mean("success");
            plans.learn(600);
            success[1] = Episodes.of(policy, reach, 100).mean("success");
            double kl = plans.kl(play);
            System.out.printf("latent plans, seed 0: success %.2f, after 600 updates %.2f, KL %.2f%n", success[0],
                    success[1], kl);
            assertTrue(kl > 1, "KL " + kl);
        }
        assertTrue(success[1] > success[0] + 0.2, success[0] + ", then " + success[1]);
    }

    @Test
    void badArgumentsAreNamed() {
        refused("goal must be at least 1, not 0", () -> new LatentPlans.Settings(0, 2, 1, 1, TINY));
        refused("window must be at least 2, not 1", () -> new LatentPlans.Settings(1, 1, 1, 1, TINY));
        refused("latent must be at least 1, not 0", () -> new LatentPlans.Settings(1, 2, 0, 1, TINY));
        refused("klWeight must be from 0 to 1e30, not -1.0", () -> new LatentPlans.Settings(1, 2, 1, -1, TINY));
        Demonstrations play = ReacherPlay.of(9, 1);
        refused("play must be an episode of at least 10 decisions, a window, not 9", () -> new LatentPlans(
                new LatentPlans.Settings(2, 10, 1, 1, TINY), play, backend, 1));
        refused("goal must be fewer columns than the 6 that are seen, not 6", () -> new LatentPlans(
                new LatentPlans.Settings(6, 2, 1, 1, TINY), play, backend, 1));
        try (LatentPlans plans = new LatentPlans(new LatentPlans.Settings(2, 2, 1, 1, TINY), play, backend, 1)) {
            refused("every must be at least 1, not 0", () -> plans.policy(0, 1, 1));
            refused("count must be at least 0, not -1", () -> plans.learn(-1));
        }
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }
}
