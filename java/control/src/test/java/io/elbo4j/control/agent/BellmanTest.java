package io.elbo4j.control.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.elbo4j.Backend;
import io.elbo4j.control.environment.CartPole;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Pendulum;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.environment.TimeLimit;
import io.elbo4j.purejava.JavaBackend;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an end of an episode does to the targets of the values, seen in the bits of what is learned. */
class BellmanTest {
    private static final int LIMIT = 9;

    private static Learning learning(double discount) {
        return new Learning(List.of(8), 16, 1e-2, 0, discount, 50, 4, 1, 2);
    }

    private static List<SavableAgent.Settings> all(double discount) {
        return List.of(new Sac.Settings(learning(discount), 0.01), new Dqn.Settings(learning(discount), 3, 0.1, 0.1,
                40),
                new SoftQ.Settings(learning(discount), 3, 0.1, 0.5));
    }

    private static Environment environment(SavableAgent.Settings settings) {
        return settings instanceof Sac.Settings ? new Pendulum() : new CartPole();
    }

    private static SavableAgent agent(SavableAgent.Settings settings, Backend backend) {
        Environment environment = environment(settings);
        return Agents.create(settings, environment, backend, 1);
    }

    private static float[] bits(SavableAgent agent) {
        float[] all = {};
        for (io.elbo4j.train.graph.Parameters.State s : agent.parameters().all()) {
            float[] values = s.value().toArray();
            int n = all.length;
            all = Arrays.copyOf(all, n + values.length);
            System.arraycopy(values, 0, all, n, values.length);
        }
        return all;
    }

    /** One step before the limit nothing differs; at it, one episode is truncated and the other goes on. */
    @Test
    void aTransitionThatIsTruncatedHasTheSameTarget() {
        for (SavableAgent.Settings settings : all(0.9)) {
            float[][] ends = new float[2][];
            for (int more = 0; more < 2; more++) {
                try (Backend backend = new JavaBackend(1); Run run = new Run(agent(settings, backend), new TimeLimit(
                        environment(settings), LIMIT + more))) {
                    while (run.steps() < LIMIT) {
                        run.step();
                    }
                    assertEquals(1 - more, run.takeReturns().size(), "episodes that have ended");
                    ends[more] = bits(run.agent());
                }
            }
            assertArrayEquals(ends[0], ends[1], settings.toString());
        }
    }

    /** What it learns from the same transitions, of which all lead to some state. */
    private static float[] learned(SavableAgent.Settings settings, boolean terminated, float next) {
        Space observations = environment(settings).observations();
        try (Backend backend = new JavaBackend(1); SavableAgent agent = agent(settings, backend)) {
            float[] seen = new float[observations.columns()];
            float[] after = new float[observations.columns()];
            float[] action = new float[1];
            for (int t = 0; t < 20; t++) {
                Arrays.fill(seen, 0.1f * t - 1);
                Arrays.fill(after, next);
                agent.explore(seen, action);
                action[0] = t % 2;
                agent.remember(seen, action, 0.3f * t, terminated, after);
                agent.learn();
            }
            return bits(agent);
        }
    }

    /** After a terminal state there is nothing: the target is the reward, whatever is seen there, and undiscounted. */
    @Test
    void aTransitionThatTerminatesHasItsRewardAlone() {
        for (int i = 0; i < 3; i++) {
            SavableAgent.Settings settings = all(0.9).get(i);
            float[] terminated = learned(settings, true, 0.7f);
            assertArrayEquals(terminated, learned(settings, true, -0.4f), settings.toString());
            assertArrayEquals(terminated, learned(all(0).get(i), true, 0.7f), settings.toString());
            assertArrayEquals(terminated, learned(all(0).get(i), false, 0.7f), settings.toString());
            float[] goesOn = learned(settings, false, 0.7f);
            assertFalse(Arrays.equals(terminated, goesOn), settings.toString());
            assertFalse(Arrays.equals(goesOn, learned(settings, false, -0.4f)), settings.toString());
        }
    }
}
