package io.elbo4j.numerics;

/**
 * The log-likelihood of x in [0, 1] under a continuous Bernoulli variable with logit l (Loaiza-Ganem and Cunningham,
 * The continuous Bernoulli: fixing a pervasive error in variational autoencoders, 2019), a density; the same bits as
 * {@code native/spec/continuous_bernoulli.h}.
 *
 * <pre>
 * x l - softplus(l) + log C(l),  C(l) = l / tanh(l / 2),  which is  x l - log((exp(l) - 1) / l)
 * </pre>
 *
 * From |l| = 1 on as (x l - max(l, 0)) - log((1 - exp(-|l|)) / |l|), in which the product is rounded once; nearer to 0,
 * where these two cancel, as (x - 1/2) l - log(sinh(l / 2) / (l / 2)), the logarithm an even polynomial.
 *
 * <p>Accuracy: max 2^-22 of |log p| + log(1 + |l|) for x in [0, 1] and every finite l, swept, but for a denormal
 * rounding; of the derivative absolute 2^-22. An infinite l gives NaN.
 *
 * <p>Coefficients: minimax of log(sinh(l / 2) / (l / 2)) / l^2 and of its derivative / l in l^2 on [0, 1], relative
 * error, rounded to float one by one.
 */
public final class ContinuousBernoulli {
    /** The parameter is the logit, what is shared 1 - exp(-|l|). */
    public static final ElementLikelihood OF_LOGITS = new ElementLikelihood() {
        @Override
        public void shared(float[][] p, float[] rise, int n) {
            float[] l = p[0];
            for (int i = 0; i < n; i++) {
                rise[i] = Expm1.minusExpm1(Math.max(-Math.abs(l[i]), Expm1.LOWEST));
            }
        }

        @Override
        public void terms(float[] x, float[][] p, float[] rise, float[] terms, int n) {
            float[] l = p[0];
            for (int i = 0; i < n; i++) {
                terms[i] = term(x[i], l[i], rise[i]);
            }
        }

        @Override
        public void gradients(float w, float[] x, float[][] p, float[] rise, float[][] gradients, int n) {
            float[] l = p[0];
            float[] gradient = gradients[0];
            for (int i = 0; i < n; i++) {
                gradient[i] = w * derivative(x[i], l[i], rise[i]);
            }
        }
    };

    private ContinuousBernoulli() {}

    private static float term(float x, float l, float rise) {
        float square = l * l;
        if (square < 1) {
            float p = -0x1.aa6ddep-24f;
            p = Math.fma(p, square, 0x1.71b322p-18f);
            p = Math.fma(p, square, -0x1.6c16a0p-12f);
            p = Math.fma(p, square, 0x1.555556p-5f);
            return Math.fma(x - 0.5f, l, -(square * p));
        }
        return Math.fma(x, l, -Math.max(l, 0.0f)) - Log.log(rise / Math.abs(l));
    }

    /** With respect to l: x less the mean, which is 1 - (1 / l - 1 / (exp(l) - 1)) for l > 0. */
    private static float derivative(float x, float l, float rise) {
        float square = l * l;
        if (square < 1) {
            float p = -0x1.a631b6p-21f;
            p = Math.fma(p, square, 0x1.15312cp-15f);
            p = Math.fma(p, square, -0x1.6c166cp-10f);
            p = Math.fma(p, square, 0x1.555556p-4f);
            return Math.fma(-l, p, x - 0.5f);
        }
        float distance = 1.0f / Math.abs(l) - (1.0f - rise) / rise;
        return l > 0 ? (x - 1.0f) + distance : x - distance;
    }
}
