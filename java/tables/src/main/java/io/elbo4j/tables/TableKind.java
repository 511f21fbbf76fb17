package io.elbo4j.tables;

import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataKind;
import io.elbo4j.train.data.DataRequest;
import io.elbo4j.train.data.DataSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code table=FILE}: CSV, Parquet or JSON, or a glob of them, and SQL over the view {@value #VIEW} of their rows.
 * Numbers are one value of a row, texts one for each category. The rows are in the files' order, those of a file in the
 * order of its name, unless the query has another.
 */
public final class TableKind extends DataKind {
    static final String VIEW = "data";

    /** As a service. */
    public TableKind() {
        super("table", "FILE");
    }

    @Override
    public List<Path> files(String at) {
        if (Files.exists(Path.of(at))) {
            return List.of(Path.of(at));
        }
        try (DuckDb db = DuckDb.open(at)) {
            return TableFiles.glob(db, at).stream().map(Path::of).toList();
        }
    }

    @Override
    public boolean streams() {
        return true;
    }

    @Override
    public boolean isUndivided() {
        return true;
    }

    @Override
    public boolean isTable() {
        return true;
    }

    @Override
    public boolean isLabelled() {
        // which column that is, --label-column says
        return true;
    }

    @Override
    public DataSource read(String at, DataRequest request) {
        try (DuckDb db = DuckDb.open(at)) {
            TableFiles files = TableFiles.of(db, at);
            List<String> doubts = new ArrayList<>();
            db.execute("CREATE VIEW " + VIEW + " AS " + files.sql(db, doubts));
            String query = request.settings().query().strip().replaceFirst("[;\\s]+$", "");
            if (query.isEmpty() && !doubts.isEmpty()) {
                throw new DataException(doubts.get(0));
            }
            if (!request.trusted()) {
                db.lock(files.opened());
            }
            return query.isEmpty() ? new TableReading(db, at, "SELECT * FROM " + VIEW, request).read(doubts)
                    : new TableReading(db.named(at + ": --query"), at, query, request).read(doubts);
        }
    }
}
