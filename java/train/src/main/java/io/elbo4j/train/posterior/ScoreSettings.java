package io.elbo4j.train.posterior;

import static io.elbo4j.ArgumentException.require;

/**
 * How scores are learned and followed.
 *
 * @param hidden units of each of the two layers, at least 1
 * @param levels of noise, whose deviations fall in equal ratios, at least 2
 * @param largest deviation, as wide as the data: there one mode is left
 * @param smallest deviation, below the largest and above 0: what is drawn has so much noise in it
 * @param batch rows of an update, at least 1
 * @param updates by Adam, at least 1
 * @param learningRate of the first update, above 0; it falls to 0 along half a cosine
 * @param steps of Langevin dynamics in each level, at least 1
 * @param stepSize of these, in variances of the level's noise, above 0
 * @param seed of all that is random
 */
public record ScoreSettings(int hidden, int levels, double largest, double smallest, int batch, int updates,
        double learningRate, int steps, double stepSize, long seed) {
    public ScoreSettings {
        require(hidden >= 1, "hidden", "at least 1", hidden);
        require(levels >= 2, "levels", "at least 2", levels);
        require(smallest > 0, "smallest", "above 0", smallest);
        require(largest > smallest && Double.isFinite(largest), "largest", "finite and above the smallest", largest);
        require(batch >= 1, "batch", "at least 1", batch);
        require(updates >= 1, "updates", "at least 1", updates);
        require(learningRate > 0 && Double.isFinite(learningRate), "learningRate", "a finite number above 0",
                learningRate);
        require(steps >= 1, "steps", "at least 1", steps);
        require(stepSize > 0 && Double.isFinite(stepSize), "stepSize", "a finite number above 0", stepSize);
    }

    /** 64 hidden units, 10 levels from 3 to 0.1. */
    public static ScoreSettings of(long seed) {
        return new ScoreSettings(64, 10, 3, 0.1, 256, 3000, 0.005, 50, 0.3, seed);
    }

    /** The same with another number of updates. */
    public ScoreSettings withUpdates(int count) {
        return new ScoreSettings(hidden, levels, largest, smallest, batch, count, learningRate, steps, stepSize, seed);
    }

    double deviation(int level) {
        return largest * StrictMath.pow(smallest / largest, level / (levels - 1.0));
    }
}
