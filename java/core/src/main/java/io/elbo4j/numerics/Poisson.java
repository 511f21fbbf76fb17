package io.elbo4j.numerics;

/**
 * The log-likelihood of a count x under a Poisson variable with log-rate l, x l - exp(l) - log(x!); the same bits as
 * {@code native/spec/poisson.h}, which says how accurate it is.
 */
public final class Poisson {
    /** The parameter is the log-rate, what is shared the rate. */
    public static final ElementLikelihood OF_LOG_RATES = new ElementLikelihood() {
        @Override
        public void shared(float[][] p, float[] rate, int n) {
            float[] l = p[0];
            for (int i = 0; i < n; i++) {
                rate[i] = Exp.exp(l[i]);
            }
        }

        @Override
        public void terms(float[] x, float[][] p, float[] rate, float[] terms, int n) {
            float[] l = p[0];
            for (int i = 0; i < n; i++) {
                terms[i] = term(x[i], l[i], rate[i]);
            }
        }

        @Override
        public void gradients(float w, float[] x, float[][] p, float[] rate, float[][] gradients, int n) {
            float[] gradient = gradients[0];
            for (int i = 0; i < n; i++) {
                gradient[i] = w * (x[i] - rate[i]);
            }
        }
    };

    private Poisson() {}

    private static float term(float x, float l, float rate) {
        if (x < LogFactorial.LEAST_OF_SERIES) {
            return Math.fma(x, l, -rate) - LogFactorial.ofProduct(x);
        }
        float ofPower = LogFactorial.ofPower(x);
        float ofRest = LogFactorial.ofRest(x);
        float high = ofPower + ofRest;
        float u = (l - high) - LogFactorial.low(x, ofPower, ofRest, high);
        return -Math.fma(x, VarianceKl.varianceKl(u, Exp.exp(0.5f * u)), LogFactorial.rest(x, high));
    }
}
