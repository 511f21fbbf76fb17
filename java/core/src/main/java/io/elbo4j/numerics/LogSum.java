package io.elbo4j.numerics;

/**
 * log(sum(exp(x))) of numbers one after the other, the same bits as {@code native/spec/log_sum.h}: of each column the
 * largest so far, most, and the sum of exp(x - most). The result is most + log(sum).
 */
public final class LogSum {
    private LogSum() {}

    /** The first number of each column. */
    public static void begin(float[] x, float[] most, float[] sum, int n) {
        for (int i = 0; i < n; i++) {
            most[i] = x[i];
            sum[i] = 1.0f;
        }
    }

    /** A further one. */
    public static void add(float[] x, float[] most, float[] sum, int n) {
        for (int i = 0; i < n; i++) {
            float d = x[i] - most[i];
            float e = Exp.expNonpositive(-Math.abs(d));
            if (d > 0) {
                most[i] = x[i];
                sum[i] = Math.fma(sum[i], e, 1.0f);
            } else {
                sum[i] += e;
            }
        }
    }

    /** What a number weighs among them: exp(x - most) / sum. */
    public static float share(float most, float sum, float x) {
        return Exp.exp(x - most) / sum;
    }
}
