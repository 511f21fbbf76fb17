package io.elbo4j.operation;

import io.elbo4j.Backend;
import io.elbo4j.ElementType;
import io.elbo4j.Indices;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Checks the matrices of one operation before anything is touched, with errors that say the operation, the argument,
 * what was given and what was expected.
 */
final class Arguments {
    /** Rows and columns / 4 are 32-bit words of the Philox counter. */
    private static final long MOST_NOISE_ROWS = 1L << 32;
    private static final long MOST_NOISE_COLUMNS = 1L << 34;

    private enum Use { INPUT, OUTPUT, OUTPUT_IN_PLACE }

    /** {@code inPlaceOf} is the one input whose place an output may have, or null where it is any. */
    private record Argument(String name, Matrix matrix, Use use, @Nullable String inPlaceOf) {}

    private final String operation;
    private final List<Argument> all = new ArrayList<>();
    private ElementType type = ElementType.FLOAT32;

    Arguments(String operation) {
        this.operation = operation;
    }

    /** The argument itself, unless it is missing. */
    static <T> T given(String operation, String name, @Nullable T argument) {
        return Objects.requireNonNull(argument, () -> operation + ": " + name + " must be given, not null");
    }

    /** From here on matrices must be of that type; before, of float32. Numbers per row are always float32. */
    Arguments type(ElementType expected) {
        require(expected != ElementType.UINT8, "elements", "be of FLOAT32, BFLOAT16 or FLOAT16", "of UINT8");
        type = expected;
        return this;
    }

    /** An input of any shape. */
    Arguments input(String name, Matrix m) {
        return add(name, m, Use.INPUT);
    }

    Arguments input(String name, Matrix m, long rows, long columns) {
        return input(name, m).shape(name, m, rows, columns);
    }

    /** An input of float32 elements or bytes. */
    Arguments data(String name, Matrix m) {
        boolean bytes = given(operation, name, m).type() == ElementType.UINT8;
        return add(name, m, Use.INPUT, bytes ? ElementType.UINT8 : ElementType.FLOAT32);
    }

    Arguments inputOrNull(String name, @Nullable Matrix m, long rows, long columns) {
        return m == null ? this : input(name, m, rows, columns);
    }

    /** An input of one number per row. */
    Arguments inputPerRow(String name, Matrix m, long rows) {
        return add(name, m, Use.INPUT, ElementType.FLOAT32).perRow(name, m, rows);
    }

    /** An output, which must not overlap any other argument. */
    Arguments output(String name, Matrix m, long rows, long columns) {
        return add(name, m, Use.OUTPUT).shape(name, m, rows, columns).writable(name, m);
    }

    Arguments outputOrNull(String name, @Nullable Matrix m, long rows, long columns) {
        return m == null ? this : output(name, m, rows, columns);
    }

    /** An output that may be the same matrix as an input, as element i of it depends on element i of inputs alone. */
    Arguments outputInPlace(String name, Matrix m, long rows, long columns) {
        return add(name, m, Use.OUTPUT_IN_PLACE).shape(name, m, rows, columns).writable(name, m);
    }

    /** An output that may be the same matrix as one input, and lies apart from all others. */
    Arguments outputInPlaceOf(String input, String name, Matrix m, long rows, long columns) {
        return add(name, m, Use.OUTPUT_IN_PLACE, type, input).shape(name, m, rows, columns).writable(name, m);
    }

    /** An output of one number per row. */
    Arguments outputPerRow(String name, Matrix m, long rows) {
        return add(name, m, Use.OUTPUT, ElementType.FLOAT32).perRow(name, m, rows).writable(name, m);
    }

    Arguments shape(String name, Matrix m, long rows, long columns) {
        return require(m.rows() == rows && m.columns() == columns, name, "be " + rows + " x " + columns,
                m.rows() + " x " + m.columns());
    }

    /** The rows of {@code name} are K >= 1 for each of the {@code rows} rows of {@code of}. */
    Arguments samples(String name, Matrix m, String of, long rows) {
        boolean whole = rows == 0 ? m.rows() == 0 : m.rows() > 0 && m.rows() % rows == 0;
        return require(whole, name, "have a multiple of the " + rows + " rows of " + of, m.rows() + " rows");
    }

    /** Noise reaches every element of {@code m}. */
    Arguments noise(String name, Matrix m) {
        return require(m.rows() <= MOST_NOISE_ROWS && m.columns() <= MOST_NOISE_COLUMNS, name,
                "have at most 2^32 rows and 2^34 columns, the reach of the noise", m.rows() + " x " + m.columns());
    }

    /** Row numbers, one or more for each row of {@code of}, on the backend of the matrices before. */
    Arguments indices(Indices indices, String of, long rows) {
        Backend backend = all.get(0).matrix().backend();
        require(indices.count() >= rows, "indices", "have a row number for each of the " + rows + " rows of " + of,
                indices.count());
        return require(indices.backend() == backend, "indices", "be on the backend of " + all.get(0).name()
                + " (" + backend.name() + ")", "on another (" + indices.backend().name() + ")");
    }

