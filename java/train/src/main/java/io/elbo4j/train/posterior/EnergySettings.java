package io.elbo4j.train.posterior;

import static io.elbo4j.ArgumentException.require;

/**
 * How an energy is learned.
 *
 * @param hidden units of each of the two layers, at least 1
 * @param width standard deviation of the Gaussian that the network's energy is added to, above 0: wider than the data
 * @param batch points of the data in an update, and chains, at least 1
 * @param updates by Adam, at least 1
 * @param learningRate of the first update, above 0; it falls to 0 along half a cosine
 * @param steps of Langevin dynamics of each chain between two updates, at least 1
 * @param stepSize of these, above 0
 * @param seed of all that is random
 */
public record EnergySettings(int hidden, double width, int batch, int updates, double learningRate, int steps,
        double stepSize, long seed) {
    public EnergySettings {
        require(hidden >= 1, "hidden", "at least 1", hidden);
        require(width > 0 && Double.isFinite(width), "width", "a finite number above 0", width);
        require(batch >= 1, "batch", "at least 1", batch);
        require(updates >= 1, "updates", "at least 1", updates);
        require(learningRate > 0 && Double.isFinite(learningRate), "learningRate", "a finite number above 0",
                learningRate);
        require(steps >= 1, "steps", "at least 1", steps);
        require(stepSize > 0 && Double.isFinite(stepSize), "stepSize", "a finite number above 0", stepSize);
    }

    /** 32 hidden units, 128 chains of 5 steps between updates. */
    public static EnergySettings of(long seed) {
        return new EnergySettings(32, 3, 128, 2000, 0.01, 5, 0.05, seed);
    }

    /** The same with another number of updates. */
    public EnergySettings withUpdates(int count) {
        return new EnergySettings(hidden, width, batch, count, learningRate, steps, stepSize, seed);
    }
}
