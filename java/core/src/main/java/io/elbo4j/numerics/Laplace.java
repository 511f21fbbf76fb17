package io.elbo4j.numerics;

/**
 * The log-likelihood of x under a Laplace variable with mean m and log-scale s, -log 2 - s - |x - m| exp(-s); the same
 * bits as {@code native/spec/laplace.h}, which says how accurate it is.
 */
public final class Laplace {
    /** The parameters are the mean and the log-scale, what is shared 1 / scale. */
    public static final ElementLikelihood OF_LOG_SCALES = new ElementLikelihood() {
        @Override
        public void shared(float[][] p, float[] inverse, int n) {
            inverseScales(p[1], inverse, n);
        }

        @Override
        public void terms(float[] x, float[][] p, float[] inverse, float[] terms, int n) {
            float[] m = p[0];
            float[] s = p[1];
            for (int i = 0; i < n; i++) {
                terms[i] = -Math.fma(Math.abs(x[i] - m[i]), inverse[i], s[i] + LOG_2);
            }
        }

        @Override
        public void gradients(float w, float[] x, float[][] p, float[] inverse, float[][] gradients, int n) {
            float[] m = p[0];
            float[] dm = gradients[0];
            float[] ds = gradients[1];
            for (int i = 0; i < n; i++) {
                float d = x[i] - m[i];
                float towardsX = d > 0 ? inverse[i] : -inverse[i];
                dm[i] = w * (Math.abs(d) > 0 ? towardsX : d * inverse[i]);
                ds[i] = w * Math.fma(Math.abs(d), inverse[i], -1);
            }
        }
    };

    private static final float LOG_2 = 0x1.62e430p-1f;

    private Laplace() {}

    static void inverseScales(float[] logScale, float[] inverse, int n) {
        for (int i = 0; i < n; i++) {
            inverse[i] = Exp.exp(-logScale[i]);
        }
    }
}
