package io.elbo4j.train.data;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** Writes tables: CSV here, other formats by a {@link TableWriter}. */
public final class TableFile {
    private static final String CSV = ".csv";
    private static final String PARQUET = ".parquet";

    private TableFile() {}

    /** Whether a file of that name is a table. */
    public static boolean isTable(Path file) {
        return file.toString().endsWith(CSV) || file.toString().endsWith(PARQUET);
    }

    /**
     * Refuses, before anything is computed, a format that only a jar that is not here can write.
     *
     * @throws DataException saying where it is to be had
     */
    public static void requireWriter(Path file) {
        if (!file.toString().endsWith(CSV)) {
            writer(file);
        }
    }

    /**
     * Writes atomically: the file appears whole or not at all. CSV is as RFC 4180 has it, in UTF-8 with line feeds;
     * a float32 number is written so that reading it as float32 gives it again, and what is not finite is empty.
     *
     * @throws DataException if the file cannot be written
     */
    public static void write(Path file, TableWriter.Rows rows) {
        if (!file.toString().endsWith(CSV)) {
            writer(file).write(file, rows);
            return;
        }
        try {
            AtomicFile.write(file, channel -> {
                BufferedWriter out = new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8));
                csv(rows, out);
                out.flush();
            });
        } catch (IOException e) {
            throw new DataException(e.getMessage(), e);
        }
    }

    private static TableWriter writer(Path file) {
        return ServiceLoader.load(TableWriter.class).stream().map(ServiceLoader.Provider::get)
                .filter(writer -> file.toString().endsWith(writer.extension())).findFirst()
                .orElseThrow(() -> new DataException(file + ": cannot be written: Parquet "
                        + DataKinds.WANTED));
    }

    private static void csv(TableWriter.Rows rows, BufferedWriter out) throws IOException {
        List<String> names = new ArrayList<>(rows.keys().columns().stream().map(Keys.Column::name).toList());
        rows.columns().forEach(column -> names.add(column.name()));
        for (int c = 0; c < names.size(); c++) {
            out.append(c > 0 ? "," : "").append(field(names.get(c)));
        }
        out.append('\n');
        for (int r = 0; r < rows.count(); r++) {
            String comma = "";
            for (Keys.Column key : rows.keys().columns()) {
                String value = key.values().get(rows.places()[r]);
                out.append(comma).append(value == null ? "" : field(value));
                comma = ",";
            }
            for (TableWriter.Column column : rows.columns()) {
                out.append(comma).append(column.isText() ? field(column.texts().get(r))
                        : number(column.numbers()[r]));
                comma = ",";
            }
            out.append('\n');
        }
    }

    private static String number(float value) {
        return Float.isFinite(value) ? Float.toString(value) : "";
    }

    /** Quoted where it has to be; an empty text is not NULL, which is nothing at all. */
    private static String field(String text) {
        boolean plain = !text.isEmpty() && text.chars().noneMatch(c -> c == '"' || c == ',' || c == '\n' || c == '\r')
                && text.equals(text.strip());
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
