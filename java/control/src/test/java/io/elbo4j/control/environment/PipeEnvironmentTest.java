package io.elbo4j.control.environment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A child process in Java, which plays the part of Gymnasium's. */
class PipeEnvironmentTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** What comes over the pipe is what the child has, to the bit. */
    @Test
    void aChildIsWhatItSteps() {
        for (String name : new String[] {"cart-pole", "pendulum", "grid-soft"}) {
            Environment environment = Environments.named(name);
            try (PipeEnvironment pipe = PipeChild.start(MINUTE, name, "3", "5")) {
                Simulation here = new Simulation(environment, 3, 5);
                assertEquals(3, pipe.rows());
                assertEquals(here.observations().toString(), pipe.observations().toString());
                assertEquals(here.actions().toString(), pipe.actions().toString());
                StepResult expected = StepResult.of(here);
                StepResult found = StepResult.of(pipe);
                boolean[] which = {true, true, true};
                int ended = 0;
                Draws draws = new Draws(9);
                for (int t = 0; t < 250; t++) {
                    here.reset(which, expected.observations());
                    pipe.reset(which, found.observations());
                    assertArrayEquals(expected.observations(), found.observations());
                    float[] actions = new float[3];
                    for (int r = 0; r < 3; r++) {
                        float[] one = new float[1];
                        here.actions().sample(draws.at(r, 0, t), one);
                        actions[r] = one[0];
                    }
                    here.step(actions, expected);
                    pipe.step(actions, found);
                    assertArrayEquals(expected.observations(), found.observations());
                    assertArrayEquals(expected.rewards(), found.rewards());
                    assertArrayEquals(expected.terminated(), found.terminated());
                    assertArrayEquals(expected.truncated(), found.truncated());
                    for (int r = 0; r < 3; r++) {
                        which[r] = found.terminated()[r] || found.truncated()[r];
                        ended += which[r] ? 1 : 0;
                    }
                }
                assertTrue(ended >= 3, name + ": " + ended);
                refused("actions must be 3 elements, not 2", () -> pipe.step(new float[2], found));
                refused("which must be 3 elements, not 1", () -> pipe.reset(new boolean[1], found.observations()));
            }
        }
    }

    @Test
    void anEpisodeThatHasEndedWaits() {
        try (PipeEnvironment pipe = PipeChild.start(MINUTE, "fork", "1", "5")) {
            StepResult result = StepResult.of(pipe);
            String expected = "copy 0 must be within an episode: reset it first, not one whose episode has ended";
            refused(expected, () -> pipe.step(new float[1], result));
            pipe.reset(new boolean[] {true}, result.observations());
            do {
                pipe.step(new float[1], result);
            } while (!result.terminated()[0]);
            refused(expected, () -> pipe.step(new float[1], result));
        }
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }
}
