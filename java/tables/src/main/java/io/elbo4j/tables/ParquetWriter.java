package io.elbo4j.tables;

import io.elbo4j.train.data.AtomicFile;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.Keys;
import io.elbo4j.train.data.TableWriter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.duckdb.DuckDBAppender;

/** Writes Parquet files: keys of the types that they were read as, float32 numbers, text. */
public final class ParquetWriter implements TableWriter {
    /** As a service. */
    public ParquetWriter() {}

    @Override
    public String extension() {
        return ".parquet";
    }

    @Override
    public void write(Path file, Rows rows) {
        try {
            Path whole = Files.createTempFile("elbo4j-", ".parquet");
            try {
                write(file.toString(), whole, rows);
                AtomicFile.write(file, channel -> {
                    try (FileChannel in = FileChannel.open(whole)) {
                        long done = 0;
                        while (done < in.size()) {
                            done += in.transferTo(done, in.size() - done, channel);
                        }
                    }
                });
            } finally {
                Files.deleteIfExists(whole);
            }
        } catch (IOException e) {
            throw new DataException(e.getMessage(), e);
        }
    }

    private static void write(String name, Path whole, Rows rows) {
        List<String> made = new ArrayList<>();
        List<String> select = new ArrayList<>();
        for (Keys.Column key : rows.keys().columns()) {
            made.add("c" + made.size() + " VARCHAR");
            select.add("CAST(c" + select.size() + " AS " + key.type() + ") AS " + DuckDb.quoted(key.name()));
        }
        for (Column column : rows.columns()) {
            made.add("c" + made.size() + (column.isText() ? " VARCHAR" : " FLOAT"));
            select.add("c" + select.size() + " AS " + DuckDb.quoted(column.name()));
        }
        try (DuckDb db = DuckDb.open(name)) {
            db.execute("CREATE TABLE t (" + String.join(", ", made) + ")");
            append(db, rows);
            db.execute("COPY (SELECT " + String.join(", ", select) + " FROM t) TO " + DuckDb.literal(whole.toString())
                    + " (FORMAT parquet)");
        }
    }

    private static void append(DuckDb db, Rows rows) {
        try (DuckDBAppender appender = db.connection().createAppender("t")) {
            for (int r = 0; r < rows.count(); r++) {
                appender.beginRow();
                for (Keys.Column key : rows.keys().columns()) {
                    appender.append(key.values().get(rows.places()[r]));
                }
                for (Column column : rows.columns()) {
                    if (column.isText()) {
                        appender.append(column.texts().get(r));
                    } else {
                        appender.append(column.numbers()[r]);
                    }
                }
                appender.endRow();
            }
        } catch (SQLException e) {
            throw db.failed(e);
        }
    }
}
