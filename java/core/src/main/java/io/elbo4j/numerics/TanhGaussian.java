package io.elbo4j.numerics;

/** The scalar functions of a normal number that tanh squashes: see {@code native/spec/tanh_gaussian.h}. */
public final class TanhGaussian {
    private static final float LOG_FOUR = 0x1.62e43p+0f;
    private static final float HALF_LOG_TWO_PI = 0x1.d67f1cp-1f;

    private TanhGaussian() {}

    /** 3.5 tanh(s) - 1.5, from -5 to 2. */
    public static float logSigma(float s) {
        return Math.fma(3.5f, Tanh.tanh(s), -1.5f);
    }

    /** log N(u; mean, sigma) - log(1 - tanh(u)^2), with eps = (u - mean) / sigma. */
    public static float term(float u, float eps, float logSigma) {
        float size = Math.abs(u);
        float squashed = Math.fma(2.0f, size + Log1p.log1pUnit(Exp.expNonpositive(-2.0f * size)), -LOG_FOUR);
        return squashed - (Math.fma(0.5f * eps, eps, HALF_LOG_TWO_PI) + logSigma);
    }

    /** Of u, from the gradients of tanh(u) and of the term. */
    public static float uGradient(float u, float dAction, float dLogProbability) {
        return Math.fma(dLogProbability, 2.0f * Tanh.tanh(u), Tanh.gradient(u, dAction));
    }

    /** Of s, where du is that of u. */
    public static float sGradient(float s, float sigma, float eps, float du, float dLogProbability) {
        return Tanh.gradient(s, 3.5f * Math.fma(du, sigma * eps, -dLogProbability));
    }
}
