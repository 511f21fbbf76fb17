package io.elbo4j.control.imitation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Pendulum;
import io.elbo4j.control.environment.TimeLimit;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemonstrationsTest {
    private static final List<Expert> EXPERTS = List.of(new ForkExpert(), new CrossExpert());
    private static final List<Expert> ALL = List.of(new ForkExpert(), new CrossExpert(), new ForkPauseExpert());

    /** Both sides, and what they come to without noise: the tree's distance is 0.354 at least, the corners are met. */
    @Test
    void withoutNoiseExpertsSucceedOnEitherSide() {
        for (Expert expert : EXPERTS) {
            Environment environment = expert.environment();
            for (int side = -1; side <= 1; side += 2) {
                double[] state = new double[environment.stateSize()];
                float[] action = new float[environment.actions().columns()];
                double reward = 0;
                while (!environment.terminated(state)) {
                    expert.act(state, side, action);
                    reward = environment.step(state, action, new Draws(0, "test"));
                }
                assertEquals(1, reward, expert + " " + side);
                assertEquals(side == 1 ? 1 : 0, environment.info(state).get("above"));
            }
        }
    }

    /** Of the Fork: t &lt; 5 goes to the middle, and then 4 (m / 2 - y), clipped. */
    @Test
    void theForksExpertIsItsFormula() {
        float[] action = new float[1];
        double[][] cases = {{4, 0.1, 1, -0.2}, {5, 0.1, 1, 1}, {5, 0.45, 1, 0.2}, {19, 0.6, 1, -0.4}, {7, 0.1, -1, -1}};
        for (double[] c : cases) {
            new ForkExpert().act(new double[] {c[0], c[1], 0}, (int) c[2], action);
            assertEquals(c[3], action[0], 1e-6, Arrays.toString(c));
        }
    }

    @Test
    void nearlyAllSucceedOnBothSides() {
        for (Expert expert : EXPERTS) {
            Demonstrations shown = Demonstrations.of(expert, 400, 2);
            int columns = expert.environment().observations().columns();
            int steps = expert instanceof ForkExpert ? 20 : 15;
            // a collision ends an episode early
            assertTrue(shown.decisions() > 400 * steps * 0.99, expert + ": " + shown.decisions());
            assertEquals(shown.decisions() * columns, shown.observations().length);
            int above = 0;
            int count = 0;
            for (int i = 0; i + 1 < shown.decisions(); i++) {
                float[] o = shown.observations();
                boolean last = expert instanceof ForkExpert ? o[2 * i] > 1.6 : o[2 * i] * o[2 * i] > 2;
                if (last) {
                    count++;
                    above += o[2 * i + 1] > 0 ? 1 : 0;
                }
            }
            double share = above / (double) count;
            assertEquals(0.5, share, 0.08, expert + ": " + share);
        }
    }

    /** Deviation of the noise: of what is done, less what the expert would do. */
    @Test
    void theNoiseIsInWhatIsDone() {
        Demonstrations shown = Demonstrations.of(new ForkExpert(), 300, 1);
        double square = 0;
        int count = 0;
        for (int i = 0; i < shown.decisions(); i++) {
            if (shown.observations()[2 * i] < -0.8) { // the first five steps
                double e = shown.actions()[i] + 2 * 0.35 * shown.observations()[2 * i + 1];
                square += e * e;
                count++;
            }
        }
        assertEquals(1500, count);
        assertEquals(0.1, Math.sqrt(square / count), 0.1 * 4 / Math.sqrt(2.0 * count));
    }

    @Test
    void anEpisodeIsAFunctionOfItsNumber() {
        Demonstrations few = Demonstrations.of(new CrossExpert(), 3, 4);
        Demonstrations more = Demonstrations.of(new CrossExpert(), 6, 4);
        assertArrayEquals(few.actions(), Arrays.copyOf(more.actions(), few.actions().length));
        assertTrue(!Arrays.equals(few.actions(), Demonstrations.of(new CrossExpert(), 3, 5).actions()));
    }

    /** An image is one of the same system: what follows an image is the image of what follows. */
    @Test
    void imagesObeyTheEnvironment() {
        for (Expert expert : ALL) {
            Environment environment = expert.environment();
            double[] state = new double[environment.stateSize()];
            double[] image = state.clone();
            float[] action = new float[environment.actions().columns()];
            float[] seen = new float[2];
            float[] imageSeen = new float[2];
            Draws draws = new Draws(3, "test");
            while (!environment.terminated(state)) {
                expert.act(state, 1, action);
                action[0] += (float) (0.1 * draws.normal());
                float[] mirrored = action.clone();
                for (int i = 0; i < action.length; i++) {
                    mirrored[i] *= expert.mirrorOfActions()[i];
                }
                assertEquals(environment.step(state, action, draws), environment.step(image, mirrored, draws));
                environment.observe(state, seen);
                environment.observe(image, imageSeen);
                for (int i = 0; i < 2; i++) {
                    assertEquals(expert.mirror()[i] * seen[i], imageSeen[i], 1e-6);
                }
            }
            assertTrue(environment.terminated(image));
            Demonstrations half = Demonstrations.of(expert, 4, 1);
            Demonstrations all = half.mirrored(expert);
            assertEquals(2 * half.decisions(), all.decisions());
            assertEquals(-half.actions()[1], all.actions()[half.actions().length + 1]);
            assertEquals(expert.mirror()[0] * half.observations()[2], all.observations()[half.observations().length
                    + 2]);
            assertArrayEquals(half.observations(), Arrays.copyOf(all.observations(), half.observations().length));
        }
    }

    /** A pendulum has no end but its limit: an episode has as many decisions. */
    @Test
    void anEpisodeStopsAtItsLimit() {
        Demonstrations shown = Demonstrations.of(new Swinger(new Pendulum()), 3, 1);
        assertEquals(3 * 200, shown.decisions());
        assertEquals(3 * 200 * 3, shown.observations().length);
        assertEquals(7, Demonstrations.of(new Swinger(new TimeLimit(new Pendulum(), 7)), 1, 1).decisions());
    }

    @Test
    void whatNeverEndsIsRefused() {
        Expert endless = new Swinger(new TimeLimit(new Pendulum(), 0));
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> refused("environment must be one with a limit, as"
                + " TimeLimit has, or one that terminates within 100000 steps, not pendulum, which has neither",
                () -> Demonstrations.of(endless, 1, 1)));
        assertEquals(100_001, Demonstrations.of(new Swinger(new TimeLimit(new Pendulum(), 100_001)), 1, 1).decisions());
    }

    private record Swinger(Environment environment) implements Expert {
        @Override
        public void act(double[] state, int side, float[] action) {
            action[0] = side;
        }

        @Override
        public double noise() {
            return 0.1;
        }

        @Override
        public float[] mirror() {
            return new float[] {1, -1, -1};
        }

        @Override
        public float[] mirrorOfActions() {
            return new float[] {-1};
        }
    }

    /** It stops at x = 0.5 for 4 to 10 steps, each as often, in which it does nothing; else it is not still. */
    @Test
    void aPauseIsUniformAndZero() {
        int episodes = 1400;
        Demonstrations shown = Demonstrations.of(new ForkPauseExpert(), episodes, 1);
        assertEquals(shown.decisions(), Arrays.stream(shown.lengths()).sum());
        assertEquals(episodes, shown.lengths().length);
        long[] counts = new long[7];
        double square = 0;
        int moving = 0;
        int first = 0;
        for (int length : shown.lengths()) {
            int pause = 0;
            for (int t = first; t < first + length; t++) {
                float[] a = {shown.actions()[2 * t], shown.actions()[2 * t + 1]};
                double x = 1 + 0.6 * shown.observations()[2 * t];
                double y = 0.3 * shown.observations()[2 * t + 1];
                if (a[0] == 0) {
                    assertEquals(0, a[1]);
                    assertTrue(x >= 0.5 - 1e-6 && x < 0.7, "x " + x);
                    pause++;
                } else {
                    double steer = pause == 0 ? 0 : Math.max(-1, Math.min(1, 4 * (Math.signum(y) / 2 - y)));
                    square += (Math.pow(a[0] - 1, 2) + Math.pow(a[1] - steer, 2)) / 2;
                    moving++;
                }
            }
            counts[pause - 4]++;
            first += length;
        }
        double[] uniform = new double[7];
        Arrays.fill(uniform, 1 / 7.0);
        Samples.assertFrequencies("pauses", counts, uniform);
        assertEquals(0.05, Math.sqrt(square / moving), 0.05 * 5 / Math.sqrt(4.0 * moving));
    }

    @Test
    void goalsAreWhereItCameTo() {
        float[] observations = {0, 10, 1, 11, 2, 12, 3, 13, 4, 14};
        Demonstrations shown = new Demonstrations(5, observations, new float[] {0, 1, 2, 3, 4}, new int[] {3, 2});
        Demonstrations told = shown.inHindsight(1, 2);
        assertEquals(8, told.decisions());
        assertArrayEquals(new float[] {0, 10, 0, 11, 1, 11, 1, 12, 2, 12, 3, 13, 3, 14, 4, 14}, told.observations());
        assertArrayEquals(new float[] {0, 0, 1, 1, 2, 3, 3, 4}, told.actions());
        assertEquals(9, shown.inHindsight(1, 9).decisions());
        refused("goal must be from 1 to 1 columns, not 2", () -> shown.inHindsight(2, 1));
        refused("window must be at least 1, not 0", () -> shown.inHindsight(1, 0));
    }

    @Test
    void badArgumentsAreNamed() {
        refused("lengths must be at least 1 each, 3 in sum, not [1, 1]", () -> new Demonstrations(3, new float[3],
                new float[3], new int[] {1, 1}));
        refused("lengths must be at least 1 each, 3 in sum, not [3, 0]", () -> new Demonstrations(3, new float[3],
                new float[3], new int[] {3, 0}));
        refused("decisions must be at least 1, not 0", () -> new Demonstrations(0, new float[1], new float[1]));
        refused("actions must be equally many numbers for each of 2 decisions, not 3", () -> new Demonstrations(2,
                new float[2], new float[3]));
        refused("episodes must be at least 1, not 0", () -> Demonstrations.of(new ForkExpert(), 0, 1));
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }
}
