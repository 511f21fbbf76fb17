package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.Backend;
import io.elbo4j.ElementType;
import io.elbo4j.Indices;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Rows;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Matrices of bytes on all backends. */
class BytesTest {
    /** More than a backend copies at once, and no multiple of anything. */
    private static final int MANY = (1 << 18) + 13;

    static Iterable<BackendsUnderTest> all() {
        return BackendsUnderTest.all();
    }

    private static float[] every(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (i * 7L + i / 256) % 256;
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("all")
    void keepWhatTheyAreGiven(BackendsUnderTest under) {
        try (Backend b = under.open(); Matrix m = b.matrix(1, MANY, ElementType.UINT8)) {
            assertArrayEquals(new float[MANY], m.toArray(), "new");
            float[] values = every(MANY);
            m.set(values);
            assertArrayEquals(values, m.toArray());
            // neighbours stay, wherever a part begins
            for (int begin = 1; begin < 9; begin++) {
                m.columns(begin, begin + 1).set(200 + begin);
                values[begin] = 200 + begin;
            }
            assertArrayEquals(values, m.toArray());
            assertArrayEquals(Arrays.copyOfRange(values, 3, 700), m.columns(3, 700).toArray());
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void roundWhatIsNone(BackendsUnderTest under) {
        float[] given = {-0.0f, 0.5f, 0.500001f, 1.5f, 254.5f, 254.6f, 255.4f, 256, 1e30f, -1, Float.NaN,
                Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, Float.MIN_VALUE};
        float[] expected = {0, 0, 1, 2, 254, 255, 255, 255, 255, 0, 0, 0, 255, 0};
        try (Backend b = under.open(); Matrix m = b.matrix(2, 7, ElementType.UINT8)) {
            assertArrayEquals(expected, m.set(given).toArray());
        }
    }

    /** Of rows and of windows that overlap, as a float32 matrix gives them. */
    @ParameterizedTest
    @MethodSource("all")
    void areGathered(BackendsUnderTest under) {
        for (int columns : new int[] {1, 3, 4, 20, 257}) {
            try (Backend b = under.open(); Matrix bytes = b.matrix(9, columns, ElementType.UINT8);
                    Matrix floats = b.matrix(9, columns); Indices rows = b.indices(5)) {
                float[] values = every(9 * columns);
                bytes.set(values);
                floats.set(values);
                rows.set(new int[] {0, 4, 2, 6, 4}, 0);
                for (int length : new int[] {1, 3}) {
                    try (Matrix found = b.matrix(5, (long) length * columns); Matrix expected = b.matrix(5,
                            (long) length * columns)) {
                        Rows.gather(bytes.windows(length), rows, found).run();
                        Rows.gather(floats.windows(length), rows, expected).run();
                        assertArrayEquals(expected.toArray(), found.toArray(), columns + " columns, length " + length);
                        assertEquals(values[4 * columns], found.toArray()[length * columns]);
                    }
                }
            }
        }
    }
}
