package io.elbo4j.control.evaluation;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.environment.StepResult;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * What a policy makes of the episodes that everybody is compared on.
 *
 * @param returns of each the sum of the rewards, undiscounted
 * @param endings of each what there is to know of its last state, {@link Environment#info}
 */
public record Episodes(Returns returns, List<Map<String, Double>> endings) {
    private static final int MOST_STEPS = 100_000;

    /**
     * Plays episodes 0 to episodes - 1, all at once.
     *
     * @param policy is given the rows of all of them, also of those that have ended; it begins anew
     * @throws io.elbo4j.ArgumentException if the environment has no time limit, and an episode has not ended after
     *     100,000 steps
     */
    public static Episodes of(Policy policy, Environment environment, int episodes) {
        requireGiven("policy", policy).begin();
        return of((batch, observations, actions) -> policy.act(observations, actions), environment, episodes);
    }

    /** The same, of a policy that sees the environment's own states. */
    public static Episodes of(StatePolicy policy, Environment environment, int episodes) {
        requireGiven("policy", policy).begin();
        require(episodes >= 1, "episodes", "at least 1", episodes);
        Simulation batch = new Simulation(environment, episodes, Draws.seed(0, "evaluation"));
        StepResult result = StepResult.of(batch);
        batch.resetToEvaluation(0, result.observations());
        float[] actions = new float[episodes * environment.actions().columns()];
        double[] returns = new double[episodes];
        boolean[] ended = new boolean[episodes];
        for (int step = 0; batch.anyRunning(); step++) {
            requireEnd(environment, step);
            policy.act(batch, result.observations(), actions);
            batch.stepRunning(actions, result);
            for (int e = 0; e < episodes; e++) {
                if (!ended[e]) {
                    returns[e] += result.rewards()[e];
                    ended[e] = result.terminated()[e] || result.truncated()[e];
                }
            }
        }
        return new Episodes(new Returns(returns), IntStream.range(0, episodes).mapToObj(batch::info).toList());
    }

    private static void requireEnd(Environment environment, int steps) {
        require(steps < MOST_STEPS || environment.limit() > 0, "environment", "one whose episodes end within "
                + MOST_STEPS + " steps, or with a TimeLimit", environment.name());
    }

    /**
     * The mean over the episodes of what is so called, as "success".
     *
     * @throws io.elbo4j.ArgumentException if the environment does not say it
     */
    public double mean(String name) {
        require(endings.get(0).containsKey(name), "name", "one of " + new TreeSet<>(endings.get(0).keySet()), name);
        return endings.stream().mapToDouble(e -> e.get(name)).average().orElseThrow();
    }
}
