package io.elbo4j.control.environment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What holds of every environment, and returns that were measured with other programs. */
class EnvironmentsTest {
    @Test
    void allAreThereByName() {
        assertEquals(List.of("acrobot", "cart-pole", "cart-pole-continuous", "cart-pole-swing-up", "cross", "fork",
                "fork-pause", "grid-soft", "mountain-car-continuous", "mud", "navigation", "pendulum", "pendulum-angle",
                "pendulum-pixels",
                "planar", "planar-noisy", "reacher2"), Environments.all().stream().map(Environment::name).toList());
        assertEquals("environment must be one of acrobot, cart-pole, cart-pole-continuous, cart-pole-swing-up, cross,"
                + " fork, fork-pause, grid-soft, mountain-car-continuous, mud, navigation, pendulum,"
                + " pendulum-angle, pendulum-pixels, planar, planar-noisy, reacher2, not Pendulum-v1", assertThrows(
                        ArgumentException.class,
                        () -> Environments
                                .named(
                                        "Pendulum-v1"))
                        .getMessage());
    }

    /** On the module path as on the class path. */
    @Test
    void theModuleProvidesTheSame() throws Exception {
        Path classes = Path.of(Environments.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (InputStream in = Files.newInputStream(classes.resolve("module-info.class"))) {
            Set<String> provided = new TreeSet<>();
            ModuleDescriptor.read(in).provides().forEach(p -> provided.addAll(p.providers()));
            assertEquals(Environments.all().stream().map(e -> e.getClass().getName()).collect(Collectors.toCollection(
                    TreeSet::new)), provided);
        }
    }

    /** Observations lie in their space, episodes end as they should, and what ends one is one thing. */
    @Test
    void randomPlayStaysInTheSpaces() {
        for (Environment environment : Environments.all()) {
            Simulation batch = new Simulation(environment, 4, 7);
            StepResult result = StepResult.of(batch);
            boolean[] which = {true, true, true, true};
            batch.reset(which, result.observations());
            Draws draws = new Draws(8);
            int[] length = new int[4];
            int ended = 0;
            for (int t = 0; t < 1200; t++) {
                inside(environment, result.observations());
                float[] actions = new float[4 * environment.actions().columns()];
                float[] one = new float[environment.actions().columns()];
                for (int r = 0; r < 4; r++) {
                    environment.actions().sample(draws.at(r, 0, t), one);
                    environment.actions().check("action", one);
                    System.arraycopy(one, 0, actions, r * one.length, one.length);
                }
                batch.step(actions, result);
                for (int r = 0; r < 4; r++) {
                    length[r]++;
                    assertTrue(Float.isFinite(result.rewards()[r]));
                    assertFalse(result.terminated()[r] && result.truncated()[r]);
                    which[r] = result.terminated()[r] || result.truncated()[r];
                    if (which[r]) {
                        ended++;
                        assertEquals(result.truncated()[r], length[r] == environment.limit() && !result
                                .terminated()[r]);
                        length[r] = 0;
                    }
                }
                batch.reset(which, result.observations());
            }
            assertTrue(ended >= 4, environment.name() + ": " + ended);
        }
    }

    private static void inside(Environment environment, float[] observations) {
        Space space = environment.observations();
        int columns = space.columns();
        for (int i = 0; i < observations.length; i++) {
            if (space instanceof Space.Box box) {
                assertTrue(observations[i] >= box.low(i % columns) && observations[i] <= box.high(i % columns),
                        environment.name() + ", column " + i % columns + ": " + observations[i]);
            } else {
                space.check("observation", new float[] {observations[i]});
            }
        }
    }

    /** Every action has an effect, and so has a start's noise. */
    @Test
    void actionsAndStartsMatter() {
        for (Environment environment : Environments.all()) {
            double[] one = new double[environment.stateSize()];
            double[] other = one.clone();
            environment.start(one, new Draws(1).at(0, 0, 0));
            environment.start(other, new Draws(1).at(0, 1, 0));
            assertFalse(Arrays.equals(one, other), environment.name());
            environment.evaluationStart(3, one);
            environment.evaluationStart(3, other);
            assertTrue(Arrays.equals(one, other), environment.name());
            environment.evaluationStart(4, other);
            assertFalse(Arrays.equals(one, other), environment.name());
            for (int c = 0; c < environment.actions().columns(); c++) {
                double[] still = one.clone();
                double[] moved = one.clone();
                float[] action = new float[environment.actions().columns()];
                environment.step(still, action, new Draws(1));
                action[c] = 1;
                environment.step(moved, action, new Draws(1));
                assertFalse(Arrays.equals(still, moved), environment.name() + ", column " + c);
            }
        }
    }

    private static double meanReturn(Environment environment, int episodes, boolean random) {
        Simulation batch = new Simulation(environment, episodes, 0);
        StepResult result = StepResult.of(batch);
        batch.resetToEvaluation(0, result.observations());
        float[] actions = new float[episodes * environment.actions().columns()];
        float[] one = new float[environment.actions().columns()];
        Draws draws = new Draws(3);
        double sum = 0;
        for (int t = 0; t < environment.limit(); t++) {
            for (int r = 0; random && r < episodes; r++) {
                environment.actions().sample(draws.at(r, 0, t), one);
                System.arraycopy(one, 0, actions, r * one.length, one.length);
            }
            batch.step(actions, result);
            for (float reward : result.rewards()) {
                sum += reward;
            }
        }
        return sum / episodes;
    }

    /**
     * Without torque the pendulum's return on the 100 episodes is a number, of another program, -1223.6; by random
     * torques -1227.1 and, where each acts for one step, -1235.9 (s.e. about 20).
     */
    @Test
    void thePendulumsReturnsAreThoseMeasuredElsewhere() {
        assertEquals(-1223.6, meanReturn(new PendulumAngle(), 100, false), 0.05);
        assertEquals(-1223.6, meanReturn(new PendulumPixels(), 100, false), 0.05);
        assertEquals(meanReturn(new Pendulum(), 100, false), meanReturn(new PendulumAngle(), 100, false), 0.01);
        assertEquals(-1227.1, meanReturn(new PendulumAngle(), 100, true), 60);
        assertEquals(-1235.9, meanReturn(new Pendulum(), 100, true), 60);
    }

    /** Hanging still has 2.7 of 200 there, random forces -4.7. */
    @Test
    void theSwingUpsReturnsAreThoseMeasuredElsewhere() {
        assertEquals(2.7, meanReturn(new CartPoleSwingUp(), 100, false), 0.3);
        assertEquals(-4.7, meanReturn(new CartPoleSwingUp(), 100, true), 0.7);
    }

    /** Against the same formula in NumPy: the ink at angles 0 to 3, and what 0.01 rad change on average. */
    @Test
    void aPendulumIsDrawn() {
        PendulumPixels environment = new PendulumPixels();
        int[] ink = {11_068, 11_064, 11_075, 11_053};
        for (int angle = 0; angle < 4; angle++) {
            assertEquals(ink[angle], Arrays.stream(bytes(environment, angle)).sum());
        }
        double change = 0;
        for (int k = 0; k < 400; k++) {
            double angle = 2 * Math.PI * k / 400;
            int[] bytes = bytes(environment, angle);
            int[] next = bytes(environment, angle + 0.01);
            for (int i = 0; i < bytes.length; i++) {
                change += Math.abs(bytes[i] - next[i]) / 400.0;
            }
        }
        assertEquals(458.48, change, 0.1);
        int[] up = bytes(environment, 0);
        assertTrue(up[10 * 32 + 16] == 255 && up[22 * 32 + 16] == 0, "up is up");
        assertTrue(bytes(environment, Math.PI / 2)[16 * 32 + 22] == 255, "pi / 2 is to the right");
    }

    private static int[] bytes(PendulumPixels environment, double angle) {
        float[] picture = new float[32 * 32];
        environment.observe(new double[] {angle, 0}, picture);
        int[] bytes = new int[picture.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = Math.round(255 * (picture[i] + 0.5f));
        }
        return bytes;
    }

    /** The cart stops at the end of its rail. */
    @Test
    void theRailEnds() {
        double[] state = {2.4, 0, 0, 0};
        for (int i = 0; i < 20; i++) {
            new CartPoleSwingUp().step(state, new float[] {3}, new Draws(0));
        }
        assertEquals(2.5, state[0]);
        assertEquals(0, state[2]);
    }

    /** Two people with the same demonstrator: it passes the tree nearly always, above as often as below. */
    @Test
    void whoeverDecidesPassesTheFork() {
        Fork fork = new Fork();
        int passed = 0;
        int above = 0;
        for (int e = 0; e < 400; e++) {
            double[] state = new double[3];
            Draws draws = new Draws(5).at(e, 0, 0);
            fork.start(state, draws);
            double side = draws.below(2) * 2 - 1;
            double reward = 0;
            while (!fork.terminated(state)) {
                double a = state[0] < 5 ? -2 * state[1] : Math.max(-1, Math.min(1, 4 * (0.5 * side - state[1])));
                reward += fork.step(state, new float[] {(float) (a + 0.1 * draws.normal())}, draws);
            }
            assertEquals(fork.info(state).get("success"), reward);
            passed += (int) reward;
            above += (int) (reward * fork.info(state).get("above"));
        }
        assertTrue(passed >= 394, "passed " + passed);
        assertTrue(above > 160 && above < 240, "above " + above);
        double[] straight = {0, 0.05, 0};
        int steps = 0;
        while (!fork.terminated(straight)) {
            fork.step(straight, new float[] {0}, new Draws(0));
            steps++;
        }
        assertEquals(8, steps, "into the tree, whose edge is at 0.704 there");
        assertEquals(0, fork.info(straight).get("success"));
    }

    /** Straight on it meets the tree or, from where the tree is not, the end; standing still it stalls. */
    @Test
    void theForkWithAPauseIsItsEquations() {
        ForkPause fork = new ForkPause();
        int above = 0;
        double[] away = new double[4000];
        for (int e = 0; e < away.length; e++) {
            double[] state = new double[4];
            fork.start(state, new Draws(3).at(e, 0, 0));
            away[e] = Math.abs(state[1]);
            above += state[1] > 0 ? 1 : 0;
            assertEquals(Map.of("success", 0.0, "above", state[1] > 0 ? 1.0 : 0, "stalled", 1.0), fork.info(state));
        }
        assertEquals(0.5, above / 4000.0, 5 * Math.sqrt(0.25 / 4000));
        assertEquals(0.07, Arrays.stream(away).average().orElseThrow(), 5 * 0.06 / Math.sqrt(12.0 * 4000));
        assertTrue(Arrays.stream(away).allMatch(y -> y >= 0.04 && y < 0.1));
        double[] straight = {0, 0.05, 0, 0};
        double[] high = {0, 0.23, 0, 0};
        int steps = 0;
        double reward = 0;
        while (!fork.terminated(high)) {
            assertEquals(0, reward);
            reward = fork.step(high, new float[] {1.2f, 0}, new Draws(0));
            if (!fork.terminated(straight)) {
                fork.step(straight, new float[] {1, 0}, new Draws(0));
                steps++;
            }
        }
        assertEquals(8, steps, "the tree's edge is at 0.786 there");
        assertEquals(1, reward);
        assertEquals(1, fork.info(high).get("success"));
        assertEquals(0, fork.info(straight).get("success"));
        assertEquals(0, fork.info(straight).get("stalled"));
        assertEquals(15, high[ForkPause.WAITED], "of the twenty steps those from x = 0.5 on");
        float[] seen = new float[2];
        fork.observe(new double[] {0.7, 0.15, 0, 0}, seen);
        assertEquals(-0.5, seen[0], 1e-6);
        assertEquals(0.5, seen[1], 1e-6);
    }

    @Test
    void anEpisodeEndsWhereSomethingIsReached() {
        Environment arm = new Reacher2();
        Environment until = new Until(arm, "success");
        double[] angles = Reacher2.angles(2, 1);
        double[] there = {angles[0], angles[1], 2};
        double[] elsewhere = {angles[0], angles[1], 1};
        assertTrue(until.terminated(there) && !until.terminated(elsewhere) && !arm.terminated(there));
        assertEquals(50, until.limit());
        assertTrue(until.termination().isEmpty());
        assertEquals("what must be one of [distance, success], not done", assertThrows(ArgumentException.class,
                () -> new Until(arm, "done")).getMessage());
    }

    @Test
    void theCrossNeedsBothCoordinates() {
        Cross cross = new Cross();
        for (int e = 0; e < 100; e++) {
            for (double[] sides : new double[][] {{1, 1}, {-1, -1}, {1, -1}, {-1, 1}}) {
                double[] state = new double[4];
                Draws draws = new Draws(6).at(e, 0, 0);
                cross.start(state, draws);
                while (!cross.terminated(state)) {
                    float[] a = new float[2];
                    for (int i = 0; i < 2; i++) {
                        a[i] = (float) (Math.max(-1, Math.min(1, 4 * (sides[i] - state[i]))) + 0.1 * draws.normal());
                    }
                    cross.step(state, a, draws);
                }
                assertEquals(sides[0] == sides[1] ? 1 : 0, cross.info(state).get("success"), "episode " + e);
            }
        }
    }

    /** In the mud a step is a twentieth as long. */
    @Test
    void mudHolds() {
        Mud mud = new Mud();
        double[] outside = {-1, 0};
        double[] inside = {-0.5, 0};
        mud.step(outside, new float[] {1, 0}, new Draws(0));
        mud.step(inside, new float[] {1, 0}, new Draws(0));
        assertEquals(-0.8, outside[0], 1e-7);
        assertEquals(-0.49, inside[0], 1e-7);
        assertEquals(0.06 * Math.sin(-1), inside[1], 1e-12);
        assertEquals(0, mud.info(outside).get("mud"));
        assertEquals(1, mud.info(inside).get("mud"));
    }

    /** Each target is reached with the elbow on either side, by the law of cosines. */
    @Test
    void theArmReachesEachTargetInTwoWays() {
        Reacher2 arm = new Reacher2();
        for (int target = 0; target < 4; target++) {
            double bearing = Math.PI / 4 + target * Math.PI / 2;
            double bend = Math.acos(0.14 * 0.14 / (2 * 0.1 * 0.1) - 1);
            for (int side = -1; side <= 1; side += 2) {
                double[] state = {bearing - side * bend / 2, side * bend, target};
                assertEquals(0, arm.info(state).get("distance"), 1e-12);
                assertEquals(1, arm.info(state).get("success"));
                assertEquals(-0.1 - distance(state[0] + 0.1, state[1], bearing), arm.step(state, new float[] {1, 0},
                        new Draws(0)), 1e-8);
            }
        }
    }

    private static double distance(double p, double q, double bearing) {
        return Math.hypot(0.1 * Math.cos(p) + 0.1 * Math.cos(p + q) - 0.14 * Math.cos(bearing), 0.1 * Math.sin(p) + 0.1
                * Math.sin(p + q) - 0.14 * Math.sin(bearing));
    }

    /** Each row is a distribution, and steps are drawn from it. */
    @Test
    void theGridSlipsAsItsTransitionsSay() {
        GridSoft grid = new GridSoft();
        Draws draws = new Draws(11);
        int n = 20_000;
        for (int cell = 0; cell < GridSoft.CELLS; cell++) {
            for (int action = 0; action < GridSoft.ACTIONS; action++) {
                double[] p = GridSoft.transitions(cell, action);
                assertEquals(1, Arrays.stream(p).sum(), 1e-12);
                int[] counts = new int[GridSoft.CELLS];
                boolean looked = cell % 6 == 0 || cell == 4;
                for (int i = 0; looked && i < n; i++) {
                    double[] state = {cell};
                    assertEquals(cell == 24 ? 0 : -1, grid.step(state, new float[] {action}, draws.at(i, cell,
                            action)));
                    counts[(int) state[0]]++;
                }
                for (int next = 0; looked && next < GridSoft.CELLS; next++) {
                    assertEquals(p[next], counts[next] / (double) n, 5 * Math.sqrt(p[next] * (1 - p[next]) / n));
                }
            }
        }
        assertEquals(0.9, GridSoft.transitions(0, 0)[0], 1e-12, "up at the corner stays, or slips to the left");
        assertEquals(0.1, GridSoft.transitions(0, 0)[1], 1e-12);
        assertEquals(0.8, GridSoft.transitions(12, 1)[13], 1e-12);
        assertEquals(0.1, GridSoft.transitions(12, 1)[7], 1e-12);
        assertEquals(0.1, GridSoft.transitions(12, 1)[17], 1e-12);
    }

    /** By dynamic programming backwards through its 20 steps. */
    @Test
    void theCeilingOfTheGridIsExact() {
        double[] value = new double[GridSoft.CELLS];
        for (int t = 0; t < 20; t++) {
            double[] later = value.clone();
            for (int cell = 0; cell < GridSoft.GOAL; cell++) {
                value[cell] = Double.NEGATIVE_INFINITY;
                for (int a = 0; a < GridSoft.ACTIONS; a++) {
                    double[] p = GridSoft.transitions(cell, a);
                    double of = GridSoft.reward(cell) + IntStream.range(0, p.length).mapToDouble(c -> p[c] * later[c])
                            .sum();
                    value[cell] = Math.max(value[cell], of);
                }
            }
        }
        assertEquals(Arrays.stream(value).sum() / GridSoft.GOAL, new GridSoft().ceiling().orElseThrow(), 5e-4);
    }

    /** What a number of a state is at the start: uniform between bounds, or a normal of a mean and a deviation. */
    private record Start(boolean uniform, double a, double b) {
        static Start uniform(double low, double high) {
            return new Start(true, low, high);
        }

        static Start normal(double deviation) {
            return new Start(false, 0, deviation);
        }

        static Start always(double value) {
            return new Start(true, value, value);
        }

        double mean() {
            return uniform ? (a + b) / 2 : a;
        }

        double deviation() {
            return uniform ? (b - a) / Math.sqrt(12) : b;
        }

        /** The fourth central moment over the square of the variance. */
        double kurtosis() {
            return uniform ? 1.8 : 3;
        }
    }

    private static Start[] times(int count, Start each) {
        return Collections.nCopies(count, each).toArray(Start[]::new);
    }

    /** Means, variances and fourth moments of what 20,000 episodes begin with are within five standard errors. */
    @Test
    void episodesBeginWhereTheyShould() {
        Map<Environment, Start[]> all = Map.of(new Pendulum(), new Start[] {Start.uniform(-Math.PI, Math.PI), Start
                .uniform(-1, 1)}, new PendulumAngle(), new Start[] {Start.uniform(-Math.PI, Math.PI), Start.uniform(-1,
                        1)}, new CartPole(), times(4, Start.uniform(-0.05, 0.05)), new CartPoleContinuous(), times(4,
                                Start.uniform(-0.05, 0.05)), new CartPoleSwingUp(), times(4, Start.normal(0.1)),
                new Acrobot(), times(4, Start.uniform(-0.1, 0.1)), new MountainCarContinuous(), new Start[] {Start
                        .uniform(-0.6, -0.4), Start.always(0)}, new Fork(), new Start[] {Start.always(0), Start.normal(
                                0.05), Start.always(0)}, new Cross(), new Start[] {Start.normal(0.03), Start.normal(
                                        0.03), Start.always(0), Start.always(0)}, new Mud(), new Start[] {Start.always(
                                                -1.5), Start.uniform(-0.5, 0.5)});
        int n = 20_000;
        all.forEach((environment, starts) -> {
            double[][] seen = new double[starts.length][n];
            double[] state = new double[environment.stateSize()];
            assertEquals(state.length, starts.length, environment.name());
            for (int e = 0; e < n; e++) {
                Arrays.fill(state, 7);
                environment.start(state, new Draws(12).at(0, e, 0));
                for (int c = 0; c < state.length; c++) {
                    seen[c][e] = state[c];
                }
            }
            for (int c = 0; c < starts.length; c++) {
                Start of = starts[c];
                String what = environment.name() + ", number " + c;
                double deviation = of.deviation();
                if (deviation == 0) {
                    assertTrue(Arrays.stream(seen[c]).allMatch(x -> x == of.a()), what);
                    continue;
                }
                double[] standard = Arrays.stream(seen[c]).map(x -> (x - of.mean()) / deviation).toArray();
                assertEquals(0, moment(standard, 1), 5 / Math.sqrt(n), what);
                assertEquals(1, moment(standard, 2), 5 * Math.sqrt((of.kurtosis() - 1) / n), what);
                assertEquals(of.kurtosis(), moment(standard, 4), 5 * Math.sqrt(96.0 / n), what);
                if (of.uniform()) {
                    assertTrue(Arrays.stream(seen[c]).allMatch(x -> x >= of.a() && x < of.b()), what);
                }
            }
        });
    }

    private static double moment(double[] x, int power) {
        return Arrays.stream(x).map(v -> Math.pow(v, power)).average().orElseThrow();
    }

    /** The grid's cells but the goal, and the targets of the arm and its angles. */
    @Test
    void episodesBeginInAnyOfSeveral() {
        int n = 24_000;
        int[] cells = new int[GridSoft.GOAL];
        int[] targets = new int[4];
        double[] angles = new double[2 * n];
        double[] state = new double[3];
        for (int e = 0; e < n; e++) {
            new GridSoft().start(state, new Draws(12).at(0, e, 0));
            cells[(int) state[0]]++;
            new Reacher2().start(state, new Draws(12).at(0, e, 0));
            targets[(int) state[2]]++;
            angles[2 * e] = state[0] / Math.PI;
            angles[2 * e + 1] = state[1] / Math.PI;
        }
        for (int[] counts : new int[][] {cells, targets}) {
            double p = 1.0 / counts.length;
            for (int count : counts) {
                assertEquals(p, count / (double) n, 5 * Math.sqrt(p * (1 - p) / n));
            }
        }
        assertEquals(0, moment(angles, 1), 5 / Math.sqrt(3.0 * angles.length));
        assertEquals(1 / 3.0, moment(angles, 2), 5 * Math.sqrt(4 / 45.0 / angles.length));
        assertEquals(1 / 5.0, moment(angles, 4), 5 * Math.sqrt(0.0711 / angles.length));
    }
}
