package io.elbo4j.train.ascent;

import static io.elbo4j.ArgumentException.require;

/**
 * How far is climbed, and on what.
 *
 * @param points of the data, at least 1
 * @param steps of each way, at least 1: each takes all points
 * @param learningRate of gradients, above 0; EM has none
 * @param seed of the data, the start and the noise
 */
public record AscentSettings(int points, int steps, double learningRate, long seed) {
    public AscentSettings {
        require(points >= 1, "points", "at least 1", points);
        require(steps >= 1, "steps", "at least 1", steps);
        require(learningRate > 0 && Double.isFinite(learningRate), "learningRate", "a finite number above 0",
                learningRate);
    }

    /** 1,000 steps on 500 points. */
    public static AscentSettings of(long seed) {
        return new AscentSettings(500, 1000, 0.02, seed);
    }
}
