package io.elbo4j;

import static io.elbo4j.ArgumentException.require;

/**
 * The scalars of one Adam step (Kingma and Ba 2015, algorithm 1), computed in float64 on the host and handed to the
 * kernels as float32. A training loop advances it before each step; kernels read it when they run, so no other thread
 * may advance it meanwhile.
 */
public final class AdamStep {
    private double learningRate;
    private final double beta1;
    private final double beta2;
    private final double epsilon;
    private final double weightDecay;
    private float stepSize;
    private float inverseRootCorrection;

    /**
     * @param learningRate step size alpha, at least 0, and finite as a float32, also divided by 1 - beta1
     * @param beta1 decay of the first moment, in [0, 1)
     * @param beta2 decay of the second moment, in [0, 1)
     * @param epsilon added to the root of the second moment, above 0
     */
    public AdamStep(double learningRate, double beta1, double beta2, double epsilon) {
        this(learningRate, beta1, beta2, epsilon, 0);
    }

    /**
     * AdamW (Loshchilov and Hutter 2019, algorithm 2): each step multiplies parameters by {@link #decay}. The learning
     * rate is a factor of it, as in PyTorch; in the paper the schedule's multiplier alone is.
     *
     * @param weightDecay lambda, at least 0 and below 1 / learningRate; 0 is plain Adam, to the bit
     */
    public AdamStep(double learningRate, double beta1, double beta2, double epsilon, double weightDecay) {
        require(beta1 >= 0 && (float) beta1 < 1, "beta1", "in [0, 1), also as a float32", beta1);
        require(beta2 >= 0 && (float) beta2 < 1, "beta2", "in [0, 1), also as a float32", beta2);
        require((float) epsilon > 0 && epsilon < 1, "epsilon", "in (0, 1), also as a float32", epsilon);
        this.beta1 = beta1;
        requireRate(learningRate);
        this.learningRate = learningRate;
        this.beta2 = beta2;
        require(weightDecay >= 0 && learningRate * weightDecay < 1, "weightDecay",
                "at least 0 and below 1 / learningRate", weightDecay);
        this.epsilon = epsilon;
        this.weightDecay = weightDecay;
        at(1);
    }

    /**
     * Sets the bias corrections of step {@code t}, counted from 1.
     *
     * @throws IllegalStateException in a thread that does not round to nearest
     */
    public AdamStep at(long t) {
        FloatingPoint.requireNearest();
        require(t >= 1, "t", "at least 1", t);
        stepSize = (float) (learningRate / (1 - power(beta1, t)));
        inverseRootCorrection = (float) (1 / Math.sqrt(1 - power(beta2, t)));
        return this;
    }

    /**
     * Another learning rate from now on, which {@link #decay} follows and {@link #at} takes up.
     *
     * @param rate as the first one, and below 1 / weightDecay
     */
    public AdamStep learningRate(double rate) {
        if (rate == learningRate) {
            // known to be valid: a message's arguments would be allocated in each step
            return this;
        }
        requireRate(rate);
        require(rate * weightDecay < 1, "learningRate", "below 1 / weightDecay", rate);
        learningRate = rate;
        return this;
    }

    /** The first step is the longest. */
    private void requireRate(double rate) {
        require(rate >= 0 && Float.isFinite((float) (rate / (1 - beta1))), "learningRate",
                "a number of at least 0 that float32 can hold, also divided by 1 - beta1", rate);
    }

    /** By squaring, in IEEE products only: Math.pow may differ between platforms. */
    private static double power(double base, long exponent) {
        double result = 1;
        for (long e = exponent; e > 0; e >>= 1) {
            if ((e & 1) == 1) {
                result *= base;
            }
            base *= base;
        }
        return result;
    }

    public float beta1() {
        return (float) beta1;
    }

    public float beta2() {
        return (float) beta2;
    }

    /** {@code 1 - beta1}, rounded once. */
    public float oneMinusBeta1() {
        return (float) (1 - beta1);
    }

    /** {@code 1 - beta2}, rounded once. */
    public float oneMinusBeta2() {
        return (float) (1 - beta2);
    }

    public float epsilon() {
        return (float) epsilon;
    }

    /** {@code 1 - learningRate weightDecay}, rounded once; 1 without weight decay. */
    public float decay() {
        return (float) (1 - learningRate * weightDecay);
    }

    /** {@code learningRate / (1 - beta1^t)}. */
    public float stepSize() {
        return stepSize;
    }

    /** {@code 1 / sqrt(1 - beta2^t)}. */
    public float inverseRootCorrection() {
        return inverseRootCorrection;
    }
}
