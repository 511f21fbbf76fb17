package io.elbo4j;

import io.elbo4j.numerics.Half;

/**
 * How a matrix stores its elements. Arithmetic is float32 always: 16-bit elements are widened when a kernel reads them
 * and rounded to nearest, ties to even, when it writes them ({@link Half}). Bytes are for data alone: a gather of rows
 * reads them, no kernel writes them. The order is known to the native kernels.
 */
public enum ElementType {
    FLOAT32(4),
    /** 8 bits of exponent, 7 of fraction: float32's range. */
    BFLOAT16(2),
    /** IEEE 754 binary16, 5 bits of exponent, 10 of fraction: up to 65504. */
    FLOAT16(2),
    /** The whole numbers 0 to 255. */
    UINT8(1);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of an element. */
    public int bytes() {
        return bytes;
    }

    /** The value of the stored bits, the lower 8 of {@link #UINT8}. Not for {@link #FLOAT32}. */
    public float widen(short bits) {
        return switch (this) {
            case UINT8 -> bits & 0xff;
            case BFLOAT16 -> Half.fromBfloat16(bits);
            default -> Half.fromFloat16(bits);
        };
    }

    /**
     * The bits that store a value, rounded. As {@link #UINT8} what is below 0 or above 255 becomes these, and NaN 0.
     * Not for {@link #FLOAT32}.
     */
    public short round(float value) {
        return switch (this) {
            case UINT8 -> (short) Math.max(0, Math.min(255, Math.rint(value)));
            case BFLOAT16 -> Half.toBfloat16(value);
            default -> Half.toFloat16(value);
        };
    }
}
