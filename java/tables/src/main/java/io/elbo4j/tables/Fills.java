package io.elbo4j.tables;

import io.elbo4j.Quoted;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.Table;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What stands for NULLs: of a trained model's table what stood for them then.
 *
 * @param all in every column of numbers; empty for nothing
 * @param byColumn in one
 */
record Fills(String name, String all, Map<String, String> byColumn) {
    static final String MEAN = "mean";

    /** @throws DataException naming a choice of a column that is not there */
    static Fills of(String name, List<String> nulls, List<String> columns) {
        String all = "";
        Map<String, String> byColumn = new HashMap<>();
        for (String choice : nulls) {
            // a name may have the sign too
            String column = columns.stream().filter(c -> choice.startsWith(c + "=")).max((a, b) -> a.length() - b
                    .length()).orElse("");
            if (!column.isEmpty()) {
                byColumn.put(column, choice.substring(column.length() + 1));
            } else if (choice.indexOf('=') < 0) {
                all = choice;
            } else {
                throw new DataException(name + ": has no column of values " + Quoted.of(choice.substring(0, choice
                        .indexOf('='))) + ", for whose NULLs " + Quoted.of(choice) + " was given");
            }
        }
        return new Fills(name, all, byColumn);
    }

    /**
     * A number, {@value #MEAN}, or of text a category; empty if NULLs are refused.
     *
     * @param like the column of the trained table; null for none
     * @throws DataException if what was given is no number
     */
    String of(String column, boolean text, Table.Column like) {
        if (like != null && !like.fill().isEmpty()) {
            return like.fill();
        }
        String given = byColumn.getOrDefault(column, text ? "" : all);
        if (text || given.isEmpty()) {
            return given;
        }
        if (given.equals(MEAN)) {
            if (like != null) {
                throw new DataException(name + ": the table that the model was trained on had no mean for NULLs of "
                        + Quoted.of(column) + ": give a number");
            }
            return MEAN;
        }
        try {
            if (Float.isFinite(Float.parseFloat(given))) {
                return Double.toString(Double.parseDouble(given));
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new DataException(name + ": " + Quoted.of(given) + " cannot stand for NULLs of column " + Quoted.of(
                column)
                + ", expected mean or a number");
    }
}
