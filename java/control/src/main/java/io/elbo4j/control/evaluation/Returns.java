package io.elbo4j.control.evaluation;

import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.event.ReturnsEvent;
import java.util.Arrays;
import java.util.function.Supplier;

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
        return recorded(environment, episodes, () -> Episodes.of(policy, environment, episodes).returns());
    }

    /** The same, of a policy that sees the environment's own states. */
    public static Returns of(StatePolicy policy, Environment environment, int episodes) {
        return recorded(environment, episodes, () -> Episodes.of(policy, environment, episodes).returns());
    }

    private static Returns recorded(Environment environment, int episodes, Supplier<Returns> play) {
        ReturnsEvent event = new ReturnsEvent();
        event.begin();
        Returns returns = play.get();
        event.end();
        if (event.shouldCommit()) {
            event.environment = environment.name();
            event.episodes = episodes;
            event.mean = returns.mean();
            event.commit();
        }
        return returns;
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
