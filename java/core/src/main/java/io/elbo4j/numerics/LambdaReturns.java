package io.elbo4j.numerics;

/** The scalar functions of lambda-returns: see {@code native/spec/lambda_returns.h}. */
public final class LambdaReturns {
    private LambdaReturns() {}

    /** (1 - lambda) value + lambda next. */
    public static float mean(float lambda, float value, float next) {
        if (lambda == 0) {
            return value;
        }
        return lambda == 1 ? next : Math.fma(lambda, next, (1 - lambda) * value);
    }

    /** Of the value, from that of the mean. */
    public static float valueGradient(float lambda, float dMean) {
        if (lambda == 0) {
            return dMean;
        }
        return lambda == 1 ? 0 : (1 - lambda) * dMean;
    }

    /** The whole gradient of the next return, from its own and that of the mean. */
    public static float nextGradient(float lambda, float dMean, float own) {
        return lambda == 0 ? own : Math.fma(lambda, dMean, own);
    }
}
