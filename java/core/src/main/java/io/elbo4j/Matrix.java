package io.elbo4j;

import java.util.Objects;

/**
 * A matrix in a backend's memory, of float32 elements unless asked for in 16 bits or 8: element (row, column) lies at
 * {@code offset + row * rowStride + column}.
 * Views share their storage; a row stride of 0 repeats one row. A vector of one value per row has one column, a row
 * vector (a bias) has one row.
 *
 * <p>Threads may share a matrix: what it says of itself never changes. Its elements do, and nobody guards them: one
 * thread at a time writes, by {@link #set} or a launch, while no other reads. Any thread may close it at any time, see
 * {@link Storage#close}.
 */
public final class Matrix implements AutoCloseable {
    private final Storage storage;
    private final Object address;
    private final long offset;
    private final long rows;
    private final long columns;
    private final long rowStride;

    private Matrix(Storage storage, long offset, long rows, long columns, long rowStride) {
        this.storage = storage;
        this.offset = offset;
        this.rows = rows;
        this.columns = columns;
        this.rowStride = rowStride;
        this.address = storage.address(offset);
    }

    /**
     * A view of {@code rows} x {@code columns} elements of a storage.
     *
     * @throws IllegalArgumentException if any element would lie outside the storage
     */
    public static Matrix view(Storage storage, long offset, long rows, long columns, long rowStride) {
        Objects.requireNonNull(storage, "storage");
        storage.requireOpen();
        if (rows < 0 || columns < 0 || offset < 0) {
            throw new IllegalArgumentException("a matrix needs rows, columns and offset of at least 0, not " + rows
                    + " x " + columns + " at " + offset);
        }
        if (rowStride < 0 || (rowStride != 0 && rowStride < columns)) {
            throw new IllegalArgumentException("rowStride must be 0 (one row repeated) or at least columns ("
                    + columns + "), not " + rowStride);
        }
        if (storage.backend().memory() == Backend.Memory.HEAP && rows > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a matrix of backend " + storage.backend().name()
                    + " can have at most 2^31 - 1 rows, not " + rows);
        }
        long end;
        try {
            Math.multiplyExact(rows, columns);
            end = rows == 0 || columns == 0
                    ? offset
                    : Math.addExact(offset, Math.addExact(Math.multiplyExact(rows - 1, rowStride), columns));
        } catch (ArithmeticException overflow) {
            end = Long.MAX_VALUE;
        }
        if (end > storage.elements()) {
            throw new IllegalArgumentException("a matrix of " + rows + " x " + columns + " with row stride "
                    + rowStride + " at offset " + offset + " does not fit a storage of " + storage.elements()
                    + " elements");
        }
        return new Matrix(storage, offset, rows, columns, rowStride);
    }

    public Storage storage() {
        return storage;
    }

    public ElementType type() {
        return storage.type();
    }

    public Backend backend() {
        return storage.backend();
    }

    /** What the backend's kernels take for the first element. Whoever uses it otherwise sees that nobody closes it. */
    public Object address() {
        return address;
    }

    public long offset() {
        return offset;
    }

    public long rows() {
        return rows;
    }

    public long columns() {
        return columns;
    }

    public long rowStride() {
        return rowStride;
    }

    /** Rows {@code begin} (inclusive) to {@code end} (exclusive), without a copy. */
    public Matrix rows(long begin, long end) {
        Objects.checkFromToIndex(begin, end, rows);
        storage.requireOpen();
        return new Matrix(storage, offset + begin * rowStride, end - begin, columns, rowStride);
    }

    /** Columns {@code begin} (inclusive) to {@code end} (exclusive), without a copy. */
    public Matrix columns(long begin, long end) {
        Objects.checkFromToIndex(begin, end, columns);
        storage.requireOpen();
        return new Matrix(storage, offset + begin, rows, end - begin, rowStride);
    }

    /** A row vector, or any one-row view, seen as {@code rows} rows that are all this row. */
    public Matrix repeatRow(long rows) {
        requireShape("repeatRow", 1, columns);
        return view(storage, offset, rows, columns, 0);
    }

    /**
     * Every {@code count} neighbouring rows as one row, without a copy: row i is rows i to i + count - 1, side by side.
     * They overlap, so that they can be read only.
     *
     * @param count 1 to rows
     * @throws IllegalArgumentException if it is another number, or the rows are not contiguous
     */
    public Matrix windows(long count) {
        if (count < 1 || count > rows) {
            throw new IllegalArgumentException("a window must have 1 to " + rows + " rows, not " + count);
        }
        if (rows > 1 && rowStride != columns) {
            throw new IllegalArgumentException("only a contiguous matrix has windows; this one has " + columns
                    + " columns and a row stride of " + rowStride);
        }
        return new Matrix(storage, offset, rows - count + 1, Math.multiplyExact(count, columns), columns);
    }

    /** Whether rows share elements: a repeated row, or windows. */
    public boolean overlaps() {
        return rows > 1 && columns > 0 && rowStride < columns;
    }

    /** The same contiguous elements in another shape. */
    public Matrix reshape(long newRows, long newColumns) {
        if (rows > 1 && rowStride != columns) {
            throw new IllegalArgumentException("only a contiguous matrix can be reshaped; this one has " + columns
                    + " columns and a row stride of " + rowStride);
        }
        if (newRows * newColumns != rows * columns) {
            throw new IllegalArgumentException("reshape keeps the number of elements: " + this + " has "
                    + rows * columns + ", " + newRows + " x " + newColumns + " would have " + newRows * newColumns);
        }
        return view(storage, offset, newRows, newColumns, newColumns);
    }

    /** @throws IllegalArgumentException naming {@code argument} unless the shape is {@code rows} x {@code columns} */
    public Matrix requireShape(String argument, long rows, long columns) {
        if (this.rows != rows || this.columns != columns) {
            throw new IllegalArgumentException(argument + " must be " + rows + " x " + columns + ", not " + this.rows
                    + " x " + this.columns);
        }
        return this;
    }

    /** All elements, row after row, as float32 values. */
    public float[] toArray() {
        storage.requireOpen();
        requireFitsArray();
        float[] out = new float[(int) (rows * columns)];
        get(out, 0);
        return out;
    }

    /** All elements, row after row, as float32 values, to {@code target[from ...]}. */
    public void get(float[] target, int from) {
        storage.requireOpen();
        requireArithmetic();
        requireFitsArray();
        Objects.checkFromIndexSize(from, (int) (rows * columns), target.length);
        storage.uses().begin();
        try {
            if (rowStride == columns) {
                storage.read(offset, target, from, (int) (rows * columns));
            } else {
                for (int r = 0; r < rows; r++) {
                    storage.read(offset + r * rowStride, target, (int) (from + r * columns), (int) columns);
                }
            }
        } finally {
            storage.uses().end();
        }
    }

    /** Sets all elements, row after row, from {@code values[from ...]}; rows that overlap are refused. */
    public Matrix set(float[] values, int from) {
        storage.requireOpen();
        requireArithmetic();
        requireFitsArray();
        Objects.checkFromIndexSize(from, (int) (rows * columns), values.length);
        if (overlaps()) {
            throw new IllegalArgumentException(rowStride == 0 ? "a repeated row cannot be written to"
                    : "windows, which overlap, cannot be written to");
        }
        storage.uses().begin();
        try {
            if (rowStride == columns) {
                storage.write(offset, values, from, (int) (rows * columns));
            } else {
                for (int r = 0; r < rows; r++) {
                    storage.write(offset + r * rowStride, values, (int) (from + r * columns), (int) columns);
                }
            }
        } finally {
            storage.uses().end();
        }
        return this;
    }

    /** Float32 elements are copied, others computed. */
    private void requireArithmetic() {
        if (type() != ElementType.FLOAT32) {
            FloatingPoint.requireDefault();
        }
    }

    private void requireFitsArray() {
        if (rows * columns > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(this + " has more elements than a Java array can hold: use views of it");
        }
    }

    /** Sets all elements, row after row. */
    public Matrix set(float... values) {
        if (values.length != rows * columns) {
            throw new IllegalArgumentException("values must have " + rows * columns + " elements for " + this
                    + ", not " + values.length);
        }
        return set(values, 0);
    }

    /** Closes the storage, and with it every view on it; {@link Storage#close} says what other threads may be doing. */
    @Override
    public void close() {
        storage.close();
    }

    @Override
    public String toString() {
        return "matrix " + rows + " x " + columns + (type() == ElementType.FLOAT32 ? "" : " of " + type());
    }
}
