package io.elbo4j.tables;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.elbo4j.Quoted;
import io.elbo4j.tables.Roles.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a file of CSV is written, and the types of all of its values: found out once, as DuckDB would do it again for
 * each query of the file.
 *
 * @param found by sniff_csv, in the order of its columns here
 */
record CsvFile(String file, List<String> found) {
    private static final String NONE = "(empty)";

    /** @param pattern that matches the file */
    static CsvFile of(DuckDb db, String file, String pattern) {
        return new CsvFile(file, db.rows("SELECT Delimiter, Quote, Escape, Comment, SkipRows, HasHeader, DateFormat,"
                + " TimestampFormat, to_json(Columns) FROM sniff_csv(" + DuckDb.literal(pattern)
                + ", sample_size = -1)")
                .get(0));
    }

    /** What to say if lines were left out, or taken as one text each, because their fields are not equally many. */
    Optional<String> ragged() {
        long skipped = Long.parseLong(found.get(4));
        List<Source> columns = columns();
        String name = columns.get(0).name();
        if (skipped == 0 && columns.size() > 1) {
            return Optional.empty();
        }
        if (!file.matches("(?i).*\\.(gz|zst)")) {
            return CsvLines.fault(file, skipped);
        }
        // a compressed one is not looked through
        if (skipped == 0 && !name.matches(".*[,;\t|].*")) {
            return Optional.empty();
        }
        return Optional.of(file + (skipped > 0 ? ": the first " + skipped + " lines are not like the others"
                : ": its first line, " + Quoted.of(name) + ", is taken as one name")
                + "; as many fields in each line are expected");
    }

    /**
     * What to say if the first line, which is taken as the columns' names, may be a row: DuckDB takes numbers for names
     * where a later row has others.
     */
    Optional<String> doubt() {
        List<String> names = columns().stream().map(Source::name).toList();
        return !Boolean.parseBoolean(found.get(5)) || !names.stream().allMatch(CsvFile::isNumber) ? Optional.empty()
                : Optional.of(file + ": its first line is of numbers alone, " + names.stream().limit(3).map(Quoted::of)
                        .collect(Collectors.joining(", ")) + (names.size() > 3 ? ", ..." : "")
                        + ", expected the columns'"
                        + " names: --query \"SELECT * FROM read_csv(" + DuckDb.literal(file)
                        + ", header = false)\" takes"
                        + " it as a row, header = true as names");
    }

    private static boolean isNumber(String name) {
        return name.matches("[-+]?[0-9.]+([eE][-+]?[0-9]+)?");
    }

    private List<Source> columns() {
        List<Source> columns = new ArrayList<>();
        for (JsonElement column : JsonParser.parseString(found.get(8)).getAsJsonArray()) {
            columns.add(new Source(column.getAsJsonObject().get("name").getAsString(), column.getAsJsonObject().get(
                    "type").getAsString()));
        }
        return columns;
    }

    /** For read_csv, with the comma before them. */
    String options() {
        return ", auto_detect = false" + text("delim", 0) + text("quote", 1) + text("escape", 2) + text("comment", 3)
                + ", skip = " + found.get(4) + ", header = " + found.get(5) + text("dateformat", 6) + text(
                        "timestampformat", 7) + ", columns = {" + columns().stream().map(column -> DuckDb.literal(column
                                .name()) + ": " + DuckDb.literal(column
                                        .type())).collect(Collectors.joining(", ")) + "}";
    }

    private String text(String option, int at) {
        String value = found.get(at);
        return value == null ? "" : ", " + option + " = " + DuckDb.literal(value.equals(NONE) ? "" : value);
    }
}
