package io.elbo4j.tables;

import io.elbo4j.train.data.DataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether all lines of a file of CSV have as many fields as its first one, which names them. Where they have not,
 * DuckDB leaves the first lines out, or takes each line as one text.
 */
final class CsvLines {
    private static final char[] DELIMITERS = {',', ';', '\t', '|'};

    private final String file;
    private long line;
    /** Of the record that was read last. */
    private long began;
    private boolean open;

    private CsvLines(String file) {
        this.file = file;
    }

    /**
     * What is wrong with the file.
     *
     * @param skipped how many of its first lines DuckDB leaves out
     */
    static Optional<String> fault(String file, long skipped) {
        // no byte is wrong in this one, and quotes and delimiters are the same
        try (BufferedReader in = Files.newBufferedReader(Path.of(file), StandardCharsets.ISO_8859_1)) {
            return new CsvLines(file).fault(in, skipped);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + DataException.reason(e), e);
        }
    }

    private Optional<String> fault(BufferedReader in, long skipped) throws IOException {
        String names = record(in);
        while (names != null && (names.isBlank() || names.startsWith("#"))) {
            names = record(in);
        }
        if (open) {
            return Optional.of(unclosed());
        }
        long first = began;
        for (char delimiter : names == null ? new char[0] : DELIMITERS) {
            int expected = fields(names, delimiter);
            if (expected > 1) {
                return differs(in, delimiter, expected);
            }
        }
        return skipped < first ? Optional.empty() : Optional.of(file + ": lines up to line " + skipped + " have fewer"
                + " fields than those below, expected as many in each");
    }

    private Optional<String> differs(BufferedReader in, char delimiter, int expected) throws IOException {
        long first = began;
        for (String record = record(in); record != null; record = record(in)) {
            int fields = fields(record, delimiter);
            if (open) {
                return Optional.of(unclosed());
            }
            if (fields != expected && !record.isBlank() && !record.startsWith("#")) {
                return Optional.of(file + ": line " + began + " has " + fields + (fields == 1 ? " field" : " fields")
                        + ", expected " + expected + " as in line " + first);
            }
        }
        return Optional.empty();
    }

    private String unclosed() {
        return file + ": line " + began + " opens a quotation mark that is never closed";
    }

    /** A line, with those that follow within quotation marks; null at the end. */
    private String record(BufferedReader in) throws IOException {
        String next = in.readLine();
        if (next == null) {
            return null;
        }
        began = ++line;
        StringBuilder record = new StringBuilder(next);
        open = odd(next);
        while (open) {
            next = in.readLine();
            if (next == null) {
                break;
            }
            line++;
            record.append('\n').append(next);
            open ^= odd(next);
        }
        return record.toString();
    }

    /** A quotation mark within quotation marks is written twice. */
    private static boolean odd(String text) {
        return text.chars().filter(c -> c == '"').count() % 2 == 1;
    }

    private static int fields(String record, char delimiter) {
        int fields = 1;
        boolean quoted = false;
        for (int i = 0; i < record.length(); i++) {
            char c = record.charAt(i);
            quoted ^= c == '"';
            fields += !quoted && c == delimiter ? 1 : 0;
        }
        return fields;
    }
}
