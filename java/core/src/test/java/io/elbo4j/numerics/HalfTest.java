package io.elbo4j.numerics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Every 16-bit pattern against its definition, and every boundary between two neighbours, where rounding errs. */
class HalfTest {
    private interface Widen {
        float of(short bits);
    }

    private interface Round {
        short of(float value);
    }

    /** sign, exponent and fraction, as IEEE 754 section 3.4 defines their value, in float64, where it is exact. */
    private static double value(int bits, int fractionBits, int bias) {
        int fraction = bits & (1 << fractionBits) - 1;
        int exponent = (bits & 0x7fff) >> fractionBits;
        double magnitude = exponent == 0 ? fraction * Math.pow(2, 1 - bias - fractionBits)
                : (1 + fraction * Math.pow(2, -fractionBits)) * Math.pow(2, exponent - bias);
        return bits < 0x8000 ? magnitude : -magnitude;
    }

    private static void check(Widen widen, Round round, int fractionBits, int bias) {
        int infinity = 0x8000 - (1 << fractionBits);
        for (int bits = 0; bits < 0x10000; bits++) {
            int magnitude = bits & 0x7fff;
            float wide = widen.of((short) bits);
            if (magnitude > infinity) {
                assertTrue(Float.isNaN(wide), Integer.toHexString(bits));
                assertEquals(infinity | 1 << fractionBits - 1, round.of(wide) & 0xffff);
                continue;
            }
            double expected = magnitude == infinity ? Math.copySign(Double.POSITIVE_INFINITY, bits < 0x8000 ? 1 : -1)
                    : value(bits, fractionBits, bias);
            assertEquals(Double.doubleToRawLongBits(expected), Double.doubleToRawLongBits(wide),
                    Integer.toHexString(bits));
            assertEquals(bits, round.of(wide) & 0xffff, "what is representable is kept");
            if (magnitude < infinity) {
                between(widen, round, fractionBits, bias, bits);
            }
        }
    }

    /** From a number to its neighbour away from zero: down before the middle, to even at it, up after it. */
    private static void between(Widen widen, Round round, int fractionBits, int bias, int bits) {
        double here = value(bits, fractionBits, bias);
        double next = value(bits + 1, fractionBits, bias); // at the end the number that infinity stands for
        float middle = (float) ((here + next) / 2);
        assertEquals((here + next) / 2, middle, 0, "exact in float32");
        int even = (bits & 1) == 0 ? bits : bits + 1;
        assertEquals(even, round.of(middle) & 0xffff, () -> Float.toHexString(middle));
        float before = Math.nextAfter(middle, 0);
        float after = Math.nextAfter(middle, middle * Double.POSITIVE_INFINITY);
        assertEquals(bits, round.of(before) & 0xffff, () -> Float.toHexString(before));
        assertEquals(bits + 1, round.of(after) & 0xffff, () -> Float.toHexString(after));
    }

    @Test
    void float16() {
        check(Half::fromFloat16, Half::toFloat16, 10, 15);
        assertEquals(0x7bff, Half.toFloat16(65504));
        assertEquals(0x7c00, Half.toFloat16(65520));
        assertEquals(0x8000, Half.toFloat16(-1e-30f) & 0xffff);
        assertEquals(0xfc00, Half.toFloat16(Float.NEGATIVE_INFINITY) & 0xffff);
    }

    @Test
    void bfloat16() {
        check(Half::fromBfloat16, Half::toBfloat16, 7, 127);
        assertEquals(0x7f80, Half.toBfloat16(Float.MAX_VALUE));
        assertEquals(0, Half.toBfloat16(Float.MIN_VALUE));
    }
}
