package io.elbo4j.control.evaluation;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.environment.StepResult;
import java.util.Arrays;

/**
 * What a policy makes of the episodes that everybody is compared on: the sum of the rewards of each, undiscounted.
 *
 * @param ofEpisodes in the order of the episodes' numbers
 */
@SuppressWarnings("ArrayRecordComponent") // a few numbers for people to read
public record Returns(double[] ofEpisodes) {
    /**
     * Plays episodes 0 to episodes - 1, all at once.
     *
     * @param policy is given the rows of all of them, also of those that have ended
     */
    public static Returns of(Policy policy, Environment environment, int episodes) {
        requireGiven("policy", policy);
        return of((batch, observations, actions) -> policy.act(observations, actions), environment, episodes);
    }

    /** The same, of a policy that sees the environment's own states. */
    public static Returns of(StatePolicy policy, Environment environment, int episodes) {
        requireGiven("policy", policy);
        require(episodes >= 1, "episodes", "at least 1", episodes);
        Simulation batch = new Simulation(environment, episodes, 0);
        StepResult result = StepResult.of(batch);
        batch.resetToEvaluation(0, result.observations());
        float[] actions = new float[episodes * environment.actions().columns()];
        double[] returns = new double[episodes];
        boolean[] ended = new boolean[episodes];
        while (batch.anyRunning()) {
            policy.act(batch, result.observations(), actions);
            batch.stepRunning(actions, result);
            for (int e = 0; e < episodes; e++) {
                if (!ended[e]) {
                    returns[e] += result.rewards()[e];
                    ended[e] = result.terminated()[e] || result.truncated()[e];
                }
            }
        }
        return new Returns(returns);
    }

    public double mean() {
        return Arrays.stream(ofEpisodes).average().orElseThrow();
    }

    /** Of the mean, from the spread between episodes; NaN of one. */
    public double standardError() {
        double mean = mean();
        double squares = Arrays.stream(ofEpisodes).map(r -> (r - mean) * (r - mean)).sum();
        return Math.sqrt(squares / (ofEpisodes.length - 1) / ofEpisodes.length);
    }
}
