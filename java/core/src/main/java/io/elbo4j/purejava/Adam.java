package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.get;
import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.AdamStep;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Adam.Update;

/**
 * One step of Adam (Kingma and Ba 2015, algorithm 1, in the form of the end of its section 2):
 *
 * <pre>
 * m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2       g = gradient times the scale
 * p = decay p - stepSize m / (sqrt(v) inverseRootCorrection + epsilon)
 * </pre>
 *
 * <p>A decay other than 1 is AdamW (Loshchilov and Hutter 2019, algorithm 2). First moments smaller than 2^-100 and
 * second moments smaller than 2^-124 become +0. Moves 28 bytes an element.
 */
final class Adam {
    /** The largest floats below 2^-100 and 2^-124. */
    private static final float NEGLIGIBLE_FIRST = 0x1.fffffep-101f;
    private static final float NEGLIGIBLE_SECOND = 0x1.fffffep-125f;

    private Adam() {}

    static void update(Update op, long begin, long end) {
        Matrix parameter = op.parameter();
        Matrix gradient = op.gradient();
        Matrix firstMoment = op.firstMoment();
        Matrix secondMoment = op.secondMoment();
        AdamStep step = op.step();
        Scratch scratch = Scratch.get();
        float[] p = scratch.tile(0);
        float[] g = scratch.tile(1);
        float[] m = scratch.tile(2);
        float[] v = scratch.tile(3);
        float scale = op.gradientScale() == null ? 1 : get(op.gradientScale(), 0);
        // Rows without gaps are one long row: a bias comes as a column.
        boolean oneRow =
                contiguous(parameter) && contiguous(gradient) && contiguous(firstMoment) && contiguous(secondMoment);
        int columns = (int) (oneRow ? (end - begin) * parameter.columns() : parameter.columns());
        long last = oneRow ? Math.min(begin + 1, end) : end;
        for (long r = begin; r < last; r++) {
            for (int c = 0; c < columns; c += TILE) {
                int n = width(c, columns);
                load(parameter, r, c, p, n);
                load(gradient, r, c, g, n);
                load(firstMoment, r, c, m, n);
                load(secondMoment, r, c, v, n);
                scale(g, scale, n);
                firstMoments(g, step.beta1(), step.oneMinusBeta1(), m, n);
                secondMoments(g, step.beta2(), step.oneMinusBeta2(), v, n);
                descend(m, v, step.stepSize(), step.inverseRootCorrection(), step.epsilon(), step.decay(), p, n);
                store(m, firstMoment, r, c, n);
                store(v, secondMoment, r, c, n);
                store(p, parameter, r, c, n);
            }
        }
    }

    private static boolean contiguous(Matrix matrix) {
        return matrix.rowStride() == matrix.columns();
    }

    private static void scale(float[] g, float scale, int n) {
        for (int i = 0; i < n; i++) {
            g[i] = g[i] * scale;
        }
    }

    private static void firstMoments(float[] g, float beta1, float oneMinusBeta1, float[] m, int n) {
        for (int i = 0; i < n; i++) {
            m[i] = flush(Math.fma(beta1, m[i], oneMinusBeta1 * g[i]), NEGLIGIBLE_FIRST);
        }
    }

    private static void secondMoments(float[] g, float beta2, float oneMinusBeta2, float[] v, int n) {
        for (int i = 0; i < n; i++) {
            v[i] = flush(Math.fma(beta2, v[i], (oneMinusBeta2 * g[i]) * g[i]), NEGLIGIBLE_SECOND);
        }
    }

    private static void descend(
            float[] m, float[] v, float stepSize, float inverseRootCorrection, float epsilon, float decay, float[] p,
            int n) {
        for (int i = 0; i < n; i++) {
            p[i] = p[i] * decay - (stepSize * m[i]) / Math.fma((float) Math.sqrt(v[i]), inverseRootCorrection, epsilon);
        }
    }

    /**
     * x, or +0 where |x| is at most {@code negligible}; NaN stays. Written without a comparison, which would keep the
     * loop from being vectorised: the difference is at least 2^-148 where x is kept, so that the factor is 0 or 1;
     * adding 0 turns -0 into +0.
     */
    private static float flush(float x, float negligible) {
        float keep = Math.min(Math.max(((Math.abs(x) - negligible) * 0x1p126f) * 0x1p22f, 0), 1);
        return x * keep + 0;
    }
}
