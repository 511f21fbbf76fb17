package io.elbo4j.numerics;

/**
 * The log-likelihood of x under a Bernoulli variable with logit l; the same bits as {@code native/spec/bernoulli.h}.
 *
 * <pre>
 * x log sigmoid(l) + (1 - x) log sigmoid(-l) = x l - max(l, 0) - log1p(exp(-|l|))
 * </pre>
 *
 * The product less the maximum is rounded once and is exact for x = 0 and x = 1: sure ones are as accurate as sure
 * zeros.
 *
 * <p>Accuracy: max 3 ULP for x = 0 and x = 1 where |l| is at most 86.98, swept; below exp's least result +0 stands
 * for it. An infinite logit gives -infinity or NaN.
 */
public final class Bernoulli {
    private Bernoulli() {}

    /** The log-likelihood in nats, given decay = {@code Exp.expNonpositive(-|l|)}, which the sigmoid needs too. */
    public static float logLikelihood(float x, float l, float decay) {
        return Math.fma(x, l, -Math.max(l, 0.0f)) - Log1p.log1pUnit(decay);
    }
}
