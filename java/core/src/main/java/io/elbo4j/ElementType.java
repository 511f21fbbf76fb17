package io.elbo4j;

import io.elbo4j.numerics.Half;

/**
 * How a matrix stores its elements. Arithmetic is float32 always: 16-bit elements are widened when a kernel reads them
 * and rounded to nearest, ties to even, when it writes them ({@link Half}). The order is known to the native kernels.
 */
public enum ElementType {
    FLOAT32(4),
    /** 8 bits of exponent, 7 of fraction: float32's range. */
    BFLOAT16(2),
    /** IEEE 754 binary16, 5 bits of exponent, 10 of fraction: up to 65504. */
    FLOAT16(2);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of an element. */
    public int bytes() {
        return bytes;
    }

    /** The value of 16 stored bits. Not for {@link #FLOAT32}. */
    public float widen(short bits) {
        return this == BFLOAT16 ? Half.fromBfloat16(bits) : Half.fromFloat16(bits);
    }

    /** The 16 bits that store a value, rounded. Not for {@link #FLOAT32}. */
    public short round(float value) {
        return this == BFLOAT16 ? Half.toBfloat16(value) : Half.toFloat16(value);
    }
}
