package io.elbo4j.train.graph;

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
        /** from given latent variables to the means of the observations */
        DECODE
    }

    public StepSettings {
        if (samples < 1) {
            throw new IllegalArgumentException("samples must be at least 1, not " + samples);
        }
        if (!(freeBits >= 0) || Double.isInfinite(freeBits)) {
            throw new IllegalArgumentException("freeBits must be a finite number of at least 0, not " + freeBits);
        }
        if (!((float) maximumGradientNorm > 0)) {
            throw new IllegalArgumentException("maximumGradientNorm must be above 0, also as a float32, not "
                    + maximumGradientNorm);
        }
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