    Arguments bothOrNeither(String a, @Nullable Object first, String b, @Nullable Object second) {
        return require((first == null) == (second == null), first == null ? a : b,
                "be given together with " + (first == null ? b : a), "null");
    }

    Arguments require(boolean holds, String name, String expected, Object given) {
        if (!holds) {
            throw new IllegalArgumentException(operation + ": " + name + " must " + expected + ", not " + given);
        }
        return this;
    }

    /** The launch of an operation, once all its arguments are checked against each other. */
    Launch launch(Operation body) {
        Backend backend = all.get(0).matrix().backend();
        for (Argument a : all) {
            require(a.matrix().backend() == backend, a.name(), "be on the backend of " + all.get(0).name() + " ("
                    + backend.name() + ")", "on another one (" + a.matrix().backend().name() + ")");
            a.matrix().storage().requireOpen();
        }
        for (int i = 0; i < all.size(); i++) {
            for (int j = 0; j < i; j++) {
                apart(all.get(i), all.get(j));
            }
        }
        return Launch.of(operation, backend, body.items()).body(body);
    }

    /**
     * A row vector seen as one row per item, for launches whose items are columns: so a program knows that the launches
     * that follow on the same items (Adam on a bias) need not wait.
     */
    static Matrix asColumn(Matrix row) {
        return row.reshape(row.columns(), 1);
    }

    /** The rows of a matrix as items, the columns of a single row: to split it, and to follow sums of columns. */
    static Matrix itemised(Matrix m) {
        return m.rows() == 1 ? asColumn(m) : m;
    }

    /** Everything from the first to the last element as one row: for launches whose items are not rows of {@code m}. */
    static Matrix whole(Matrix m) {
        long span = isEmpty(m) ? 0 : end(m) - m.offset();
        return Matrix.view(m.storage(), m.offset(), 1, span, span);
    }

    private Arguments add(String name, Matrix m, Use use) {
        return add(name, m, use, type);
    }

    private Arguments add(String name, Matrix m, Use use, ElementType expected) {
        return add(name, m, use, expected, null);
    }

    private Arguments add(String name, Matrix m, Use use, ElementType expected, @Nullable String inPlaceOf) {
        all.add(new Argument(name, given(operation, name, m), use, inPlaceOf));
        return require(m.type() == expected, name, "be of " + expected, "of " + m.type());
    }

    private Arguments perRow(String name, Matrix m, long rows) {
        return shape(name, m, rows, 1).require(rows <= 1 || m.rowStride() == 1, name,
                "be contiguous (row stride 1)", "of row stride " + m.rowStride());
    }

    private Arguments writable(String name, Matrix m) {
        return require(!m.overlaps(), name, "have a place for each row, as it is written to", m.rowStride() == 0
                ? "one row repeated (row stride 0)" : "windows, which overlap");
    }

    private void apart(Argument a, Argument b) {
        if (a.use() == Use.INPUT && b.use() == Use.INPUT) {
            return;
        }
        Argument output = a.use() == Use.INPUT ? b : a;
        Argument other = output == a ? b : a;
        boolean inPlace = output.use() == Use.OUTPUT_IN_PLACE && other.use() == Use.INPUT
                && (output.inPlaceOf() == null || output.inPlaceOf().equals(other.name()));
        require(inPlace && sameElements(a.matrix(), b.matrix()) || !overlap(a.matrix(), b.matrix()), output.name(),
                inPlace ? "be the same matrix as " + other.name() + " or lie apart from it" : "lie apart from "
                        + other.name(), "overlapping it");
    }

    private static boolean sameElements(Matrix a, Matrix b) {
        return a.storage() == b.storage() && a.offset() == b.offset() && (a.rowStride() == b.rowStride()
                || a.rows() == 1);
    }

    /** Whether any element belongs to both; exact, so that column slices of one buffer count as apart. */
    private static boolean overlap(Matrix a, Matrix b) {
        if (a.storage() != b.storage() || isEmpty(a) || isEmpty(b) || a.offset() >= end(b)
                || b.offset() >= end(a)) {
            return false;
        }
        if (distinctRows(a) > distinctRows(b)) {
            return overlap(b, a);
        }
        long stride = Math.max(1, b.rowStride());
        for (long r = 0; r < distinctRows(a); r++) {
            long begin = a.offset() + r * a.rowStride();
            long first = Math.floorDiv(begin - b.offset() - b.columns(), stride) + 1;
            long last = Math.floorDiv(begin + a.columns() - 1 - b.offset(), stride);
            if (Math.max(first, 0) <= Math.min(last, distinctRows(b) - 1)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEmpty(Matrix m) {
        return m.rows() == 0 || m.columns() == 0;
    }

    private static long distinctRows(Matrix m) {
        return m.rowStride() == 0 ? 1 : m.rows();
    }

    private static long end(Matrix m) {
        return m.offset() + (m.rows() - 1) * m.rowStride() + m.columns();
    }
}
