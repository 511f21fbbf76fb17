package io.elbo4j.numerics;

/**
 * The log-likelihood of a count x that with probability sigmoid(g) is an extra zero and else a negative binomial
 * variable; the same bits as {@code native/spec/zero_inflated_negative_binomial.h}, which says how accurate it is.
 */
public final class ZeroInflatedNegativeBinomial {
    /**
     * The parameters are the log-mean, the log-inverse-dispersion and the logit of an extra zero, what is shared is
     * theta.
     */
    public static final ElementLikelihood OF_LOGITS = new ElementLikelihood() {
        @Override
        public void shared(float[][] p, float[] theta, int n) {
            NegativeBinomial.thetas(p[1], theta, n);
        }

        @Override
        public void terms(float[] x, float[][] p, float[] theta, float[] terms, int n) {
            NegativeBinomial of = NegativeBinomial.get();
            for (int i = 0; i < n; i++) {
                of.set(x[i], p[0][i], p[1][i], theta[i]);
                terms[i] = term(x[i], of.term(), p[2][i]);
            }
        }

        @Override
        public void gradients(float w, float[] x, float[][] p, float[] theta, float[][] gradients, int n) {
            NegativeBinomial of = NegativeBinomial.get();
            for (int i = 0; i < n; i++) {
                float g = p[2][i];
                of.set(x[i], p[0][i], p[1][i], theta[i]);
                float noExtra = Sigmoid.sigmoid(of.ofZero() - g);
                float decay = Exp.expNonpositive(-Math.abs(g));
                float share = x[i] == 0 ? noExtra : 1.0f;
                gradients[0][i] = w * (share * of.ofLogMean());
                gradients[1][i] = w * (share * of.ofLogInverseDispersion());
                gradients[2][i] = w * (x[i] == 0 ? Sigmoid.sigmoid(-g, decay) - noExtra : -Sigmoid.sigmoid(g, decay));
            }
        }
    };

    private ZeroInflatedNegativeBinomial() {}

    /** @param a what the negative binomial variable's term is */
    private static float term(float x, float a, float g) {
        float ofG = Log1p.log1pUnit(Exp.expNonpositive(-Math.abs(g)));
        if (x == 0) {
            float ofBoth = Log1p.log1pUnit(Exp.expNonpositive(-Math.abs(a - g)));
            float bound = 0.0f < g ? 0.0f : g;
            return (bound > a ? bound : a) + (ofBoth - ofG);
        }
        return a - ((0.0f > g ? 0.0f : g) + ofG);
    }
}
