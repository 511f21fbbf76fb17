package io.elbo4j.numerics;

/**
 * What Stirling's formula leaves of the gamma function, by the asymptotic series (Abramowitz and Stegun, Handbook of
 * Mathematical Functions, 6.1.41 and 6.3.18); the same bits as {@code native/spec/stirling.h}.
 *
 * <pre>
 * log Gamma(a) - ((a - 1/2) log a - a + log(2 pi) / 2) = 1 / (12 a) - 1 / (360 a^3) + 1 / (1260 a^5) - 1 / (1680 a^7)
 * </pre>
 *
 * <p>Accuracy: absolute 2^-24 from a = 4 on, swept. NaN stays NaN.
 */
final class Stirling {
    private Stirling() {}

    /** Of 1 / a. */
    static float rest(float r) {
        float square = r * r;
        float p = Math.fma(square, -0x1.381382p-11f, 0x1.a01a02p-11f);
        p = Math.fma(p, square, -0x1.6c16c2p-9f);
        p = Math.fma(p, square, 0x1.555556p-4f);
        return r * p;
    }

    /**
     * digamma(b) - log b - (digamma(a) - log a) over 1 / a - 1 / b, from i = 1 / a and j = 1 / b: nothing cancels where
     * a and b are near each other.
     */
    static float digammaRestSlope(float i, float j) {
        float i2 = i * i;
        float j2 = j * j;
        float i4 = i2 * i2;
        float j4 = j2 * j2;
        float sum = i2 + j2;
        float p = (sum * (i4 + j4)) * -0x1.111112p-8f;
        p = Math.fma(Math.fma(i2, j2, i4 + j4), 0x1.041042p-8f, p);
        p = Math.fma(sum, -0x1.111112p-7f, p);
        return Math.fma(i + j, p + 0x1.555556p-4f, 0.5f);
    }
}
