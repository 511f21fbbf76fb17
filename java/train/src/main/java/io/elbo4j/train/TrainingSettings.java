package io.elbo4j.train;

/**
 * How a model is trained.
 *
 * @param batch rows of a minibatch, at least 1; the last one of an epoch may be smaller
 * @param learningRate of Adam (Kingma and Ba 2015), with beta1 0.9, beta2 0.999 and epsilon 1e-8
 * @param klWeight weight of the KL in the objective, at least 0 (Higgins et al. 2017 call it beta)
 * @param klWarmUp epochs over which the weight grows linearly from 0 to klWeight; 0 for none
 * @param freeBits nats per latent dimension, averaged over the batch, below which its KL is free
 * @param clip global norm to which gradients are scaled down; infinite for none
 * @param seed of everything that is random
 */
public record TrainingSettings(int batch, double learningRate, double klWeight, double klWarmUp, double freeBits,
        double clip, long seed) {
    public TrainingSettings {
        require(batch >= 1, "batch", "at least 1", batch);
        require(Double.isFinite(learningRate) && learningRate > 0, "learningRate", "a finite number above 0",
                learningRate);
        require(Double.isFinite(klWeight) && klWeight >= 0, "klWeight", "a finite number of at least 0", klWeight);
        require(Double.isFinite(klWarmUp) && klWarmUp >= 0, "klWarmUp", "a finite number of epochs of at least 0",
                klWarmUp);
        require(Double.isFinite(freeBits) && freeBits >= 0, "freeBits", "a finite number of nats of at least 0",
                freeBits);
        require(clip > 0, "clip", "above 0", clip);
    }

    private static void require(boolean holds, String argument, String expected, Object given) {
        if (!holds) {
            throw new IllegalArgumentException(argument + " must be " + expected + ", not " + given);
        }
    }

    /** Weight of the KL at a step counted from 0, in a run of {@code stepsPerEpoch} steps an epoch. */
    public double klWeightAt(long step, long stepsPerEpoch) {
        double warmUpSteps = klWarmUp * stepsPerEpoch;
        return step >= warmUpSteps ? klWeight : klWeight * (step / warmUpSteps);
    }
}
