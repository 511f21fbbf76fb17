package io.elbo4j.control.environment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Batches, their episodes and their noise. */
class SimulationTest {
    /** More copies, and when others begin anew, change nothing for one. */
    @Test
    void aCopyIsTheSameInAnyBatch() {
        List<Float> alone = play(1, 5);
        assertEquals(alone, play(3, 5));
        assertEquals(alone, play(32, 5));
        assertNotEquals(alone, play(1, 6));
    }

    private static List<Float> play(int rows, long seed) {
        Simulation batch = new Simulation(new GridSoft(), rows, seed);
        StepResult result = StepResult.of(batch);
        boolean[] which = new boolean[rows];
        Arrays.fill(which, true);
        batch.reset(which, result.observations());
        List<Float> seen = new ArrayList<>();
        float[] actions = new float[rows];
        for (int t = 0; t < 300; t++) {
            Arrays.fill(actions, t / 3 % 5);
            batch.step(actions, result);
            seen.add(result.observations()[0]);
            for (int r = 0; r < rows; r++) {
                which[r] = result.terminated()[r] || result.truncated()[r];
            }
            batch.reset(which, result.observations());
            seen.add(result.observations()[0]);
        }
        return seen;
    }

    @Test
    void anEpisodeIsTruncatedAtItsLimitAndWaits() {
        Simulation batch = new Simulation(new TimeLimit(new Pendulum(), 3), 2, 1);
        StepResult result = StepResult.of(batch);
        batch.reset(new boolean[] {true, true}, result.observations());
        for (int t = 1; t <= 3; t++) {
            batch.step(new float[2], result);
            assertEquals(t == 3, result.truncated()[0]);
            assertFalse(result.terminated()[0]);
        }
        double[] before = batch.state(1);
        assertEquals("copy 0 must be within an episode: reset it first, not one whose episode has ended", assertThrows(
                ArgumentException.class, () -> batch.step(new float[2], result)).getMessage());
        assertArrayEquals(before, batch.state(1), "a refused step changes nothing");
        float[] last = result.observations().clone();
        batch.reset(new boolean[] {true, false}, result.observations());
        assertNotEquals(last[0], result.observations()[0]);
        assertEquals(last[3], result.observations()[3], "the other copy's row stays");
        assertEquals("copy 1 must be within an episode: reset it first, not one whose episode has ended", assertThrows(
                ArgumentException.class, () -> batch.step(new float[2], result)).getMessage());
    }

    @Test
    void whatTerminatesIsNotTruncated() {
        Simulation batch = new Simulation(new TimeLimit(new Fork(), 20), 1, 1);
        StepResult result = StepResult.of(batch);
        batch.reset(new boolean[] {true}, result.observations());
        int steps = 0;
        do {
            batch.step(new float[] {1}, result);
            steps++;
        } while (!result.terminated()[0]);
        assertEquals(20, steps);
        assertFalse(result.truncated()[0]);
        assertEquals(1, result.rewards()[0]);
    }

    /** A batch that evaluates starts where it should and has no say in another's noise. */
    @Test
    void evaluationStartsAreTheirNumbers() {
        Simulation batch = new Simulation(new Pendulum(), 3, 99);
        float[] observations = new float[9];
        batch.resetToEvaluation(5, observations);
        for (int r = 0; r < 3; r++) {
            double[] state = new double[2];
            new Pendulum().evaluationStart(5 + r, state);
            assertArrayEquals(state, batch.state(r));
            assertEquals((float) Math.cos(state[0]), observations[3 * r], 1e-6f);
        }
        batch.resetToEvaluation(Integer.MAX_VALUE - 2, observations);
        // R2's first point: fractions of 0.5 + 1 / 1.32472 and 0.5 + 1 / 1.75488
        double[] first = new double[2];
        new Pendulum().evaluationStart(0, first);
        assertEquals(Math.PI * (2 * 0.25487766624669 - 1), first[0], 1e-12);
        assertEquals(2 * 0.06984029099805 - 1, first[1], 1e-12);
    }

    @Test
    void badArgumentsAreNamed() {
        Simulation batch = new Simulation(new CartPole(), 2, 1);
        StepResult result = StepResult.of(batch);
        batch.reset(new boolean[] {true, true}, result.observations());
        refused("actions must be 2 elements, not 3", () -> batch.step(new float[3], result));
        refused("the action of copy 1 must be an integer from 0 to 1, not 0.5", () -> batch.step(new float[] {0, 0.5f},
                result));
        refused("the action of copy 0 must be an integer from 0 to 1, not 2.0", () -> batch.step(new float[] {2, 0},
                result));
        refused("the action of copy 0 must be an integer from 0 to 1, not NaN", () -> batch.step(new float[] {Float.NaN,
                0}, result));
        refused("which must be 2 elements, not 1", () -> batch.reset(new boolean[1], result.observations()));
        refused("rows must be at least 1, not 0", () -> new Simulation(new CartPole(), 0, 1));
        refused("limit must be at least 0, not -1", () -> new TimeLimit(new CartPole(), -1));
        Simulation pendulum = new Simulation(new Pendulum(), 1, 1);
        StepResult of = StepResult.of(pendulum);
        pendulum.reset(new boolean[] {true}, of.observations());
        refused("the action of copy 0 must be a number in column 0, not NaN", () -> pendulum.step(new float[] {
                Float.NaN}, of));
        refused("count must be at least 1, not 0", () -> new Space.Discrete(0));
        refused("low must be at most high, 1.0 in column 1, not 2.0", () -> new Space.Box(new float[] {0, 2},
                new float[] {0, 1}));
        refused("high must be 2 numbers, as low is, not 1", () -> new Space.Box(new float[2], new float[1]));
        assertEquals("column 1 of the box is not bounded", assertThrows(IllegalStateException.class,
                () -> new CartPole()
                        .observations().sample(new Draws(1), new float[4])).getMessage());
    }

