package io.elbo4j.tables;

import io.elbo4j.Quoted;
import io.elbo4j.tables.Roles.Source;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataRequest;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Keys;
import io.elbo4j.train.data.RowCollector;
import io.elbo4j.train.data.Table;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.duckdb.DuckDBDataChunkReader;
import org.duckdb.DuckDBReadableVector;

/** A query's rows, read once, chunk by chunk, into memory or a scratch file. */
final class TableReading {
    private static final int CHUNK = 2048;

    private final DuckDb db;
    private final String name;
    private final String query;
    private final DataRequest request;
    private final Roles roles;
    private final List<Table.Column> columns = new ArrayList<>();
    private final List<ColumnReader> readers = new ArrayList<>();
    private final List<String> select = new ArrayList<>();
    private final List<String> classes;
    private final Split split;

    /** @param query of one statement, whose columns have names and types */
    TableReading(DuckDb db, String name, String query, DataRequest request) {
        this.db = db;
        this.name = name;
        this.query = "\n" + query + "\n";
        this.request = request;
        List<Source> all = db.rows("DESCRIBE SELECT * FROM (" + this.query + ")").stream().map(row -> new Source(row
                .get(
                        0), row.get(1))).toList();
        this.roles = Roles.of(name, all, request);
        Fills fills = Fills.of(name, request.settings().nulls(), roles.values().stream().map(Source::name).toList());
        for (int i = 0; i < roles.values().size(); i++) {
            add(roles.values().get(i), !request.like().hasColumns() ? null : request.like().columns().get(i), fills);
        }
        boolean labelled = request.arrays().contains(Images.LABEL);
        if (labelled && roles.label().isEmpty()) {
            throw new DataException(name + " has no array 'label', which the model takes: --label-column says which"
                    + " column it is");
        }
        List<String> known = request.like().classes();
        this.classes = !labelled ? List.of() : !known.isEmpty() ? known : Classes.of(db, name, this.query, roles.label()
                .orElseThrow().name());
        this.split = new Split(name, request, roles.split().map(Source::name).orElse(""));
        asText(labelled ? roles.label() : Optional.empty());
        asText(roles.split());
        if (request.keys()) {
            roles.keys().forEach(key -> asText(Optional.of(key)));
        }
    }

    private void asText(Optional<Source> source) {
        source.ifPresent(s -> select.add("CAST(" + s.quoted() + " AS VARCHAR)"));
    }

    private void add(Source source, Table.Column like, Fills fills) {
        boolean text = like != null ? like.isText() : source.type().equals("VARCHAR") || source.type().startsWith(
                "ENUM");
        Optional<Numbers> numbers = Numbers.of(source.type());
        if (!text && numbers.isEmpty()) {
            throw new DataException(name + ": column " + Quoted.of(source.name()) + " is " + source.type()
                    + ", expected"
                    + (like == null ? " numbers or text: turn it into a number in --query, as epoch(t) of a time, or"
                            + " leave it out" : " numbers, as the model was trained on"));
        }
        String fill = fills.of(source.name(), text, like);
        List<String> categories = like != null ? like.categories() : text ? categories(source.name(), fill) : List.of();
        Table.Column column = new Table.Column(source.name(), like != null ? like.type() : source.type(), categories,
                fill);
        columns.add(column);
        readers.add(new ColumnReader(name, column, text ? null : numbers.orElseThrow()));
        select.add(text ? "CAST(" + source.quoted() + " AS VARCHAR)" : Numbers.sql(source.quoted(), source.type()));
    }

    private List<String> categories(String column, String fill) {
        List<String> found = new ArrayList<>(Classes.of(db, name, query, column));
        if (!fill.isEmpty()) {
            found.add(fill);
        }
        if (found.isEmpty()) {
            if (db.rows("SELECT 1 FROM (" + query + ") LIMIT 1").isEmpty()) {
                throw noRows();
            }
            throw new DataException(name + ": column " + Quoted.of(column) + " has no values, expected numbers or text:"
                    + " leave it out in --query");
        }
        List<String> sorted = Classes.sorted(found);
        // a stray text makes numbers text: it should be seen
        roles.notes().add(name + ": column " + Quoted.of(column) + " is text, one value for each of " + sorted.size()
                + ": " + sorted.stream().limit(5).map(Quoted::of).collect(Collectors.joining(", ")) + (sorted.size() > 5
                        ? ", ..." : ""));
        return sorted;
    }

