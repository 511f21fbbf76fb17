package io.elbo4j.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.train.data.Keys;
import io.elbo4j.train.data.TableFile;
import io.elbo4j.train.data.TableWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Written tables, read by DuckDB's SQL. */
class TableFileTest {
    private static final Keys KEYS = new Keys(List.of(new Keys.Column("id", "BIGINT", Arrays.asList("-7", null,
            "9007199254740993")), new Keys.Column("a \"b\", c", "VARCHAR", List.of("plain", "it's, \"x\"\ny",
                    " spaced "))));
    private static final TableWriter.Rows ROWS = new TableWriter.Rows(KEYS, new int[] {2, 0, 1, 1}, List.of(
            new TableWriter.Column("größe", new float[] {0.1f, -3.4028235e38f, 1e-45f, 16777216}, List.of()),
            new TableWriter.Column("colour", new float[0], List.of("red", "", "b,lue", "\"red\""))));

    @TempDir
    private Path dir;

    private List<List<String>> read(Path file, String from) {
        try (DuckDb db = DuckDb.open(file.toString())) {
            return db.rows("SELECT * FROM " + from.replace("FILE", DuckDb.literal(file.toString())));
        }
    }

    @Test
    void parquetHasKeysOfTheirTypesAndTheRows() {
        Path file = dir.resolve("it's.parquet");
        TableFile.write(file, ROWS);
        try (DuckDb db = DuckDb.open("test")) {
            List<List<String>> columns = db.rows("DESCRIBE SELECT * FROM " + DuckDb.literal(file.toString()));
            assertEquals(List.of("id", "a \"b\", c", "größe", "colour"), columns.stream().map(c -> c.get(0)).toList());
            assertEquals(List.of("BIGINT", "VARCHAR", "FLOAT", "VARCHAR"), columns.stream().map(c -> c.get(1))
                    .toList());
        }
        rowsAreThere(read(file, "FILE"));
    }

    @Test
    void csvIsReadAgainAsItWas() throws IOException {
        Path file = dir.resolve("a.csv");
        TableFile.write(file, ROWS);
        assertEquals("id,\"a \"\"b\"\", c\",größe,colour", Files.readAllLines(file).get(0));
        rowsAreThere(read(file, "read_csv(FILE, header = true, auto_detect = false, delim = ',', quote = '\"',"
                + " escape = '\"', columns = {'id': 'BIGINT', 'k': 'VARCHAR', 'x': 'FLOAT', 'c': 'VARCHAR'},"
                + " allow_quoted_nulls = false)"));
    }

    private static void rowsAreThere(List<List<String>> rows) {
        assertEquals(Arrays.asList("9007199254740993", "-7", null, null), rows.stream().map(row -> row.get(0))
                .toList());
        assertEquals(List.of(" spaced ", "plain", "it's, \"x\"\ny", "it's, \"x\"\ny"), rows.stream().map(row -> row.get(
                1))
                .toList());
        for (int r = 0; r < 4; r++) {
            assertEquals(ROWS.columns().get(0).numbers()[r], Float.parseFloat(rows.get(r).get(2)));
            assertEquals(ROWS.columns().get(1).texts().get(r), rows.get(r).get(3));
        }
    }

    @Test
    void whatIsNotFiniteIsEmptyInCsv() throws IOException {
        Path file = dir.resolve("n.csv");
        TableFile.write(file, new TableWriter.Rows(Keys.NONE, new int[3], List.of(new TableWriter.Column("x",
                new float[] {
                        Float.NaN, 1, Float.NEGATIVE_INFINITY}, List.of()))));
        assertEquals(List.of("x", "", "1.0", ""), Files.readAllLines(file));
    }

    @Test
    void anyFloatIsTheSameAgain() {
        Random random = new Random(4);
        float[] numbers = new float[10_000];
        for (int i = 0; i < numbers.length; i++) {
            float any = Float.intBitsToFloat(random.nextInt());
            numbers[i] = Float.isFinite(any) ? any : 0;
        }
        for (String name : List.of("f.csv", "f.parquet")) {
            Path file = dir.resolve(name);
            TableFile.write(file, new TableWriter.Rows(Keys.NONE, new int[numbers.length], List.of(
                    new TableWriter.Column("x", numbers, List.of()))));
            float[] read = Tables.values(Tables.read(file, Tables.ALL));
            for (int i = 0; i < numbers.length; i++) {
                assertEquals(Float.floatToIntBits(numbers[i]), Float.floatToIntBits(read[i]), name + " " + numbers[i]);
            }
        }
    }
}
