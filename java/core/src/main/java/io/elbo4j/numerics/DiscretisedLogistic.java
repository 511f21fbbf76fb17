package io.elbo4j.numerics;

/**
 * The log-probability of a level x, a whole number in [0, top], which is a logistic variable with mean m and log-scale
 * s rounded to the nearest level; the same bits as {@code native/spec/discretised_logistic.h}, which says how it is
 * computed and how accurate it is. What all take is inverse = exp(-s).
 */
public final class DiscretisedLogistic {
    private DiscretisedLogistic() {}

    /** Each of the first n log-scales becomes 1 / scale. */
    public static void inverses(float[] s, float[] inverse, int n) {
        for (int i = 0; i < n; i++) {
            inverse[i] = Exp.exp(-s[i]);
        }
    }

    private static float distance(float x, float m, float top) {
        float d = x - m;
        return x <= 0 ? -d : x >= top ? d : Math.abs(d);
    }

    private static float within(float inverse) {
        return Expm1.minusExpm1(Math.max(-inverse, Expm1.LOWEST));
    }

    private static float decay(float t) {
        return Exp.expNonpositive(-Math.abs(t));
    }

    /** The log-probability. */
    public static float term(float x, float m, float top, float inverse) {
        float a = distance(x, m, top);
        float t = (a - 0.5f) * inverse;
        float below = 1.0f + decay(t);
        boolean end = x <= 0 || x >= top;
        float quotient = end ? 1.0f / below : within(inverse) / (below * (1.0f + decay((a + 0.5f) * inverse)));
        return Log.log(quotient) - (0.0f > t ? 0.0f : t);
    }

    /** Its derivative with respect to m. */
    public static float ofMean(float x, float m, float top, float inverse) {
        float a = distance(x, m, top);
        float towardsX = pull(x, a, top, inverse) * inverse;
        return x <= 0 || x < top && x - m < 0 ? -towardsX : towardsX;
    }

    /** Its derivative with respect to s. */
    public static float ofLogScale(float x, float m, float top, float inverse) {
        float a = distance(x, m, top);
        float t = (a - 0.5f) * inverse;
        float pull = pull(x, a, top, inverse);
        if (x <= 0 || x >= top) {
            return Math.fma(t, pull, -0.0f);
        }
        float within = within(inverse);
        float beyondDecay = decay((a + 0.5f) * inverse);
        float greater = t > 0 ? 1.0f - within : beyondDecay;
        float ratio = (1.0f + decay(t)) * Reciprocal.reciprocal1To2(1.0f + beyondDecay);
        return Math.fma(t, pull, -(((inverse / within) * greater) * ratio));
    }

    private static float pull(float x, float a, float top, float inverse) {
        float t = (a - 0.5f) * inverse;
        float beyond = (a + 0.5f) * inverse;
        float below = x <= 0 || x >= top ? 0.0f : Sigmoid.sigmoid(-beyond, decay(beyond));
        return Sigmoid.sigmoid(t, decay(t)) - below;
    }
}
