package io.elbo4j.train.checkpoint;

import io.elbo4j.numerics.Half;
import java.nio.ByteBuffer;
import java.util.List;

/** An element type of a safetensors file, under its name there: first those that are read here. */
enum Dtype {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    I64(8),
    U64(8),
    C64(8),
    I32(4),
    U32(4),
    I16(2),
    U16(2),
    I8(1),
    U8(1),
    BOOL(1),
    F8_E4M3(1),
    F8_E5M2(1),
    F8_E8M0(1);

    /** Those that are read as float32. */
    static final List<Dtype> FLOATS = List.of(F64, F32, F16, BF16);

    private final int bytes;

    Dtype(int bytes) {
        this.bytes = bytes;
    }

    int bytes() {
        return bytes;
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
