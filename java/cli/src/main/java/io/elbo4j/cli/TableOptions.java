package io.elbo4j.cli;

import io.elbo4j.train.data.DataKind;
import io.elbo4j.train.data.DataRequest;
import io.elbo4j.train.data.Table;
import io.elbo4j.train.data.TableSettings;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Option;

/** How a table is read. An option not given is null: a trained model's table is read as it was. */
final class TableOptions {
    @Option(names = "--query", paramLabel = "SQL", description = {
            "of a table: rows and columns are those of this query over the view data, which has the files' rows, as in"
                    + " \"SELECT id, height / 100 AS m FROM data WHERE age > 17\" (all; of a trained model its own)"})
    private String query;
    @Option(names = "--key", paramLabel = "NAME,...", split = ",", description = "of a table: columns that say which"
            + " row it is, and are no values: encode writes them beside the codes (none)")
    private List<String> keys;
    @Option(names = "--nulls", paramLabel = "[NAME=]VALUE,...", split = ",", description = {
            "of a table: what stands for NULLs, in one column or in all of numbers: mean, that of the training rows, or"
                    + " a value; of text a category, by its column's name (NULLs are refused)"})
    private List<String> nulls;
    @Option(names = "--label-column", paramLabel = "NAME", description = "of a table: the column of the rows' classes,"
            + " text or whole numbers, for a model or command that takes labels (none)")
    private String label;
    @Option(names = "--split", paramLabel = "NAME", description = "of a table: the column that says of each row train"
            + " or test")
    private String split;
    @Option(names = "--test", paramLabel = "X", description = "of a table: this share of the rows, above 0 and below 1,"
            + " drawn by --test-seed, is the test set (the last tenth)")
    private Double test;
    @Option(names = "--test-seed", paramLabel = "N", description = "of the draw of --test (0)")
    private Long testSeed;

    private Table own = Table.NONE;

    /** Takes what a trained model's table was read with, where nothing was given. */
    void orElse(Table table) {
        own = table;
    }

    /** Refuses what cannot be. */
    void check(DataKind kind) {
        Object given = query != null ? "--query" : keys != null ? "--key" : nulls != null ? "--nulls" : label != null
                ? "--label-column" : split != null ? "--split" : test != null ? "--test" : testSeed != null
                        ? "--test-seed" : null;
        if (given != null && !kind.isTable()) {
            throw Failure.usage(given + " goes with --data table=FILE, not with " + kind);
        }
        if (testSeed != null && test == null && own.settings().test() == 0) {
            throw Failure.usage("--test-seed goes with --test");
        }
        if (test != null && !(test > 0 && test < 1)) {
            throw Failure.usage("--test must be above 0 and below 1, not " + test);
        }
        if (test != null && split != null) {
            throw Failure.usage("--test " + test + " and --split " + split + " are mutually exclusive: give one of"
                    + " them");
        }
    }

    /** The request, of a table with what was given. */
    DataRequest of(DataRequest request, DataKind kind, boolean withKeys) {
        if (!kind.isTable()) {
            return request.of(TableSettings.NONE, own, withKeys);
        }
        TableSettings old = own.settings();
        TableSettings settings = new TableSettings(Objects.requireNonNullElse(query, old.query()),
                Objects.requireNonNullElse(keys, old.keys()), Objects.requireNonNullElse(nulls, old.nulls()),
                Objects.requireNonNullElse(label, old.label()), split != null ? split : test != null ? "" : old.split(),
                test != null ? test : split != null ? 0 : old.test(), Objects.requireNonNullElse(testSeed,
                        old.testSeed()));
        DataRequest made = request.of(settings, own, withKeys);
        return query == null ? made : made.withTrust();
    }
}
