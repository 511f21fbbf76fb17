package io.elbo4j.train;

import static io.elbo4j.ArgumentException.require;

/**
 * How a model is trained.
 *
 * @param batch rows of a minibatch, at least 1; the last one of an epoch may be smaller
 * @param learningRate of Adam (Kingma and Ba 2015), with beta1 0.9, beta2 0.999 and epsilon 1e-8
 * @param klWeight weight of the KL in the objective, 0 to 1e9 (Higgins et al. 2017 call it beta)
 * @param klWarmUp epochs over which the weight grows linearly from 0 to klWeight, at most 1e9; 0 for none
 * @param freeBits nats per latent dimension, averaged over the batch, below which its KL is free, 0 to 1e9
 * @param clip global norm to which gradients are scaled down; infinite for none
 * @param seed of everything that is random
 */
public record TrainingSettings(int batch, double learningRate, double klWeight, double klWarmUp, double freeBits,
        double clip, long seed) {
    /** Beyond any use, and no product with a number of rows or steps leaves float32. */
    private static final double MOST = 1e9;

    public TrainingSettings {
        require(batch >= 1, "batch", "at least 1", batch);
        require((float) learningRate > 0 && (float) learningRate <= Float.MAX_VALUE, "learningRate",
                "a number above 0 that float32 can hold", learningRate);
        require(klWeight >= 0 && klWeight <= MOST, "klWeight", "from 0 to 1e9", klWeight);
        require(klWarmUp >= 0 && klWarmUp <= MOST, "klWarmUp", "from 0 to 1e9 epochs", klWarmUp);
        require(freeBits >= 0 && freeBits <= MOST, "freeBits", "from 0 to 1e9 nats", freeBits);
        require((float) clip > 0 && ((float) clip <= Float.MAX_VALUE || Double.isInfinite(clip)), "clip",
                "above 0, and a number that float32 can hold, or infinite for none", clip);
    }

    /** The plain objective: learning rate 1e-3, KL weight 1 from the start, no free bits, no clipping. */
    public static TrainingSettings of(int batch, long seed) {
        return new TrainingSettings(batch, 1e-3, 1, 0, 0, Double.POSITIVE_INFINITY, seed);
    }

    public TrainingSettings withLearningRate(double rate) {
        return new TrainingSettings(batch, rate, klWeight, klWarmUp, freeBits, clip, seed);
    }

    public TrainingSettings withKlWeight(double weight) {
        return new TrainingSettings(batch, learningRate, weight, klWarmUp, freeBits, clip, seed);
    }

    public TrainingSettings withKlWarmUp(double epochs) {
        return new TrainingSettings(batch, learningRate, klWeight, epochs, freeBits, clip, seed);
    }

    public TrainingSettings withFreeBits(double nats) {
        return new TrainingSettings(batch, learningRate, klWeight, klWarmUp, nats, clip, seed);
    }

    public TrainingSettings withClip(double norm) {
        return new TrainingSettings(batch, learningRate, klWeight, klWarmUp, freeBits, norm, seed);
    }

    /** Weight of the KL at a step counted from 0, in a run of {@code stepsPerEpoch} steps an epoch. */
    public double klWeightAt(long step, long stepsPerEpoch) {
        double warmUpSteps = klWarmUp * stepsPerEpoch;
        return step >= warmUpSteps ? klWeight : klWeight * (step / warmUpSteps);
    }
}
