package io.elbo4j.numerics;

/**
 * Two random words to two independent standard normals, the same bits as {@code native/spec/normal.h}: the radius
 * sqrt(-2 log u) from the first word, a point on the circle from the second.
 *
 * <p>Accuracy: radius max 1.46 ULP of sqrt(-2 log u), exhaustive over the 2^31 values of u; direction max 1.34e-7
 * absolute, exhaustive over its 2^24 values. u is never 0 or 1, so the radius is in [3.4e-4, 6.661] and |z| at
 * most 6.67; no result is NaN, infinite or denormal.
 *
 * <p>Source: Box and Muller, A Note on the Generation of Random Normal Deviates, 1958. Coefficients: Sollya's
 * fpminimax. -2 log1p(f) on [sqrt(1/2) - 1, sqrt(2) - 1], degree 9, -2f fixed, relative error; sin(pi x) and cos(pi x)
 * as polynomials in x^2 on [0, 1/2], relative and absolute error.
 */
public final class Normal {
    private Normal() {}

    /**
     * Two normals from two words: (word 0, word 1) and (word 2, word 3) of a {@link Philox} block.
     *
     * @param out receives two normals
     * @param offset index in out of the first
     */
    public static void boxMuller(int radiusWord, int directionWord, float[] out, int offset) {
        float radius = radius(radiusWord);
        // Bits 8 to 30 are the angle in [-1/2, 1/2) half turns, bit 31 the sign of the cosine: together a whole turn.
        float x = Float.intBitsToFloat(((directionWord >>> 8) & 0x7fffff) | 0x3f800000) - 1.5f;
        float y = x * x;
        float sine = 0x1.407998p-4f;
        sine = Math.fma(sine, y, -0x1.328004p-1f);
        sine = Math.fma(sine, y, 0x1.466b26p1f);
        sine = Math.fma(sine, y, -0x1.4abbd8p2f);
        sine = Math.fma(sine, y, 0x1.921fb6p1f);
        sine = sine * x;
        float cosine = -0x1.8c0b5p-6f;
        cosine = Math.fma(cosine, y, 0x1.e0dbdep-3f);
        cosine = Math.fma(cosine, y, -0x1.55ce5cp0f);
        cosine = Math.fma(cosine, y, 0x1.03c1d8p2f);
        cosine = Math.fma(cosine, y, -0x1.3bd3ccp2f);
        cosine = Math.fma(cosine, y, 1.0f);
        cosine = Float.intBitsToFloat(Float.floatToRawIntBits(cosine) ^ (directionWord & 0x80000000));
        out[offset] = radius * cosine;
        out[offset + 1] = radius * sine;
    }

    static float radius(int word) {
        // 31 bits to u in [2^-32, 1 - 2^-24]
        float u = Math.fma((float) (word >>> 1), 0x1.fffffep-32f, 0x1p-32f);
        int bits = Float.floatToRawIntBits(u);
        int exponent = (bits - Log.SQRT_HALF_BITS) & 0xff800000;
        float f = Float.intBitsToFloat(bits - exponent) - 1.0f;
        float q = -0x1.66092p-3f;
        q = Math.fma(q, f, 0x1.251a14p-2f);
        q = Math.fma(q, f, -0x1.31821ep-2f);
        q = Math.fma(q, f, 0x1.535992p-2f);
        q = Math.fma(q, f, -0x1.98d2b6p-2f);
        q = Math.fma(q, f, 0x1.0004b2p-1f);
        q = Math.fma(q, f, -0x1.5556f4p-1f);
        q = Math.fma(q, f, 0x1.fffffap-1f);
        float y = Math.fma(q, f, -2.0f);
        y = y * f;
        y = Math.fma((float) exponent, -0x1.62e43p-23f, y); // -2 ln 2 over the 2^23 that the exponent field carries
        return (float) Math.sqrt(y); // in double and back is the correctly rounded float root
    }
}
