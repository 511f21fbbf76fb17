package io.elbo4j.train.checkpoint;

import io.elbo4j.numerics.Half;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** An element type of a safetensors file that is read here, under its name there. */
enum Dtype {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    I64(8),
    U64(8);

    private final int bytes;

    Dtype(int bytes) {
        this.bytes = bytes;
    }

    static Optional<Dtype> named(String name) {
        return Arrays.stream(values()).filter(dtype -> dtype.name().equals(name)).findFirst();
    }

    int bytes() {
        return bytes;
    }

    boolean isFloatingPoint() {
        return this != I64 && this != U64;
    }

    /**
     * The next element of a floating-point type, rounded to nearest: only F64 has others than float32 has.
     *
     * @throws ArithmeticException if it is finite and beyond float32
     */
    float next(ByteBuffer values) {
        return switch (this) {
            case F64 -> narrow(values.getDouble());
            case F32 -> values.getFloat();
            case F16 -> Half.fromFloat16(values.getShort());
            case BF16 -> Half.fromBfloat16(values.getShort());
            default -> throw new IllegalStateException(this + " is of integers");
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
