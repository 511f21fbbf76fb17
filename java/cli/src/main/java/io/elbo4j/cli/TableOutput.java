package io.elbo4j.cli;

import io.elbo4j.Quoted;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Keys;
import io.elbo4j.train.data.NpyWriter;
import io.elbo4j.train.data.Table;
import io.elbo4j.train.data.TableFile;
import io.elbo4j.train.data.TableWriter;
import io.elbo4j.train.data.TableWriter.Column;
import io.elbo4j.train.model.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a model makes, as a table.
 *
 * @param table what it was trained on
 * @param keys of the rows that it is made from
 * @param sets those rows
 */
record TableOutput(Table table, Keys keys, List<Images> sets) {
    /** Of no rows, as samples are. */
    static TableOutput ofTable(Table table) {
        return new TableOutput(table, Keys.NONE, List.of());
    }

    /**
     * Writes values, row after row: of the model's mean of x in the table's columns, of anything else in columns that
     * have its name and a number.
     */
    void write(Path file, String what, float[] values, int rows) {
        int[] places = keys.columns().isEmpty() ? new int[rows] : sets.stream().flatMapToInt(images -> IntStream.range(
                0,
                images.rows()).map(images::placeOf)).limit(rows).toArray();
        List<Column> columns = what.equals(Model.MEAN) && table.hasColumns() && rows > 0 && values.length / rows
                == table
                        .names().size() ? original(values, rows) : numbered(what.replace('.', '_') + "_", values, rows);
        write(file, columns, rows);
    }

    /** Writes values, row after row, as an array, or a table with columns of these names, as the file's name says. */
    void writeArrayOr(Path file, List<String> names, float[] values) {
        int width = names.size();
        int rows = values.length / width;
        if (TableFile.isTable(file)) {
            write(file, IntStream.range(0, width).mapToObj(c -> new Column(names.get(c), column(values, c, width, rows),
                    List.of())).toList(), rows);
        } else {
            NpyWriter.write(file, rows, width, values);
        }
    }

    private void write(Path file, List<Column> columns, int rows) {
        int[] places = keys.columns().isEmpty() ? new int[rows] : sets.stream().flatMapToInt(images -> IntStream.range(
                0,
                images.rows()).map(images::placeOf)).limit(rows).toArray();
        TableFile.write(file, new TableWriter.Rows(keys, places, columns));
    }

    /** @param file null for none */
    static void requireArrayOrTable(String option, Path file) {
        if (file != null && !file.toString().endsWith(".npy") && !TableFile.isTable(file)) {
            throw Failure.usage(option + " must end in .npy, .csv or .parquet, not " + Quoted.of(file));
        }
        if (file != null && TableFile.isTable(file)) {
            TableFile.requireWriter(file);
        }
    }

    private static List<Column> numbered(String name, float[] values, int rows) {
        int width = values.length / rows;
        return IntStream.range(0, width).mapToObj(c -> new Column(name + c, column(values, c, width, rows), List.of()))
                .toList();
    }

    /** Of text the likeliest category. */
    private List<Column> original(float[] values, int rows) {
        int width = values.length / rows;
        List<Column> columns = new ArrayList<>();
        int at = 0;
        for (Table.Column column : table.columns()) {
            int first = at;
            columns.add(column.isText() ? new Column(column.name(), new float[0], IntStream.range(0, rows).mapToObj(
                    r -> column.categories().get(largest(values, r * width + first, column.width()))).toList())
                    : new Column(column.name(), column(values, at, width, rows), List.of()));
            at += column.width();
        }
        return columns;
    }

    private static float[] column(float[] values, int c, int width, int rows) {
        float[] column = new float[rows];
        for (int r = 0; r < rows; r++) {
            column[r] = values[r * width + c];
        }
        return column;
    }

    private static int largest(float[] values, int from, int count) {
        int largest = 0;
        for (int i = 1; i < count; i++) {
            largest = values[from + i] > values[from + largest] ? i : largest;
        }
        return largest;
    }
}
