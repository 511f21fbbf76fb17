package io.elbo4j.tables;

import io.elbo4j.train.data.DataException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The files of a table, in the order of their names, which is that of their rows.
 *
 * @param reader DuckDB's function that reads them
 */
record TableFiles(List<String> files, String reader) {
    private static final Map<String, String> READERS = Map.of("parquet", "read_parquet", "pq", "read_parquet",
            "csv", "read_csv", "tsv", "read_csv", "json", "read_json", "jsonl", "read_json", "ndjson", "read_json");

    /**
     * A file, or all that a glob matches.
     *
     * @throws DataException if there is none, or the name does not say of which format they are
     */
    static TableFiles of(DuckDb db, String at) {
        boolean one = Files.exists(Path.of(at));
        if (one && !Files.isRegularFile(Path.of(at))) {
            throw new DataException(at + ": is a folder, expected a file, or a glob as " + at + "/*.parquet");
        }
        List<String> files = one ? List.of(at) : glob(db, at);
        if (files.isEmpty()) {
            throw new DataException(at + (isGlob(at) ? ": no file matches" : ": no such file")
                    + ", expected a table: CSV, Parquet or JSON");
        }
        List<String> readers = files.stream().map(TableFiles::reader).distinct().toList();
        if (readers.size() > 1) {
            throw new DataException(at + ": matches files of several formats, expected one");
        }
        return new TableFiles(files, readers.get(0));
    }

    static List<String> glob(DuckDb db, String at) {
        return !isGlob(at) ? List.of() : db.rows("SELECT file FROM glob(" + DuckDb.literal(at) + ")").stream()
                .map(row -> row.get(0)).sorted().toList();
    }

    private static boolean isGlob(String at) {
        return at.chars().anyMatch(c -> c == '*' || c == '?' || c == '[');
    }

    private static String reader(String file) {
        String plain = file.replaceFirst("(?i)\\.(gz|zst)$", "");
        String reader = READERS.get(plain.substring(plain.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
        if (reader == null) {
            throw new DataException(file + ": its name does not say what it is, expected one that ends in .csv, .tsv,"
                    + " .parquet, .json, .jsonl or .ndjson");
        }
        return reader;
    }

    /**
     * SQL of all rows. Types are those of all values, not of the first ones; columns of several files go by name.
     *
     * @param doubts is told what may be wrong
     */
    String sql(DuckDb db, List<String> doubts) {
        String options = reader.equals("read_parquet") ? "" : ", sample_size = -1";
        if (reader.equals("read_csv")) {
            CsvFile first = CsvFile.of(db, files.get(0), patterns().get(0));
            for (int i = 0; i < files.size(); i++) {
                CsvFile file = i == 0 ? first : CsvFile.of(db, files.get(i), patterns().get(i));
                file.ragged().ifPresent(doubts::add);
            }
            first.doubt().ifPresent(doubts::add);
            options = files.size() == 1 ? first.options() : options;
        }
        return "SELECT * FROM " + reader + "(" + DuckDb.list(patterns()) + options + (files.size() > 1
                ? ", union_by_name = true" : "") + ")";
    }

    /** The files as globs that match them alone, whatever characters are in their names. */
    private List<String> patterns() {
        return files.stream().map(file -> file.replaceAll("([\\[*?])", "[$1]")).toList();
    }

    /** What is opened for {@link #sql}. */
    List<String> opened() {
        return Stream.concat(files.stream(), patterns().stream()).distinct().toList();
    }
}
