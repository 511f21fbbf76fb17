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
    /** The parameter is the logit, what is shared exp(-|l|). */
    public static final ElementLikelihood OF_LOGITS = new ElementLikelihood() {
        @Override
        public void shared(float[][] p, float[] decay, int n) {
            float[] l = p[0];
            for (int i = 0; i < n; i++) {
                decay[i] = Exp.expNonpositive(-Math.abs(l[i]));
            }
        }

        @Override
        public void terms(float[] x, float[][] p, float[] decay, float[] terms, int n) {
            float[] l = p[0];
            for (int i = 0; i < n; i++) {
                terms[i] = logLikelihood(x[i], l[i], decay[i]);
            }
        }

        @Override
        public void gradients(float w, float[] x, float[][] p, float[] decay, float[][] gradients, int n) {
            float[] l = p[0];
            float[] gradient = gradients[0];
            for (int i = 0; i < n; i++) {
                gradient[i] = w * (x[i] - Sigmoid.sigmoid(l[i], decay[i]));
            }
        }
    };

    private Bernoulli() {}

    /** The log-likelihood in nats, given decay = {@code Exp.expNonpositive(-|l|)}, which the sigmoid needs too. */
    public static float logLikelihood(float x, float l, float decay) {
        return Math.fma(x, l, -Math.max(l, 0.0f)) - Log1p.log1pUnit(decay);
    }
}
