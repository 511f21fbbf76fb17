package io.elbo4j.tables;

import io.elbo4j.Quoted;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Nulls;
import io.elbo4j.train.data.Table;
import java.util.ArrayList;
import java.util.List;

/**
 * Numbers that stand for NULLs.
 *
 * @param columns with means in the place of the word
 * @param values of a row
 */
record Filling(List<Table.Column> columns, float[] values) {
    /**
     * Means are those of the training rows.
     *
     * @throws DataException if a column has no number there
     */
    static Filling of(String name, List<Table.Column> columns, Images train) {
        double[] means = columns.stream().anyMatch(c -> c.fill().equals(Fills.MEAN)) ? Nulls.means(train) : null;
        List<Table.Column> filled = new ArrayList<>();
        float[] values = new float[train.columns()];
        int at = 0;
        for (Table.Column column : columns) {
            String fill = column.fill();
            if (fill.equals(Fills.MEAN) && !column.isText()) {
                if (Double.isNaN(means[at])) {
                    throw new DataException(name + ": column " + Quoted.of(column.name()) + " is NULL in every training"
                            + " row, which have no mean");
                }
                fill = Double.toString(means[at]);
            }
            values[at] = column.isText() || fill.isEmpty() ? 0 : (float) Double.parseDouble(fill);
            filled.add(new Table.Column(column.name(), column.type(), column.categories(), fill));
            at += column.width();
        }
        return new Filling(filled, values);
    }

    Images in(Images all) {
        return Nulls.filled(all, values);
    }
}
