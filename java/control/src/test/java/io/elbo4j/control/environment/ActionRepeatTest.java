package io.elbo4j.control.environment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import org.junit.jupiter.api.Test;

class ActionRepeatTest {
    /** Beside the environment itself, whose actions are given as often by hand. */
    private static void compare(Environment environment, int times, float[] action) {
        Simulation repeated = new Simulation(new ActionRepeat(environment, times), 1, 3);
        Simulation own = new Simulation(environment, 1, 3);
        StepResult one = StepResult.of(repeated);
        StepResult other = StepResult.of(own);
        repeated.resetToEvaluation(2, one.observations());
        own.resetToEvaluation(2, other.observations());
        int steps = 0;
        while (repeated.anyRunning()) {
            repeated.step(action, one);
            double sum = 0;
            for (int i = 0; i < times && own.anyRunning(); i++) {
                own.step(action, other);
                sum += other.rewards()[0];
                steps++;
            }
            assertEquals(sum, one.rewards()[0], 1e-5 * Math.abs(sum));
            assertArrayEquals(other.observations(), one.observations());
            assertEquals(other.terminated()[0], one.terminated()[0]);
            assertEquals(other.truncated()[0], one.truncated()[0]);
            assertEquals(steps, repeated.state(0)[environment.stateSize()]);
        }
        assertFalse(own.anyRunning(), environment.name() + " " + times);
    }

    /** It stops where an episode ends, by its terms or by its limit, whatever that is a multiple of. */
    @Test
    void actionsAreTakenSeveralTimes() {
        for (int times : new int[] {1, 2, 3, 7, 300}) {
            compare(new Pendulum(), times, new float[] {1.3f});
            compare(new CartPole(), times, new float[] {1});
            compare(new Fork(), times, new float[] {1});
            compare(new MountainCarContinuous(), times, new float[] {0.7f});
            compare(new TimeLimit(new Acrobot(), 17), times, new float[] {2});
        }
    }

    /** Two of Pendulum's steps are one of the pendulum that takes two, but for the unit of its actions. */
    @Test
    void itIsTheSlowPendulum() {
        Environment twice = new ActionRepeat(new Pendulum(), 2);
        Environment slow = new PendulumAngle();
        double[] one = new double[3];
        double[] other = new double[2];
        twice.evaluationStart(1, one);
        slow.evaluationStart(1, other);
        for (int t = 0; t < 20; t++) {
            double reward = twice.step(one, new float[] {1}, new Draws(0));
            assertEquals(slow.step(other, new float[] {0.5f}, new Draws(0)), reward);
            assertEquals(other[0], one[0]);
        }
        assertEquals(slow.limit(), twice.limit());
        assertTrue(twice.ceiling().isEmpty());
    }

    @Test
    void itHasANameOfItsOwn() {
        ActionRepeat twice = new ActionRepeat(new Pendulum(), 2);
        assertEquals("pendulum-x2", twice.name());
        assertEquals(new Pendulum().description() + "; each action 2 times", twice.description());
        assertEquals(0, new ActionRepeat(new Fork(), 2).limit());
        assertEquals("times must be at least 1, not 0", assertThrows(ArgumentException.class, () -> new ActionRepeat(
                new Pendulum(), 0)).getMessage());
    }
}
