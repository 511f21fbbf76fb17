package io.elbo4j.control.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.Backend;
import io.elbo4j.control.environment.CartPole;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.purejava.JavaBackend;
import java.util.List;
import org.junit.jupiter.api.Test;

class QLearningTest {
    private static void setBias(SavableAgent agent, String name, float... values) {
        agent.parameters().all().stream().filter(s -> s.parameter().name().equals(name)).findFirst().orElseThrow()
                .value().set(values);
    }

    /** The network is for action 0, its average for action 1. */
    @Test
    void theNetworkExploresAndItsAverageActs() {
        Learning learning = new Learning(List.of(), 4, 1e-3, 0, 0.9, 10, 0, 1, 1);
        Environment environment = new CartPole();
        for (SavableAgent.Settings settings : List.of(new Dqn.Settings(learning, 10, 0.1, 0, 1), new SoftQ.Settings(
                learning, 10, 0.1, 0.01))) {
            try (Backend backend = new JavaBackend(1); SavableAgent agent = Agents.create(settings, environment,
                    backend, 1); Agent.GreedyPolicy greedy = agent.greedy(2)) {
                setBias(agent, "q.0.bias", 9, -9);
                setBias(agent, "average.0.bias", -9, 9);
                assertArrayEquals(new float[] {1}, agent.act(new float[4]), settings.toString());
                float[] actions = new float[2];
                greedy.act(new float[8], actions);
                assertArrayEquals(new float[] {1, 1}, actions, settings.toString());
                float[] action = new float[1];
                // the first decision of the one is by chance
                for (int i = 0; i < 5; i++) {
                    agent.explore(new float[4], action);
                }
                assertEquals(0, action[0], settings.toString());
            }
        }
    }
}
