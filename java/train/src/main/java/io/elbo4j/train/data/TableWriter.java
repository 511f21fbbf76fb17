package io.elbo4j.train.data;

import java.nio.file.Path;
import java.util.List;

/**
 * Writes rows of named columns in a format that another jar has, which names it in its
 * {@code META-INF/services/io.elbo4j.train.data.TableWriter}.
 */
public interface TableWriter {
    /** How names of its files end, as {@code .parquet}. */
    String extension();

    /**
     * Writes atomically: the file appears whole or not at all.
     *
     * @throws DataException if the file cannot be written
     */
    void write(Path file, Rows rows);

    /**
     * What is written: the keys of each row, then its values.
     *
     * @param places of the rows among the keys' values
     * @param columns of the values, or text where there is any
     */
    record Rows(Keys keys, int[] places, List<Column> columns) {
        public Rows {
            columns = List.copyOf(columns);
        }

        public int count() {
            return places.length;
        }
    }

    /**
     * A column: numbers or texts, one for each row.
     *
     * @param texts empty where it is of numbers
     */
    record Column(String name, float[] numbers, List<String> texts) {
        public boolean isText() {
            return !texts.isEmpty();
        }
    }
}
