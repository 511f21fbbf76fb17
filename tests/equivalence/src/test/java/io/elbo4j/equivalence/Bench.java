package io.elbo4j.equivalence;

import io.elbo4j.Backend;
import io.elbo4j.ElementType;
import io.elbo4j.Indices;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** The operands of one case on one backend: inputs drawn from the case's seed, outputs between sentinels. */
final class Bench implements AutoCloseable {
    private static final float SENTINEL = -12345.678f;
    private static final int GUARD = 19;

    private interface Owned {
        void close();
    }

    private record Output(Storage storage, Matrix matrix, boolean wasInput) {}

    private final Backend backend;
    private final Values values;
    private final long seed;
    private final boolean strided;
    private final List<Owned> owned = new ArrayList<>();
    private final List<Output> outputs = new ArrayList<>();
    private int operands;
    private ElementType type = ElementType.FLOAT32;

    Bench(Backend backend, Values values, long seed, boolean strided) {
        this.backend = backend;
        this.values = values;
        this.seed = seed;
        this.strided = strided;
    }

    /** The type of the elements of operands from here on; numbers per row are float32 always. */
    Bench of(ElementType elements) {
        type = elements;
        return this;
    }

    /** An input of this case's class of values. */
    Matrix in(long rows, long columns) {
        return place(rows, columns, strided ? columns + 3 : columns, values, false);
    }

    /** An input of standard normal numbers, whatever the case's values are. */
    Matrix normal(long rows, long columns) {
        return place(rows, columns, strided ? columns + 3 : columns, Values.NORMAL, false);
    }

    /** An input of the case's values times 2^-76: the product of two of them is as a rule a zero with a sign. */
    Matrix tiny(long rows, long columns) {
        Matrix m = in(rows, columns);
        float[] numbers = m.toArray();
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] *= 0x1p-76f;
        }
        return fill(m, numbers);
    }

    /** An input with one number per row. */
    Matrix inPerRow(long rows) {
        return float32(() -> place(rows, 1, 1, values, false));
    }

    /** A matrix that is read and written. */
    Matrix inOut(long rows, long columns) {
        return place(rows, columns, strided ? columns + 1 : columns, values, true);
    }

    Matrix out(long rows, long columns) {
        return guarded(rows, columns, strided ? columns + 5 : columns, null);
    }

    Matrix outPerRow(long rows) {
        return float32(() -> guarded(rows, 1, 1, null));
    }

    /** What a device needs to work with: no result. */
    Matrix workspace(long rows, long columns) {
        return view(rows, columns, columns);
    }

    /** An operand that is float32 whatever the others are. */
    Matrix float32(Supplier<Matrix> operand) {
        ElementType others = type;
        type = ElementType.FLOAT32;
        Matrix m = operand.get();
        type = others;
        return m;
    }

    Noise noise() {
        return new Noise(seed * 31 + 7, 3).step(123_456_789_012L).firstRow(strided ? 4_294_967_290L : 0);
    }

    /** {@code count} row numbers below {@code rows}, with repetitions. */
    Indices indices(int count, int rows) {
        int[] each = new int[count];
        float[] random = Values.BITS.draw(seed + 99, count);
        for (int i = 0; i < count; i++) {
            each[i] = (int) ((Float.floatToRawIntBits(random[i]) & 0xffffffffL) % rows);
        }
        Indices indices = backend.indices(count);
        indices.set(each, 0);
        owned.add(indices::close);
        return indices;
    }

    /** An input of bytes, any of the 256. */
    Matrix bytes(long rows, long columns) {
        ElementType others = type;
        Matrix m = of(ElementType.UINT8).in(rows, columns);
        type = others;
        float[] numbers = Values.BITS.draw(seed + 96, Math.toIntExact(rows * columns)).clone();
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Float.floatToRawIntBits(numbers[i]) & 0xff;
        }
        return fill(m, numbers);
    }

    /** A column of row numbers below {@code rows}, with repetitions, every eighth a value of the case instead. */
    Matrix rowNumbers(long count, int rows) {
        Matrix column = place(count, 1, strided ? 3 : 1, values, false);
        float[] numbers = column.toArray();
        float[] random = Values.BITS.draw(seed + 98, numbers.length);
        for (int i = 0; i < numbers.length; i++) {
            int word = Float.floatToRawIntBits(random[i]);
            numbers[i] = (word & 7) == 0 ? numbers[i] : (word >>> 3) % rows;
        }
        return fill(column, numbers);
    }

    /** Class numbers below {@code classes}; of special values every 64th is a value of the case instead. */
    Matrix classNumbers(long rows, long columns, int classes) {
        Matrix m = in(rows, columns);
        float[] numbers = m.toArray();
        float[] random = Values.BITS.draw(seed + 97, numbers.length);
        for (int i = 0; i < numbers.length; i++) {
            int word = Float.floatToRawIntBits(random[i]);
            numbers[i] = values == Values.SPECIAL && (word & 63) == 0 ? numbers[i] : (word >>> 6) % classes;
        }
        return fill(m, numbers);
    }

    private Matrix place(long rows, long columns, long stride, Values kind, boolean output) {
        float[] numbers = kind.draw(seed * 1009 + operands++, Math.toIntExact(rows * columns));
        return output ? guarded(rows, columns, stride, numbers) : fill(view(rows, columns, stride), numbers);
    }

    private Matrix guarded(long rows, long columns, long stride, float[] numbers) {
        Matrix m = view(rows, columns, stride);
        Matrix all = Matrix.view(m.storage(), 0, 1, m.storage().elements(), m.storage().elements());
        float[] sentinels = new float[(int) m.storage().elements()];
        Arrays.fill(sentinels, SENTINEL);
        all.set(sentinels);
        outputs.add(new Output(m.storage(), m, numbers != null));
        return numbers == null ? m : fill(m, numbers);
    }

    private Matrix view(long rows, long columns, long stride) {
        int offset = strided ? GUARD : 16;
        Storage storage = backend.allocate(offset + rows * stride + GUARD, type);
        owned.add(storage::close);
        return Matrix.view(storage, offset, rows, columns, stride);
    }

    private static Matrix fill(Matrix m, float[] numbers) {
        return m.rows() == 0 ? m : m.set(numbers);
    }

    /** The outputs in the order of their making, row after row; fails if anything beside them was written. */
    List<float[]> results() {
        List<float[]> results = new ArrayList<>();
        for (Output o : outputs) {
            Matrix m = o.matrix();
            float[] all = Matrix.view(o.storage(), 0, 1, o.storage().elements(), o.storage().elements()).toArray();
            float[] values = new float[Math.toIntExact(m.rows() * m.columns())];
            float sentinel = m.type() == ElementType.FLOAT32 ? SENTINEL : m.type().widen(m.type().round(SENTINEL));
            int at = 0;
            for (int i = 0; i < all.length; i++) {
                long row = m.rowStride() == 0 ? 0 : (i - m.offset()) / m.rowStride();
                long column = i - m.offset() - row * m.rowStride();
                if (i >= m.offset() && row < m.rows() && column < m.columns()) {
                    values[at++] = all[i];
                } else if (all[i] != sentinel) {
                    throw new AssertionError("output " + results.size() + " (" + m + "): element " + i
                            + " of its storage lies outside and was overwritten with " + all[i]);
                }
            }
            results.add(values);
        }
        return results;
    }

    @Override
    public void close() {
        for (Owned a : owned) {
            a.close();
        }
    }
}