    /** A step that is refused has not been taken by any copy, and no episode has begun. */
    @Test
    void sizesAreRefusedBeforeAStateMoves() {
        Simulation batch = new Simulation(new Pendulum(), 2, 1);
        StepResult right = StepResult.of(batch);
        batch.reset(new boolean[] {true, true}, right.observations());
        List<Simulation.Episode> before = List.of(batch.episode(0), batch.episode(1));
        float[] actions = new float[2];
        float[] six = new float[6];
        float[] two = new float[2];
        boolean[] flags = new boolean[2];
        boolean[] one = new boolean[1];
        refused("result.observations must be 6 elements, not 3", () -> batch.step(actions, new StepResult(new float[3],
                two, flags, flags)));
        refused("result.rewards must be 2 elements, not 6", () -> batch.step(actions, new StepResult(six, six, flags,
                flags)));
        refused("result.terminated must be 2 elements, not 1", () -> batch.step(actions, new StepResult(six, two, one,
                flags)));
        refused("result.truncated must be 2 elements, not 1", () -> batch.step(actions, new StepResult(six, two, flags,
                one)));
        refused("result must be given, not null", () -> batch.step(actions, null));
        refused("actions must be given, not null", () -> batch.step(null, right));
        refused("which must be given, not null", () -> batch.reset(null, six));
        refused("observations must be given, not null", () -> batch.reset(flags, null));
        refused("observations must be 6 elements, not 2", () -> batch.reset(new boolean[] {true, true}, two));
        refused("observations must be given, not null", () -> batch.resetToEvaluation(0, null));
        for (int first : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            refused("first must be from 0 to 2147483646, not " + first, () -> batch.resetToEvaluation(first, six));
        }
        refused("episode must be given, not null", () -> batch.goOn(0, null, six));
        refused("observations must be given, not null", () -> batch.goOn(0, before.get(1), null));
        refused("observations must be given, not null", () -> new StepResult(null, two, flags, flags));
        refused("rewards must be given, not null", () -> new StepResult(six, null, flags, flags));
        refused("terminated must be given, not null", () -> new StepResult(six, two, null, flags));
        refused("truncated must be given, not null", () -> new StepResult(six, two, flags, null));
        refused("batch must be given, not null", () -> StepResult.of(null));
        assertEquals(before, List.of(batch.episode(0), batch.episode(1)));
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }

    /** Beyond a box the nearest element counts. */
    @Test
    void actionsBeyondABoxAreClipped() {
        for (Environment environment : Environments.all()) {
            if (environment.actions() instanceof Space.Box box) {
                double[] one = new double[environment.stateSize()];
                environment.evaluationStart(0, one);
                double[] other = one.clone();
                float[] most = new float[box.columns()];
                float[] more = new float[box.columns()];
                for (int i = 0; i < most.length; i++) {
                    most[i] = box.high(i);
                    more[i] = Float.POSITIVE_INFINITY;
                }
                assertEquals(environment.step(one, most, new Draws(0)), environment.step(other, more, new Draws(0)),
                        environment.name());
                assertArrayEquals(one, other, environment.name());
            }
        }
    }

    /** Each coordinate of a draw has a say, and the draws have the moments that they should. */
    @Test
    void drawsAreAFunctionOfWhereTheyAre() {
        Set<Double> all = new HashSet<>();
        for (long[] at : new long[][] {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}}) {
            Draws draws = new Draws(1).at(at[0], at[1], at[2]);
            double first = draws.uniform();
            all.add(first);
            all.add(draws.uniform());
            assertEquals(first, draws.at(at[0], at[1], at[2]).uniform());
        }
        all.add(new Draws(2).uniform());
        all.add(new Draws(1L << 32 | 1).uniform());
        assertEquals(10, all.size());
        int n = 200_000;
        double[] uniform = new double[n];
        double[] normal = new double[n];
        int[] counts = new int[7];
        Draws draws = new Draws(3);
        for (int i = 0; i < n; i++) {
            draws.at(i % 17, i / 1000, i % 1000);
            uniform[i] = draws.uniform(-1, 3);
            normal[i] = draws.normal();
            counts[draws.below(7)]++;
        }
        assertEquals(1, Arrays.stream(uniform).average().orElseThrow(), 5 * Math.sqrt(16 / 12.0 / n));
        assertEquals(0, Arrays.stream(normal).average().orElseThrow(), 5 / Math.sqrt(n));
        assertEquals(1, Arrays.stream(normal).map(v -> v * v).average().orElseThrow(), 5 * Math.sqrt(2.0 / n));
        assertEquals(3, Arrays.stream(normal).map(v -> v * v * v * v).average().orElseThrow(), 5 * Math.sqrt(96.0 / n));
        for (int count : counts) {
            assertEquals(1 / 7.0, count / (double) n, 5 * Math.sqrt(6.0 / 49 / n));
        }
        assertTrue(Arrays.stream(uniform).max().orElseThrow() < 3);
    }
}
