package io.elbo4j.train.graph;

import static io.elbo4j.ArgumentException.require;

/**
 * What a compiled step does.
 *
 * @param mode see {@link Mode}
 * @param seed of all noise
 * @param samples rows of each latent variable per row of the batch, at least 1
 * @param freeBits nats per latent dimension below which its KL is free, at least 0; 0 switches it off
 * @param maximumGradientNorm the global norm to which gradients are scaled down; infinite switches it off
 * @param means whether to compute the mean of each observation, for pictures
 */
public record StepSettings(Mode mode, long seed, int samples, double freeBits, double maximumGradientNorm,
        boolean means) {
    /** The kinds of step. */
    public enum Mode {
        /** forward, backward and update */
        TRAIN,
        /** the terms of the ELBO, and the KL of each latent dimension */
        EVALUATE,
        /** log p(x, z) - log q(z | x) for each sample */
        IMPORTANCE,
        /** from given values to the means of the observations, see {@link Step#decode} */
        DECODE
    }

    public StepSettings {
        require(samples >= 1, "samples", "at least 1", samples);
        require(freeBits >= 0 && Double.isFinite(freeBits), "freeBits", "a finite number of at least 0", freeBits);
        require((float) maximumGradientNorm > 0, "maximumGradientNorm", "above 0, also as a float32",
                maximumGradientNorm);
    }

    public static StepSettings train(long seed) {
        return new StepSettings(Mode.TRAIN, seed, 1, 0, Double.POSITIVE_INFINITY, false);
    }

    public static StepSettings evaluate(long seed) {
        return new StepSettings(Mode.EVALUATE, seed, 1, 0, Double.POSITIVE_INFINITY, false);
    }

    public static StepSettings importance(long seed, int samples) {
        return new StepSettings(Mode.IMPORTANCE, seed, samples, 0, Double.POSITIVE_INFINITY, false);
    }

    public static StepSettings decode(long seed) {
        return new StepSettings(Mode.DECODE, seed, 1, 0, Double.POSITIVE_INFINITY, true);
    }

    public StepSettings withFreeBits(double nats) {
        return new StepSettings(mode, seed, samples, nats, maximumGradientNorm, means);
    }

    public StepSettings withMaximumGradientNorm(double norm) {
        return new StepSettings(mode, seed, samples, freeBits, norm, means);
    }

    public StepSettings withMeans() {
        return new StepSettings(mode, seed, samples, freeBits, maximumGradientNorm, true);
    }
}
