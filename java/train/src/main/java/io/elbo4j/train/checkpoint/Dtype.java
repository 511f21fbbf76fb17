package io.elbo4j.train.checkpoint;

import io.elbo4j.ElementType;
import io.elbo4j.Matrix;
import io.elbo4j.numerics.Half;
import java.nio.ByteBuffer;
import java.util.List;

/** An element type of a safetensors file, under its name there: first those that are read here. */
enum Dtype {
    F64(64),
    F32(32),
    F16(16),
    BF16(16),
    I64(64),
    U64(64),
    C64(64),
    I32(32),
    U32(32),
    I16(16),
    U16(16),
    I8(8),
    U8(8),
    BOOL(8),
    F8_E4M3(8),
    F8_E5M2(8),
    F8_E8M0(8),
    F8_E4M3FNUZ(8),
    F8_E5M2FNUZ(8),
    F6_E2M3(6),
    F6_E3M2(6),
    F4(4);

    /** Those that are read as float32. */
    static final List<Dtype> FLOATS = List.of(F64, F32, F16, BF16);

    private final int bits;

    Dtype(int bits) {
        this.bits = bits;
    }

    /** That of a matrix in a file: what is computed with is written as F32, bytes as U8. */
    static Dtype of(Matrix matrix) {
        return matrix.type() == ElementType.UINT8 ? U8 : F32;
    }

    /** Of an element; those of less than 8 lie side by side, a tensor of them is of whole bytes. */
    int bits() {
        return bits;
    }

    boolean isFloatingPoint() {
        return FLOATS.contains(this);
    }

    /** Whether its elements are read here at all. */
    boolean isRead() {
        return isFloatingPoint() || this == I64 || this == U64;
    }

    /**
     * The next element of one of {@link #FLOATS}, rounded to nearest: only F64 has others than float32 has.
     *
     * @throws ArithmeticException if it is finite and beyond float32
     */
    float next(ByteBuffer values) {
        return switch (this) {
            case F64 -> narrow(values.getDouble());
            case F32 -> values.getFloat();
            case F16 -> Half.fromFloat16(values.getShort());
            case BF16 -> Half.fromBfloat16(values.getShort());
            default -> throw new IllegalStateException(this + " is not read as float32");
        };
    }

    private static float narrow(double value) {
        float narrow = (float) value;
        if (Float.isInfinite(narrow) && !Double.isInfinite(value)) {
            throw new ArithmeticException("has the value " + value + ", which is beyond float32");
        }
        return narrow;
    }
}
