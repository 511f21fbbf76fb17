package io.elbo4j.tables;

import io.elbo4j.Quoted;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.Table;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.duckdb.DuckDBReadableVector;

/** A column of the table on its way into its place in the rows. */
final class ColumnReader {
    private final String name;
    private final String column;
    private final Numbers numbers;
    /** Of text, by the category. */
    private final Map<String, Integer> places = new HashMap<>();
    private final int width;
    /** The category of NULL; -1 for none. */
    private final int fill;
    private long nulls;

    /** @param numbers null for text */
    ColumnReader(String name, Table.Column column, Numbers numbers) {
        this.name = name;
        this.column = column.name();
        this.numbers = numbers;
        this.width = column.width();
        for (String category : column.categories()) {
            places.put(category, places.size());
        }
        this.fill = places.getOrDefault(column.fill(), -1);
    }

    int width() {
        return width;
    }

    /** How many NULLs there were that nothing here stands for. */
    long nulls() {
        return nulls;
    }

    /**
     * Reads the column of a chunk. A NULL is NaN.
     *
     * @param first the chunk's first row, for error messages
     * @param rows which has room for them, {@code stride} values each, of which this column's begin at {@code offset}
     */
    void read(DuckDBReadableVector v, long first, int count, float[] rows, int offset, int stride) {
        if (numbers == Numbers.FLOAT) {
            floats(v, first, count, rows, offset, stride);
            return;
        }
        for (int r = 0; r < count; r++) {
            int at = r * stride + offset;
            if (numbers == null) {
                text(v, r, first, rows, at);
            } else {
                rows[at] = number(v, r, first);
            }
        }
    }

    /** What large tables are of: a loop that calls nothing else. */
    private void floats(DuckDBReadableVector v, long first, int count, float[] rows, int offset, int stride) {
        for (int r = 0; r < count; r++) {
            float value = v.getFloat(r, Float.NaN);
            rows[r * stride + offset] = Float.isFinite(value) ? value : number(v, r, first);
        }
    }

    private float number(DuckDBReadableVector v, int row, long first) {
        if (v.isNull(row)) {
            nulls++;
            return Float.NaN;
        }
        double value;
        try {
            value = numbers.at(v, row);
        } catch (DataException e) {
            throw new DataException(place(first + row) + e.getMessage(), e);
        }
        float number = (float) value;
        if (!Float.isFinite(number)) {
            throw new DataException(place(first + row) + "is " + value + ", expected a finite float32 number");
        }
        return number;
    }

    private void text(DuckDBReadableVector v, int row, long first, float[] rows, int at) {
        String text = v.isNull(row) ? null : v.getString(row);
        Integer category = text == null ? (Integer) fill : places.get(text);
        if (category == null) {
            throw new DataException(place(first + row) + "is " + Quoted.of(text) + ", which is none of the "
                    + places.size() + " texts that the model was trained on: leave such rows out in --query, or write"
                    + " another text there");
        }
        Arrays.fill(rows, at, at + width, 0);
        if (category < 0) {
            nulls++;
        } else {
            rows[at + category] = 1;
        }
    }

    private String place(long row) {
        return name + ": column " + Quoted.of(column) + " at row " + row + " (counted from 0) ";
    }
}
