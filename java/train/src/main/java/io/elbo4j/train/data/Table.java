package io.elbo4j.train.data;

import java.util.ArrayList;
import java.util.List;

/**
 * What the values of a row mean: it goes with them from the reader to the checkpoint and to what a model writes. The
 * scales of the values are the checkpoint's {@link Standardisation}, which has a number for each of {@link #names}.
 *
 * @param settings how it was read
 * @param columns those of x, in the order of its values
 * @param classes the names of the label's classes, in their order; empty if no label was read
 */
public record Table(TableSettings settings, List<Column> columns, List<String> classes) {
    /** Data that is no table. */
    public static final Table NONE = new Table(TableSettings.NONE, List.of(), List.of());

    /**
     * A column.
     *
     * @param type as the file or the query has it, as DOUBLE
     * @param categories of text, each of which has a value of the row, 1 where it is the row's and 0 elsewhere; empty
     *     for a number, which is one value
     * @param fill what stands for NULL: a number, or a category; empty if NULL is refused
     */
    public record Column(String name, String type, List<String> categories, String fill) {
        public Column {
            categories = List.copyOf(categories);
        }

        public boolean isText() {
            return !categories.isEmpty();
        }

        /** Values of a row that it has. */
        public int width() {
            return Math.max(1, categories.size());
        }
    }

    public Table {
        columns = List.copyOf(columns);
        classes = List.copyOf(classes);
    }

    /** Whether nothing is known: neither columns nor classes. */
    public boolean isNone() {
        return columns.isEmpty() && classes.isEmpty();
    }

    /** Whether the values of a row have names. */
    public boolean hasColumns() {
        return !columns.isEmpty();
    }

    /** A name for each value of a row: the column's, or {@code column=category}. */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        for (Column column : columns) {
            if (column.isText()) {
                column.categories().forEach(category -> names.add(column.name() + "=" + category));
            } else {
                names.add(column.name());
            }
        }
        return names;
    }
}
