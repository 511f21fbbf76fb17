package io.elbo4j.numerics;

/**
 * log(x!) for whole x at least 0; the same bits as {@code native/spec/log_factorial.h}.
 *
 * <p>Below 16 the logarithm of the product; from there the series of Stirling (Abramowitz and Stegun, Handbook of
 * Mathematical Functions, 6.1.41), x log x - x + log(x) / 2 + log(2 pi) / 2 + 1 / (12 x) - 1 / (360 x^3). The first two
 * terms cancel in part, so log x and x log x are sums of two floats each: x = 2^k m, k ln 2 high is exact.
 *
 * <p>Accuracy: max 1.4 ULP for all whole x in [0, 2^24], exhaustive. Of other x from 16 to 2^121 the series is log
 * gamma(x + 1), above NaN; below 16 it is the value of the whole number below x, of 0 for negative ones. NaN stays
 * NaN.
 */
public final class LogFactorial {
    static final float LEAST_OF_SERIES = 16;

    private LogFactorial() {}

    public static float of(float x) {
        if (x < LEAST_OF_SERIES) {
            return ofProduct(x);
        }
        float ofPower = ofPower(x);
        float ofRest = ofRest(x);
        float high = ofPower + ofRest;
        float low = low(x, ofPower, ofRest, high);
        float product = x * high;
        float sum = product - x;
        float lost = Math.fma(x, high, -product) + ((product - sum) - x);
        return sum + (rest(x, high) + Math.fma(x, low, lost));
    }

    /** Of x below 16. */
    static float ofProduct(float x) {
        float factorial = 1;
        for (int factor = 2; factor <= x; factor++) {
            factorial *= factor;
        }
        return Log.log(factorial);
    }

    // log x = log 2^k + log m, as the sum of two floats, high and low

    private static int exponent(float x) {
        return (Float.floatToRawIntBits(x) - Log.SQRT_HALF_BITS) & 0xff800000;
    }

    static float ofPower(float x) {
        return (float) exponent(x) * 0x1p-23f * Exp.LN2_HIGH;
    }

    static float ofRest(float x) {
        return Log.log(Float.intBitsToFloat(Float.floatToRawIntBits(x) - exponent(x)));
    }

    static float low(float x, float ofPower, float ofRest, float high) {
        return Math.fma((float) exponent(x) * 0x1p-23f, Exp.LN2_LOW, ofRest - (high - ofPower));
    }

    /** log(x!) - x log x + x: log(2 pi x) / 2 + 1 / (12 x) - 1 / (360 x^3). */
    static float rest(float x, float logX) {
        float r = 1.0f / x;
        float constant = Math.fma(r, Math.fma(r * r, -0x1.6c16c2p-9f, 0x1.555556p-4f), 0x1.d67f1cp-1f);
        return Math.fma(0.5f, logX, constant);
    }
}
