package io.elbo4j.numerics;

/**
 * The log-likelihood of a count x under a negative binomial variable with log-mean l and log-inverse-dispersion t, in
 * the parameters of scvi-tools: mu = exp(l), theta = exp(t), the variance is mu + mu^2 / theta. The same bits as
 * {@code native/spec/negative_binomial.h}, which says how it is computed and how accurate it is.
 */
public final class NegativeBinomial {
    /** The parameters are the log-mean and the log-inverse-dispersion, what is shared theta. */
    public static final ElementLikelihood OF_LOGARITHMS = new ElementLikelihood() {
        @Override
        public void shared(float[][] p, float[] theta, int n) {
            thetas(p[1], theta, n);
        }

        @Override
        public void terms(float[] x, float[][] p, float[] theta, float[] terms, int n) {
            NegativeBinomial of = get();
            for (int i = 0; i < n; i++) {
                of.set(x[i], p[0][i], p[1][i], theta[i]);
                terms[i] = of.term();
            }
        }

        @Override
        public void gradients(float w, float[] x, float[][] p, float[] theta, float[][] gradients, int n) {
            NegativeBinomial of = get();
            for (int i = 0; i < n; i++) {
                of.set(x[i], p[0][i], p[1][i], theta[i]);
                gradients[0][i] = w * of.ofLogMean();
                gradients[1][i] = w * of.ofLogInverseDispersion();
            }
        }
    };

    private static final ThreadLocal<NegativeBinomial> PER_THREAD = ThreadLocal.withInitial(NegativeBinomial::new);
    private static final float LEAST_THETA = 4.0f;
    private static final float FARTHEST = 88.0f;
    private static final float NEAR = 0x1.6p-2f;

    private float x;
    private float t;
    private float theta;
    private float logX;
    private float total;
    private float excessOfTheta;
    private float excessOfX;
    /** log((theta + mu) / theta). */
    private float logFactor;
    /** Of mu + theta. */
    private float muShare;
    private float thetaShare;

    private NegativeBinomial() {}

    /** Of this thread, so that nothing is allocated. */
    static NegativeBinomial get() {
        return PER_THREAD.get();
    }

    static void thetas(float[] t, float[] theta, int n) {
        for (int i = 0; i < n; i++) {
            theta[i] = Exp.exp(t[i]);
        }
    }

    /** Of one element: what its term and its derivatives need. */
    void set(float count, float l, float logTheta, float thetaOfIt) {
        x = count;
        t = logTheta;
        theta = thetaOfIt;
        float ofPower = LogFactorial.ofPower(x);
        float ofRest = LogFactorial.ofRest(x);
        logX = ofPower + ofRest;
        float u = (l - logX) - LogFactorial.low(x, ofPower, ofRest, logX);
        float below = FARTHEST < u ? FARTHEST : u;
        float bounded = -FARTHEST > below ? -FARTHEST : below;
        float beyond = u - bounded;
        float rise = Exp.exp(bounded);
        float fall = Exp.exp(-bounded);
        boolean near = Math.abs(u) < NEAR;
        float change = Expm1.reduced(u);
        total = x + theta;
        float inverse = 1.0f / total;
        float shareOfTheta = theta * inverse;
        float shareOfX = x * inverse;
        float w = shareOfX * (near ? change : rise - 1.0f);
        float v = shareOfTheta * (near ? -(change * fall) : fall - 1.0f);
        float sumW = 1.0f + w;
        float sumV = 1.0f + v;
        float s = w < -0.5f ? Math.fma(shareOfX, rise, shareOfTheta) : sumW;
        float r = v < -0.5f ? Math.fma(shareOfTheta, fall, shareOfX) : sumV;
        float inverseS = 1.0f / s;
        float inverseR = 1.0f / r;
        float logS = Math.fma(w < -0.5f ? 0.0f : Log1p.lost(w, sumW), inverseS, Log.log(s));
        float logR = Math.fma(v < -0.5f ? 0.0f : Log1p.lost(v, sumV), inverseR, Log.log(r));
        float z = l - t;
        float decay = Exp.expNonpositive(-Math.abs(z));
        logFactor = Softplus.softplus(z, decay);
        thetaShare = Sigmoid.sigmoid(-z, decay);
        muShare = Sigmoid.sigmoid(z, decay);
        float y = x == 0 ? -logFactor : -logS - positive(beyond);
        excessOfTheta = ExpExcess.of(y, x == 0 ? thetaShare : inverseS);
        excessOfX = ExpExcess.of(-logR - positive(-beyond), inverseR);
    }

    private static float positive(float x) {
        return 0.0f > x ? 0.0f : x;
    }

    /** -theta softplus(l - t): the term of x = 0. */
    float ofZero() {
        return -(theta * logFactor);
    }

    float term() {
        if (x == 0) {
            return ofZero();
        }
        boolean shifted = theta < LEAST_THETA;
        float shift = shifted ? LEAST_THETA : 0.0f;
        float a = theta + shift;
        float b = total + shift;
        float ratio = b / a;
        float square = ratio * ratio;
        float thetaFactors = (theta + 1.0f) * ((theta + 2.0f) * (theta + 3.0f));
        float totalFactors = (total * (total + 1.0f)) * ((total + 2.0f) * (total + 3.0f));
        float factors = (thetaFactors * (square * square)) / totalFactors;
        float logarithm = Log.log((shifted ? factors * factors : 1.0f) / ratio);
        float rest = Stirling.rest(1.0f / b) - Stirling.rest(1.0f / a);
        float direct = Math.fma(0.5f, logarithm, rest - ofCount());
        if (shifted) {
            direct += Math.fma(total, Log1p.log1p(4.0f / total), Math.fma(theta, t - Log.log(a), t));
        }
        return direct - Math.fma(theta, excessOfTheta, x * excessOfX);
    }

    /** log(x!) - x log x + x. */
    private float ofCount() {
        if (x < 4) {
            return x < 2 ? 1.0f : x < 3 ? 0x1.4e8de8p0f : 0x1.7ef4c8p0f;
        }
        return Math.fma(0.5f, logX, 0x1.d67f1cp-1f + Stirling.rest(1.0f / x));
    }

    float ofLogMean() {
        return Math.fma(x, thetaShare, -(theta * muShare));
    }

    float ofLogInverseDispersion() {
        boolean shifted = theta < LEAST_THETA;
        float shift = shifted ? LEAST_THETA : 0.0f;
        float i = 1.0f / (theta + shift);
        float j = 1.0f / (total + shift);
        float rest = (theta * (x * (i * j))) * Stirling.digammaRestSlope(i, j);
        if (shifted) {
            float logarithms = Log1p.log1p(4.0f / total) + (t - Log.log(theta + 4.0f));
            rest += Math.fma(theta, logarithms + (inverses(theta) - inverses(total)), x / total);
        }
        return Math.fma(-theta, excessOfTheta, x == 0 ? 0.0f : rest);
    }

    /** 1 / (a + 1) + 1 / (a + 2) + 1 / (a + 3). */
    private static float inverses(float a) {
        return Math.fma(Math.fma(3.0f, a, 12.0f), a, 11.0f) / (((a + 1.0f) * (a + 2.0f)) * (a + 3.0f));
    }
}
