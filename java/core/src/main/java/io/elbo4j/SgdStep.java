package io.elbo4j;

import static io.elbo4j.ArgumentException.require;

/**
 * The scalars of one step of gradient descent with momentum. A training loop may set another learning rate before each
 * step; kernels read it when they run, so no other thread may set it meanwhile.
 */
public final class SgdStep {
    private final float momentum;
    private final float weightDecay;
    private float learningRate;

    /**
     * @param learningRate finite and at least 0
     * @param momentum the share of the velocity that stays, in [0, 1)
     * @param weightDecay times the parameter is added to its gradient; finite and at least 0
     */
    public SgdStep(double learningRate, double momentum, double weightDecay) {
        require(momentum >= 0 && (float) momentum < 1, "momentum", "in [0, 1), also as a float32", momentum);
        require(weightDecay >= 0 && Float.isFinite((float) weightDecay), "weightDecay",
                "a finite number of at least 0", weightDecay);
        this.momentum = (float) momentum;
        this.weightDecay = (float) weightDecay;
        learningRate(learningRate);
    }

    /** For steps from now on. */
    public SgdStep learningRate(double learningRate) {
        require(learningRate >= 0 && Float.isFinite((float) learningRate), "learningRate",
                "a finite number of at least 0", learningRate);
        this.learningRate = (float) learningRate;
        return this;
    }

    public float learningRate() {
        return learningRate;
    }

    public float momentum() {
        return momentum;
    }

    public float weightDecay() {
        return weightDecay;
    }
}
