package io.elbo4j.numerics;

/**
 * Storage in 16 bits: bfloat16 (8 bits of exponent, 7 of fraction) and float16 (IEEE 754 binary16: 5 and 10). Widening
 * is exact; rounding is to nearest, ties to even. Denormals and signed zeros are kept; what is too large becomes
 * infinity (float16: from 65520 on); NaN becomes the quiet NaN 0x7fc0 or 0x7e00. The mirror of
 * {@code native/spec/half.h}.
 */
public final class Half {
    private static final int INFINITY = 0x7f800000;
    private static final int MAGNITUDE = 0x7fffffff;

    private Half() {}

    public static float fromBfloat16(short x) {
        return Float.intBitsToFloat(x << 16);
    }

    public static short toBfloat16(float x) {
        int bits = Float.floatToRawIntBits(x);
        int rounded = bits + 0x7fff + (bits >>> 16 & 1) >>> 16;
        return (short) ((bits & MAGNITUDE) > INFINITY ? 0x7fc0 : rounded);
    }

    public static float fromFloat16(short x) {
        int magnitude = (x & 0x7fff) << 13;
        // The exponents' biases differ by 112. The product is exact, also for denormals.
        float finite = Float.intBitsToFloat(magnitude) * 0x1p112f;
        int bits = magnitude >= 0x0f800000 ? magnitude | INFINITY : Float.floatToRawIntBits(finite);
        return Float.intBitsToFloat(bits | (x & 0x8000) << 16);
    }

    public static short toFloat16(float x) {
        int bits = Float.floatToRawIntBits(x);
        int magnitude = bits & MAGNITUDE;
        if (magnitude > INFINITY) {
            return 0x7e00;
        }
        int sign = bits >>> 16 & 0x8000;
        if (magnitude >= 0x47800000) {
            return (short) (sign | 0x7c00);
        }
        if (magnitude < 0x38800000) {
            // A sum with 1/2, whose last bit is 2^-24, rounds to a denormal's last bit.
            return (short) (sign | Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) + 0.5f) - 0x3f000000);
        }
        return (short) (sign | magnitude - 0x38000000 + 0xfff + (magnitude >>> 13 & 1) >>> 13);
    }
}
