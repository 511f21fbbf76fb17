package io.elbo4j.control.agent;

import io.elbo4j.Backend;
import io.elbo4j.control.replay.Replay;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Value;
import java.util.Map;

/**
 * What an agent learns from, as inputs of its graph and as columns of what it remembers.
 *
 * @param continues 1, or 0 where it terminated
 */
record Transition(Value observation, Value action, Value reward, Value continues, Value next) {
    static Transition of(Graph graph, int observation, int action) {
        return new Transition(graph.input("observation", observation), graph.input("action", action), graph.input(
                "reward", 1), graph.input("continues", 1), graph.input("next observation", observation));
    }

    Replay replay(Backend backend, int capacity, int room, long seed) {
        return new Replay(backend, capacity, room, Map.of(observation.name(), (int) observation.columns(), action
                .name(),
                (int) action.columns(), reward.name(), 1, continues.name(), 1, next.name(), (int) next.columns()),
                seed);
    }

    Map<String, float[]> row(float[] seen, float[] taken, float gained, boolean terminated, float[] after) {
        return Map.of(observation.name(), seen, action.name(), taken, reward.name(), new float[] {gained}, continues
                .name(), new float[] {terminated ? 0 : 1}, next.name(), after);
    }
}
