package io.elbo4j.tables;

import io.elbo4j.Quoted;
import io.elbo4j.train.data.DataException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;

/** A data base in memory, for what its SQL does with files. It loads nothing from the network. */
final class DuckDb implements AutoCloseable {
    private final String name;
    private final DuckDBConnection connection;

    private DuckDb(String name, DuckDBConnection connection) {
        this.name = name;
        this.connection = connection;
    }

    /** @param name of the data, for error messages */
    static DuckDb open(String name) {
        try {
            DuckDb db = new DuckDb(name, DuckDBConnection.newConnection("jdbc:duckdb:", false, new Properties()));
            db.execute("SET autoinstall_known_extensions = false");
            db.execute("SET autoload_known_extensions = false");
            // what a sort has no memory for; else it would be a folder where the command was started
            db.execute("SET temp_directory = " + literal(Path.of(System.getProperty("java.io.tmpdir"), "elbo4j-duckdb-"
                    + ProcessHandle.current().pid()).toString()));
            return db;
        } catch (DataException e) {
            throw e;
        } catch (Exception e) {
            throw new DataException("DuckDB cannot be started: " + e.getMessage(), e);
        }
    }

    /**
     * From now on SQL reads these files and no others, and writes none. A query may come from a checkpoint, of which
     * nobody knows who made it.
     */
    void lock(List<String> files) {
        execute("SET allowed_paths = " + list(files));
        execute("SET enable_external_access = false");
        execute("SET lock_configuration = true");
    }

    /** The same, which says of what its SQL is. */
    DuckDb named(String other) {
        return new DuckDb(other, connection);
    }

    DuckDBConnection connection() {
        return connection;
    }

    void execute(String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** The rows of a small result, as text. */
    List<List<String>> rows(String sql) {
        try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
            List<List<String>> rows = new ArrayList<>();
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int c = 1; c <= result.getMetaData().getColumnCount(); c++) {
                    row.add(result.getString(c));
                }
                rows.add(row);
            }
            return rows;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** What DuckDB says, in one line, without the line of SQL that it points to. */
    DataException failed(SQLException e) {
        String said = String.valueOf(e.getMessage()).split("\n\nLINE ", 2)[0].strip().replaceAll("\\s*\n\\s*", "; ");
        return new DataException(name + ": " + Quoted.line(said), e);
    }

    /** A name in SQL. */
    static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** A text in SQL. */
    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    static String list(List<String> texts) {
        return texts.stream().map(DuckDb::literal).collect(Collectors.joining(", ", "[", "]"));
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // nothing of it is needed any more
        }
    }
}
