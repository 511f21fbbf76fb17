package io.elbo4j.train.data;

import static io.elbo4j.ArgumentException.require;

import java.util.List;

/**
 * How a table is read, and which of its rows are the test set.
 *
 * @param query SQL over the view {@code data}, the files' rows; empty for all of them
 * @param keys columns that say which row it is, and are no values
 * @param nulls what stands for NULLs: {@code mean}, or a value, for all columns, or for one as {@code column=value};
 *     one for a column comes before one for all; NULLs that nothing stands for are refused
 * @param label the column of the rows' classes; empty for none
 * @param split a column of the words train and test; empty for none
 * @param test the share of the rows that is the test set, above 0 and below 1, drawn by {@code testSeed}; 0 for the
 *     last tenth, or what {@code split} says
 * @param testSeed of the draw
 */
public record TableSettings(String query, List<String> keys, List<String> nulls, String label, String split,
        double test, long testSeed) {
    /** All rows and columns, without NULLs; the last tenth is the test set. */
    public static final TableSettings NONE = new TableSettings("", List.of(), List.of(), "", "", 0, 0);

    /** @throws io.elbo4j.ArgumentException naming a setting that cannot be */
    public TableSettings {
        keys = List.copyOf(keys);
        nulls = List.copyOf(nulls);
        require(test >= 0 && test < 1, "test", "above 0 and below 1", test);
        require(test == 0 || split.isEmpty(), "test", "given, or split, not both", test + " and split " + split);
    }
}
