package io.elbo4j.train.posterior;

import static io.elbo4j.ArgumentException.require;

/**
 * How a Gaussian is fitted: by Adam, whose learning rate falls to 0 along half a cosine.
 *
 * @param samples of z in each update, at least 1
 * @param updates at least 1
 * @param learningRate of the first update, above 0
 * @param seed of all that is random
 */
public record FitSettings(int samples, int updates, double learningRate, long seed) {
    public FitSettings {
        require(samples >= 1, "samples", "at least 1", samples);
        require(updates >= 1, "updates", "at least 1", updates);
        require(learningRate > 0 && Double.isFinite(learningRate), "learningRate", "a finite number above 0",
                learningRate);
    }

    /** 2,000 updates by 64 samples. */
    public static FitSettings of(long seed) {
        return new FitSettings(64, 2000, 0.03, seed);
    }
}
