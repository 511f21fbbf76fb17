package io.elbo4j.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataName;
import io.elbo4j.train.data.DataRequest;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.ReadProgress;
import io.elbo4j.train.data.Table;
import io.elbo4j.train.data.TableSettings;
import java.util.List;
import java.util.Set;

/** Reads tables for tests. */
final class Tables {
    /** All columns and rows. */
    static final TableSettings ALL = TableSettings.NONE;

    private Tables() {}

    static TableSettings query(String sql) {
        return new TableSettings(sql, List.of(), List.of(), "", "", 0, 0);
    }

    static TableSettings nulls(String... choices) {
        return new TableSettings("", List.of(), List.of(choices), "", "", 0, 0);
    }

    static TableSettings keys(String... names) {
        return new TableSettings("", List.of(names), List.of(), "", "", 0, 0);
    }

    static TableSettings split(String column, double test, long seed) {
        return new TableSettings("", List.of(), List.of(), "", column, test, seed);
    }

    static DataSource read(Object file, TableSettings settings) {
        return read(file, settings, Table.NONE, false, Images.X);
    }

    /** Of any kind whose name stands before the equals sign, a table else. */
    static DataSource read(Object file, TableSettings settings, Table like, boolean stream, String... arrays) {
        String name = file.toString();
        return DataSource.used(DataName.parse(name.contains("=") ? name : "table=" + name), new DataRequest(Set.of(
                arrays), stream, ReadProgress.NONE).of(settings, like, true));
    }

    /** Row after row, in the order of the file where the last rows are the test set. */
    static float[] values(DataSource source) {
        Images all = source.all();
        return all.copyRows(0, all.rows());
    }

    static void refused(Object file, TableSettings settings, String... parts) {
        refused(() -> read(file, settings), parts);
    }

    static void refused(Runnable reading, String... parts) {
        String said = assertThrows(DataException.class, reading::run).getMessage();
        for (String part : parts) {
            assertTrue(said.contains(part), () -> "expected '" + part + "' in: " + said);
        }
        assertEquals(1, said.lines().count(), said);
    }
}
