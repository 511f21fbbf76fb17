package io.elbo4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.operation.Rows;
import io.elbo4j.purejava.JavaBackend;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Views, their bounds, and what is said when they are left; the numbers are those of a 3 x 4 matrix 0 .. 11. */
class MatrixTest {
    private final Backend backend = Backends.open("java", 1);
    private final Matrix m = backend.matrix(3, 4).set(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

    @AfterEach
    void close() {
        backend.close();
    }

    private static void says(Class<? extends Throwable> type, String expected, Executable action) {
        String message = String.valueOf(assertThrows(type, action).getMessage());
        assertTrue(message.contains(expected), () -> "'" + message + "' should contain '" + expected + "'");
    }

    @Test
    void newMatrixIsZeroAndContiguous() {
        Matrix zero = backend.matrix(2, 3);
        assertArrayEquals(new float[6], zero.toArray());
        assertEquals(3, zero.rowStride());
        assertEquals("matrix 2 x 3", zero.toString());
    }

    @Test
    void rowsAndColumnsAreViews() {
        assertArrayEquals(new float[] {4, 5, 6, 7, 8, 9, 10, 11}, m.rows(1, 3).toArray());
        Matrix middle = m.columns(1, 3);
        assertArrayEquals(new float[] {1, 2, 5, 6, 9, 10}, middle.toArray());
        middle.rows(1, 2).set(-5, -6);
        assertArrayEquals(new float[] {0, 1, 2, 3, 4, -5, -6, 7, 8, 9, 10, 11}, m.toArray());
        assertEquals(0, m.rows(3, 3).rows());
        assertEquals(0, m.columns(4, 4).columns());
    }

    @Test
    void viewsOfViewsKeepTheirPlace() {
        assertArrayEquals(new float[] {6, 7}, m.rows(1, 3).columns(1, 4).rows(0, 1).columns(1, 3).toArray());
    }

    @Test
    void setReadsFromAnOffset() {
        m.columns(2, 4).set(new float[] {-1, -1, 20, 30, 60, 70, 100, 110}, 2);
        assertArrayEquals(new float[] {0, 1, 20, 30, 4, 5, 60, 70, 8, 9, 100, 110}, m.toArray());
    }

    @Test
    void repeatedRowIsReadAndNotWritten() {
        Matrix repeated = m.rows(1, 2).repeatRow(3);
        assertArrayEquals(new float[] {4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7}, repeated.toArray());
        says(IllegalArgumentException.class, "repeated row", () -> repeated.set(new float[12]));
        says(IllegalArgumentException.class, "repeatRow must be 1 x 4, not 3 x 4", () -> m.repeatRow(2));
    }

    @Test
    void reshapeKeepsTheElements() {
        assertArrayEquals(m.toArray(), m.reshape(2, 6).toArray());
        assertEquals(1, m.rows(1, 2).columns(1, 4).reshape(3, 1).rowStride());
        says(IllegalArgumentException.class, "has 12, 5 x 2 would have 10", () -> m.reshape(5, 2));
        says(IllegalArgumentException.class, "3 columns and a row stride of 4", () -> m.columns(0, 3).reshape(1, 9));
    }

    @Test
    void windowsAreRowsSideBySide() {
        Matrix windows = m.windows(2);
        assertEquals(2, windows.rows());
        assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7, 8, 9, 10, 11}, windows.toArray());
        assertArrayEquals(new float[] {6, 7, 8, 9}, windows.rows(1, 2).columns(2, 6).toArray());
        assertArrayEquals(m.toArray(), m.windows(1).toArray());
        assertArrayEquals(m.toArray(), m.windows(3).toArray());
        says(IllegalArgumentException.class, "windows, which overlap, cannot be written to", () -> windows.set(
                new float[16]));
        says(IllegalArgumentException.class, "a window must have 1 to 3 rows, not 4", () -> m.windows(4));
        says(IllegalArgumentException.class, "a window must have 1 to 3 rows, not 0", () -> m.windows(0));
        says(IllegalArgumentException.class, "only a contiguous matrix has windows; this one has 2 columns and a row"
                + " stride of 4", () -> m.columns(0, 2).windows(2));
        says(IllegalArgumentException.class, "Rows.copy: target must have a place for each row, as it is written to,"
                + " not windows, which overlap", () -> Rows.copy(backend.matrix(2, 8), windows));
    }

    /** Windows of what was written in the same program: an item of a window reads rows of several items before. */
    @Test
    void windowsOfWhatAProgramHasWritten() {
        try (Backend several = new JavaBackend(3); Matrix from = several.matrix(1000, 3); Matrix to = several.matrix(
                1000, 3); Matrix sums = several.matrix(997, 12)) {
            float[] values = new float[3000];
            for (int i = 0; i < values.length; i++) {
                values[i] = i;
            }
            from.set(values);
            try (Program program = new Program(several, List.of(Rows.copy(from, to), Rows.copy(to.windows(4), sums)))) {
                program.run();
            }
            float[] found = sums.toArray();
            for (int i = 0; i < found.length; i++) {
                assertEquals(i / 12 * 3 + i % 12, found[i]);
            }
        }
    }

    @Test
    void boundsAreChecked() {
        assertThrows(IndexOutOfBoundsException.class, () -> m.rows(2, 4));
        assertThrows(IndexOutOfBoundsException.class, () -> m.rows(-1, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> m.columns(3, 2));
        says(IllegalArgumentException.class, "3 x 4 with row stride 4 at offset 1 does not fit a storage of 12",
                () -> Matrix.view(m.storage(), 1, 3, 4, 4));
        says(IllegalArgumentException.class, "does not fit",
                () -> Matrix.view(m.storage(), 0, 4, Long.MAX_VALUE / 2, Long.MAX_VALUE / 2));
        says(IllegalArgumentException.class, "at most 2^31 - 1 rows, not 3000000000",
                () -> Matrix.view(m.storage(), 0, 3_000_000_000L, 4, 0));
        says(IllegalArgumentException.class, "not -1 x 4 at 0", () -> Matrix.view(m.storage(), 0, -1, 4, 4));
        says(IllegalArgumentException.class, "at least columns (4), not 3",
                () -> Matrix.view(m.storage(), 0, 1, 4, 3));
    }

    @Test
    void shapesThatCannotBeAreRefused() {
        says(IllegalArgumentException.class, "not -1 x 2", () -> backend.matrix(-1, 2));
        says(IllegalArgumentException.class, "9223372036854775807 x 2", () -> backend.matrix(Long.MAX_VALUE, 2));
        says(IllegalArgumentException.class, "not 4294967296", () -> backend.matrix(1L << 16, 1L << 16));
        says(IllegalArgumentException.class, "values must have 12 elements for matrix 3 x 4, not 3",
                () -> m.set(1, 2, 3));
        says(IllegalArgumentException.class, "weight must be 4 x 3, not 3 x 4", () -> m.requireShape("weight", 4, 3));
    }

    @Test
    void closedMemoryIsRefused() {
        Matrix view = m.columns(0, 2);
        m.close();
        m.close();
        says(IllegalStateException.class, "has been closed", view::toArray);
        says(IllegalStateException.class, "backend java (12 elements)", () -> view.set(new float[6]));
        says(IllegalStateException.class, "has been closed", () -> view.rows(0, 1));
    }
}