    /** @param doubts that are notes of the data */
    DataSource read(List<String> doubts) {
        roles.notes().addAll(doubts);
        int width = columns.stream().mapToInt(Table.Column::width).sum();
        List<Keys.Column> keys = request.keys() ? roles.keys().stream().map(key -> new Keys.Column(key.name(), key
                .type(), new ArrayList<>())).toList() : List.of();
        try (RowCollector rows = collector(width); RowCollector labels = classes.isEmpty() ? null : collector(classes
                .size())) {
            long count = readChunks(rows, labels, keys, width);
            if (count == 0) {
                throw noRows();
            }
            requireNoNulls();
            Images x = rows.images();
            Images all = labels == null ? x : x.with(Images.LABEL, labels.images());
            try {
                return source(all, new Keys(keys));
            } catch (RuntimeException | Error e) {
                all.close();
                throw e;
            }
        }
    }

    private DataException noRows() {
        return new DataException(name + ": has no rows, expected at least 1");
    }

    private RowCollector collector(int width) {
        return request.stream() ? RowCollector.inFile(name, width, Path.of(System.getProperty("java.io.tmpdir")))
                : RowCollector.inMemory(name, width);
    }

    private long readChunks(RowCollector rows, RowCollector labels, List<Keys.Column> keys, int width) {
        float[] block = new float[CHUNK * width];
        float[] oneHot = new float[labels == null ? 0 : CHUNK * classes.size()];
        String sql = "SELECT " + String.join(", ", select) + " FROM (" + query + ")";
        long done = 0;
        try (var statement = db.connection().prepare(sql); var result = statement.query()) {
            while (result.nextChunk()) {
                DuckDBDataChunkReader chunk = result.chunk();
                int n = (int) chunk.rowCount();
                int c = 0;
                int offset = 0;
                for (ColumnReader reader : readers) {
                    reader.read(chunk.vector(c++), done, n, block, offset, width);
                    offset += reader.width();
                }
                rows.add(block, n);
                if (labels != null) {
                    label(chunk.vector(c++), done, n, oneHot);
                    labels.add(oneHot, n);
                }
                if (roles.split().isPresent()) {
                    DuckDBReadableVector v = chunk.vector(c++);
                    for (int r = 0; r < n; r++) {
                        split.add(done + r, v.isNull(r) ? null : v.getString(r));
                    }
                }
                for (Keys.Column key : keys) {
                    DuckDBReadableVector v = chunk.vector(c++);
                    for (int r = 0; r < n; r++) {
                        key.values().add(v.isNull(r) ? null : v.getString(r));
                    }
                }
                done += n;
            }
        } catch (SQLException e) {
            throw db.failed(e);
        }
        return done;
    }

    private void label(DuckDBReadableVector v, long first, int count, float[] oneHot) {
        Arrays.fill(oneHot, 0);
        for (int r = 0; r < count; r++) {
            String text = v.isNull(r) ? null : v.getString(r);
            int place = text == null ? -1 : classes.indexOf(text);
            if (place < 0) {
                throw new DataException(name + ": the label at row " + (first + r) + " (counted from 0) is " + (text
                        == null ? "NULL" : Quoted.of(text)) + ", expected one of the " + classes.size() + " classes");
            }
            oneHot[r * classes.size() + place] = 1;
        }
    }

    private void requireNoNulls() {
        List<String> found = new ArrayList<>();
        for (int c = 0; c < columns.size(); c++) {
            if (readers.get(c).nulls() > 0 && columns.get(c).fill().isEmpty()) {
                found.add(Quoted.of(columns.get(c).name()) + " " + readers.get(c).nulls());
            }
        }
        if (!found.isEmpty()) {
            throw new DataException(name + ": has NULLs, of column " + String.join(", ", found) + ", expected none:"
                    + " --nulls says what stands for them, or --query leaves such rows out, WHERE ... IS NOT NULL");
        }
    }

    private DataSource source(Images all, Keys keys) {
        DataSource divided = split.of(all);
        List<Table.Column> filled = columns;
        if (readers.stream().anyMatch(reader -> reader.nulls() > 0) || columns.stream().anyMatch(c -> c.fill().equals(
                Fills.MEAN))) {
            Filling filling = Filling.of(name, columns, divided.train());
            filled = filling.columns();
            divided = split.of(filling.in(all));
        }
        return new DataSource(divided.train(), divided.test(), roles.notes(), new Table(request.settings(), filled,
                classes), keys);
    }
}
