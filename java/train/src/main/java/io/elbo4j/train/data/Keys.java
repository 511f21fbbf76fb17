package io.elbo4j.train.data;

import java.util.List;

/**
 * The key columns of a table, which say which row it is.
 *
 * @param columns each with a value for every row of the data
 */
public record Keys(List<Column> columns) {
    /** None. */
    public static final Keys NONE = new Keys(List.of());

    /**
     * A key.
     *
     * @param type of SQL, as BIGINT, which the values can be cast to
     * @param values as text, by {@link Images#placeOf}; null where it is NULL
     */
    public record Column(String name, String type, List<String> values) {}
}
