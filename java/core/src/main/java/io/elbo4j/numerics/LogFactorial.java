package io.elbo4j.numerics;

/**
 * log(x!) for whole x at least 0; the same bits as {@code native/spec/log_factorial.h}.
 *
 * <p>Below 16 a table; from there the series of Stirling (Abramowitz and Stegun, Handbook of Mathematical Functions,
 * 6.1.41), x log x - x + log(x) / 2 + log(2 pi) / 2 + 1 / (12 x) - 1 / (360 x^3). The first two terms cancel in part,
 * so log x and x log x are sums of two floats each: x = 2^k m, k ln 2 high is exact.
 *
 * <p>Accuracy: max 1.4 ULP for all whole x in [0, 2^24], exhaustive. Of other x from 16 to 2^121 the series is log
 * gamma(x + 1), above NaN; below 16 it is the value of the nearest whole number from 0 to 15. NaN stays NaN.
 */
public final class LogFactorial {
    private static final float[] TABLE = {
            0.0f, 0.0f, 0x1.62e43p-1f, 0x1.cab0cp+0f, 0x1.96ca78p+1f, 0x1.326644p+2f, 0x1.a51274p+2f, 0x1.10ce2p+3f,
            0x1.5358e8p+3f, 0x1.99a892p+3f, 0x1.e3575ap+3f, 0x1.180974p+4f, 0x1.3fcba2p+4f, 0x1.68d5aap+4f,
            0x1.930f3ep+4f, 0x1.be636ap+4f};

    private LogFactorial() {}

    public static float of(float x) {
        if (x < TABLE.length) {
            float whole = Math.min(Math.max(x, 0), TABLE.length - 1);
            return TABLE[Float.floatToRawIntBits(whole + 0x1p23f) & 15];
        }
        int bits = Float.floatToRawIntBits(x);
        int exponent = (bits - Log.SQRT_HALF_BITS) & 0xff800000;
        float k = (float) exponent * 0x1p-23f;
        float ofPower = k * Exp.LN2_HIGH;
        float ofRest = Log.log(Float.intBitsToFloat(bits - exponent));
        float high = ofPower + ofRest;
        float low = Math.fma(k, Exp.LN2_LOW, ofRest - (high - ofPower));
        float product = x * high;
        float sum = product - x;
        float lost = Math.fma(x, high, -product) + ((product - sum) - x);
        float r = 1.0f / x;
        float constant = Math.fma(r, Math.fma(r * r, -0x1.6c16c2p-9f, 0x1.555556p-4f), 0x1.d67f1cp-1f);
        float rest = Math.fma(0.5f, high, constant) + Math.fma(x, low, lost);
        return sum + rest;
    }
}
