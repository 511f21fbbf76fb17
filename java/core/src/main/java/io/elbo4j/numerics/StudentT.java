package io.elbo4j.numerics;

/**
 * The log-likelihood of x under Student's t with mean m, log-scale s and nu degrees of freedom; the same bits as
 * {@code native/spec/student_t.h}, which says how accurate it is.
 *
 * <pre>
 * c - s - (nu + 1) / 2 log(1 + r^2)    r = |x - m| exp(-s) / sqrt(nu)
 * c = log Gamma((nu + 1) / 2) - log Gamma(nu / 2) - log(nu pi) / 2
 * </pre>
 *
 * @param nu the degrees of freedom
 * @param constant c
 */
public record StudentT(float nu, float constant) implements ElementLikelihood {
    /** Terms of the asymptotic series from here on. */
    private static final double LEAST_OF_SERIES = 16;

    /** With its constant. */
    public static StudentT of(float nu) {
        double half = nu / 2.0;
        return new StudentT(nu, (float) (logRatioOfGammas(half) - StrictMath.log(nu * Math.PI) / 2));
    }

    /**
     * log Gamma(a + 1/2) - log Gamma(a): from 16 on log(a) / 2 - 1 / (8 a) + 1 / (192 a^3) - ... (Tricomi and Erdelyi
     * 1951), below from a + 16 by the recurrence.
     */
    private static double logRatioOfGammas(double a) {
        double product = 1;
        double from = a;
        for (; from < LEAST_OF_SERIES; from++) {
            product *= from / (from + 0.5);
        }
        double r = 1 / from;
        double r2 = r * r;
        double series = r * (-1.0 / 8 + r2 * (1.0 / 192 + r2 * (-1.0 / 640 + r2 * (17.0 / 14336 + r2 * (-31.0
                / 18432)))));
        return StrictMath.log(from) / 2 + series + StrictMath.log(product);
    }

    @Override
    public void shared(float[][] p, float[] inverse, int n) {
        Laplace.inverseScales(p[1], inverse, n);
    }

    @Override
    public void terms(float[] x, float[][] p, float[] inverse, float[] terms, int n) {
        float[] m = p[0];
        float[] s = p[1];
        float root = (float) Math.sqrt(nu);
        for (int i = 0; i < n; i++) {
            float r = Math.abs(x[i] - m[i]) * inverse[i] / root;
            float lesser = Math.min(r, 1 / r);
            float logarithm = Math.fma(2.0f, Log.log(Math.max(r, 1)), Log1p.log1pUnit(lesser * lesser));
            terms[i] = Math.fma(Math.fma(-0.5f, nu, -0.5f), logarithm, constant) - s[i];
        }
    }

    @Override
    public void gradients(float w, float[] x, float[][] p, float[] inverse, float[][] gradients, int n) {
        float[] m = p[0];
        float[] dm = gradients[0];
        float[] ds = gradients[1];
        float root = (float) Math.sqrt(nu);
        float power = nu + 1;
        float steepness = power / root;
        for (int i = 0; i < n; i++) {
            float d = x[i] - m[i];
            float r = Math.abs(d) * inverse[i] / root;
            float lesser = Math.min(r, 1 / r);
            float share = Reciprocal.reciprocal1To2(1 + lesser * lesser);
            float atMost1 = Math.min(r, 1);
            float pull = steepness * inverse[i] * (lesser * share);
            dm[i] = w * Math.copySign(pull, d);
            ds[i] = w * Math.fma(power, atMost1 * atMost1 * share, -1);
        }
    }
}
