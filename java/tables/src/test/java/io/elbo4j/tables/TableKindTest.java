package io.elbo4j.tables;

import static io.elbo4j.tables.Tables.ALL;
import static io.elbo4j.tables.Tables.query;
import static io.elbo4j.tables.Tables.read;
import static io.elbo4j.tables.Tables.refused;
import static io.elbo4j.tables.Tables.values;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.data.DataName;
import io.elbo4j.train.data.DataRequest;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.ReadProgress;
import io.elbo4j.train.data.Table;
import io.elbo4j.train.data.TableSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableKindTest {
    @TempDir
    private Path dir;

    private Path file(String name, String... lines) throws IOException {
        return Files.writeString(dir.resolve(name), String.join("\n", lines) + "\n");
    }

    /** A Parquet file of a query. */
    private Path parquet(String name, String sql) {
        Path file = dir.resolve(name);
        try (DuckDb db = DuckDb.open(name)) {
            db.execute("COPY (" + sql + ") TO " + DuckDb.literal(file.toString()) + " (FORMAT parquet)");
        }
        return file;
    }

    @Test
    void everyFormatHasTheNumbersThatStandInIt() throws IOException {
        float[] expected = {1, 0.1f, -3, 2.5e-3f, 16777216, Float.parseFloat("123456.789")};
        Path csv = file("a.csv", "x,y", "1,0.1", "-3,2.5e-3", "16777216,123456.789");
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(Files.readAllBytes(csv));
        }
        for (Path path : List.of(csv, file("a.tsv", "x\ty", "1\t0.1", "-3\t2.5e-3", "16777216\t123456.789"),
                Files.write(dir.resolve("b.csv.gz"), packed.toByteArray()),
                file("a.jsonl", "{\"x\":1,\"y\":0.1}", "{\"y\":2.5e-3,\"x\":-3}", "{\"x\":16777216,\"y\":123456.789}"),
                file("a.json", "[{\"x\":1,\"y\":0.1},{\"x\":-3,\"y\":2.5e-3},{\"x\":16777216,\"y\":123456.789}]"),
                parquet("a.parquet", "SELECT * FROM (VALUES (1, 0.1::DOUBLE), (-3, 2.5e-3), (16777216, 123456.789))"
                        + " t(x, y)"))) {
            try (DataSource data = read(path, ALL)) {
                assertArrayEquals(expected, values(data), path.toString());
                assertEquals(List.of("x", "y"), data.table().names());
                assertEquals(List.of(2, 1), List.of(data.train().rows(), data.test().rows()));
            }
        }
    }

    @Test
    void everyTypeOfNumbersIsWhatJavaMakesOfIt() {
        String[] types = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
                "UBIGINT", "FLOAT", "DOUBLE", "DECIMAL(9,3)", "DECIMAL(30,3)", "BOOLEAN"};
        String[] texts = {"-128", "-32768", "-16777216", "16777216", "-16777216", "255", "65535", "16777216",
                "16777216", "0.1", "0.1", "-123456.789", "-123456.789", "true"};
        StringBuilder sql = new StringBuilder("SELECT ");
        float[] expected = new float[types.length];
        for (int i = 0; i < types.length; i++) {
            sql.append(i == 0 ? "" : ", ").append("'").append(texts[i]).append("'::").append(types[i]).append(" AS c")
                    .append(i);
            expected[i] = texts[i].equals("true") ? 1 : (float) Double.parseDouble(texts[i]);
        }
        DataSource data = read(parquet("t.parquet", sql.toString()), ALL);
        assertTrue(data.isOneRow());
        assertArrayEquals(expected, values(data));
        assertEquals("BIGINT", data.table().columns().get(3).type());
    }

    @Test
    void whatFloat32DoesNotHoldIsRefusedByItsPlace() throws IOException {
        refused(file("a.csv", "x", "1", "16777217"), ALL, "a.csv: column 'x' at row 1 (counted from 0) is 16777217",
                "2^24");
        refused(file("h.csv", "x", "1", "2"), query("SELECT (2 ** 70)::HUGEINT AS x FROM data"), "'x' at row 0",
                "2^24");
        refused(file("b.csv", "x,y", "1,1", "2,1e39"), ALL, "'y' at row 1 (counted from 0) is 1.0E39");
        refused(file("c.csv", "x", "1", "nan"), ALL, "'x' at row 1 (counted from 0) is NaN, expected a finite");
        refused(parquet("d.parquet", "SELECT '-inf'::DOUBLE AS x"), ALL, "'x' at row 0 (counted from 0) is -Infinity");
        assertArrayEquals(new float[] {16777218, 3}, values(read(file("e.csv", "x", "16777219", "3"), query(
                "SELECT x::DOUBLE - 1 AS x FROM data WHERE x > 3 UNION ALL SELECT 3"))));
    }

    @Test
    void whatIsNeitherNumberNorTextIsRefused() throws IOException {
        Path file = file("a.csv", "x,t", "1,2020-01-02", "2,2020-01-03");
        refused(file, ALL, "column 't' is DATE, expected numbers or text", "epoch(t)");
        assertArrayEquals(new float[] {1, 0, 2, 86400}, values(read(file, query(
                "SELECT x, epoch(t) - epoch(DATE '2020-01-02') AS t FROM data"))));
        refused(parquet("l.parquet", "SELECT [1, 2] AS l"), ALL, "column 'l' is INTEGER[]");
    }

    @Test
    void emptyTablesAndMissingFilesAreNamed() throws IOException {
        refused(file("head.csv", "x,y"), ALL, "head.csv", "expected");
        refused(Files.createFile(dir.resolve("none.csv")), ALL, "none.csv");
        refused(parquet("e.parquet", "SELECT 1 AS x WHERE false"), ALL, "e.parquet: has no rows");
        refused(dir.resolve("not.csv"), ALL, "not.csv: no such file");
        refused(dir.resolve("*.nothing"), ALL, "no file matches");
        refused(dir, ALL, "is a folder");
        refused(file("a.xlsx", "x"), ALL, "a.xlsx: its name does not say what it is");
        refused(file("b.parquet", "no such thing"), ALL, "b.parquet");
        refused(file("x.csv", "x", "1"), query("SELECT nope FROM data"), "x.csv: --query: ", "nope");
        refused(file("x.csv", "x", "1"), query("SELEC"), "x.csv: --query: ", "SELEC");
        refused(file("empty.csv"), ALL, "empty.csv: has no rows, expected at least 1");
        refused(file("names.csv", "a,b"), ALL, "names.csv: has no rows, expected at least 1");
    }

    @Test
    void oneRowIsForATrainedModelAlone() throws IOException {
        Path file = file("one.csv", "x", "7");
        assertTrue(read(file, ALL).isOneRow());
        refused(() -> DataSource.parse("table=" + file), "holds a single row, expected at least 2");
    }

    @Test
    void namesMayHaveAnyCharacters() throws IOException {
        Path folder = Files.createDirectory(dir.resolve("it's [1] *"));
        Path file = Files.writeString(folder.resolve("size 'x' [a-z]?.csv"), "größe,\"a \"\"b\"\"\",'c',数\n1,2,3,4\n");
        Files.writeString(folder.resolve("size 'x' b!.csv"), "größe\n9\n");
        try (DataSource data = read(file, ALL)) {
            assertEquals(List.of("größe", "a \"b\"", "'c'", "数"), data.table().names());
            assertArrayEquals(new float[] {1, 2, 3, 4}, values(data));
        }
        assertArrayEquals(new float[] {3}, values(read(file, query("SELECT \"größe\" + \"a \"\"b\"\"\" AS s -- ';\n"
                + "FROM data WHERE 'it''s' <> ''; "))));
        // the same with what a checkpoint has
        Table like = read(file, ALL).table();
        assertArrayEquals(new float[] {1, 2, 3, 4}, values(read(file, ALL, like, false, Images.X)));
    }

    @Test
    void globsAreReadInTheOrderOfTheirNames() throws IOException {
        file("p2.csv", "x,y", "3,4");
        file("p1.csv", "y,x", "2,1");
        file("p3.csv", "x,y", "5,6");
        assertArrayEquals(new float[] {2, 1, 4, 3, 6, 5}, values(read(dir + "/p*.csv", ALL)));
        assertEquals(3, new TableKind().files(dir + "/p*.csv").size());
    }

    @Test
    void rowsHaveTheOrderOfTheFile() {
        Path file = parquet("many.parquet", "SELECT (range % 1000)::INTEGER AS a, (range // 1000)::INTEGER AS b"
                + " FROM range(300000)");
        float[] values = values(read(file, ALL));
        for (int r = 0; r < 300_000; r++) {
            assertEquals(r % 1000, values[2 * r]);
            assertEquals(r / 1000, values[2 * r + 1]);
        }
    }

    @Test
    void textIsOneHotInTheOrderOfItsCharacters() throws IOException {
        Path file = file("a.csv", "colour,x", "red,1", "blue,2", "\"a, b\",3", "red,4");
        try (DataSource data = read(file, ALL)) {
            assertEquals(List.of("colour=a, b", "colour=blue", "colour=red", "x"), data.table().names());
            assertEquals(List.of(file + ": column 'colour' is text, one value for each of 3: 'a, b', 'blue', 'red'"),
                    data.notes());
            assertArrayEquals(new float[] {0, 0, 1, 1, 0, 1, 0, 2, 1, 0, 0, 3, 0, 0, 1, 4}, values(data));
        }
        // a text column that the query makes, and one of numbers that it makes text
        assertEquals(List.of("n=2", "n=10", "u=BLUE", "u=RED"), read(file("b.csv", "c,n", "red,10", "blue,2"), query(
                "SELECT n::VARCHAR AS n, upper(c) AS u FROM data")).table().names());
        String[] lines = new String[1002];
        lines[0] = "t";
        for (int i = 1; i < lines.length; i++) {
            lines[i] = "text" + i;
        }
        refused(file("m.csv", lines), ALL, "column 't' has more than 1000 different texts", "--key");
    }

    @Test
    void streamedRowsAreTheSame() {
        Path file = parquet("s.parquet",
                "SELECT hash(range)::DOUBLE / 2 ** 64 AS a, chr(97 + (range % 3)::INTEGER) AS t,"
                        + " sin(range) AS b FROM range(700000)");
        try (DataSource streamed = read(file, ALL, Table.NONE, true, Images.X); DataSource heap = read(file, ALL)) {
            assertTrue(streamed.train().isStreamed() && !heap.train().isStreamed());
            assertEquals(heap.table(), streamed.table());
            assertArrayEquals(values(heap), streamed.all().copyRows(0, 700_000));
            Random random = new Random(5);
            for (int i = 0; i < 1000; i++) {
                int row = random.nextInt(streamed.train().rows());
                assertArrayEquals(heap.train().copyRows(row, 1), streamed.train().copyRows(row, 1));
            }
            assertEquals((float) Math.sin(600_001), streamed.train().value(600_001, 4), 1e-7f);
        }
    }

    @Test
    void aClosedStreamIsRefused() throws IOException {
        DataSource data = read(file("c.csv", "x", "1", "2"), ALL, Table.NONE, true, Images.X);
        data.close();
        refused(() -> data.train().copyRows(0, 1), "has been closed");
    }

    @Test
    void aQueryOfACheckpointReadsItsFilesAlone() throws IOException {
        Path file = file("a.csv", "x", "1", "2");
        Path other = file("secret.csv", "x", "3", "4");
        String sql = "SELECT x FROM data UNION ALL SELECT x FROM '" + other + "'";
        Table own = read(file, query(sql)).table();
        refused(() -> read(file, own.settings(), own, false, Images.X), "secret.csv", "disabled by configuration");
        // the same, if it is the caller's own
        assertArrayEquals(new float[] {1, 2, 3, 4}, values(DataSource.used(DataName.parse("table=" + file),
                new DataRequest(Set.of(Images.X), false, ReadProgress.NONE).of(own.settings(), own, false)
                        .withTrust())));
        String writes = "SELECT x FROM data); COPY (SELECT 1) TO '" + dir.resolve("written.csv")
                + "'; SELECT * FROM (SELECT 1 AS x";
        TableSettings evil = query(writes);
        Table forged = new Table(evil, own.columns(), List.of());
        refused(() -> read(file, evil, forged, false, Images.X), "written.csv");
        assertTrue(Files.notExists(dir.resolve("written.csv")));
    }

    @Test
    void waysToWriteCsv() throws IOException {
        float[] expected = {1, 0.5f, 3, -4};
        String[] files = {"x;y\n1;0.5\n3;-4\n", "x|y\r\n1|0.5\r\n3|-4\r\n", "x,y\n1,0.5\n3,-4",
                "# made by hand\nx,y\n1,0.5\n"
                        + "3,-4\n", "\"x\",\"y\"\n\"1\",\"0.5\"\n\"3\",\"-4\"\n", "\ufeffx,y\n1,0.5\n3,-4\n"};
        for (int i = 0; i < files.length; i++) {
            DataSource data = read(Files.writeString(dir.resolve(i + ".csv"), files[i]), ALL);
            assertArrayEquals(expected, values(data), files[i]);
            assertEquals(List.of("x", "y"), data.table().names());
        }
        Path bare = file("none.csv", "1,0.5", "3,-4");
        refused(bare, ALL, "none.csv: its first line is of numbers alone, '1', '0.5', expected the columns' names");
        assertArrayEquals(expected, values(read(bare, query("SELECT * FROM read_csv('" + bare
                + "', header = false)"))));
        assertArrayEquals(new float[] {1, 2, 3, 4}, values(read(file("whole.csv", "1,2", "3,4"), ALL)));
        assertEquals(List.of("t=a \"b\"", "t=c,d", "t=e\nf"), read(file("q.csv", "t", "\"c,d\"", "\"a \"\"b\"\"\"",
                "\"e\nf\""),
                ALL).table().names());
        assertArrayEquals(new float[] {0, 31, 1, 28}, values(read(file("d.csv", "d;n", "31/01/2021;0", "28/02/2021;1"),
                query("SELECT n, day(d)::INT AS d FROM data"))));
    }

    @Test
    void linesOfOtherLengthsAreRefused() throws IOException {
        String names = "id,p,q\n";
        String three = "1,0.5,2\n".repeat(50);
        String four = "1,0.5,2,3\n".repeat(50);
        String[][] files = {{names + three + four, "line 52 has 4 fields, expected 3 as in line 1"},
                {names + three + "1,2,3,4\n", "line 52 has 4 fields, expected 3 as in line 1"},
                {names + "1,2\n" + three, "line 2 has 2 fields, expected 3 as in line 1"},
                {names + three + "1,2\n" + three, "line 52 has 2 fields, expected 3 as in line 1"},
                {"# by hand\n" + names + "1,2,3,4\n" + three, "line 3 has 4 fields, expected 3 as in line 2"},
                {names.replace(',', ';') + "1;2;3\n1;2\n1;2;3\n", "line 3 has 2 fields, expected 3 as in line 1"},
                {names + three + "1,\"2,3\n1,2\n" + three, "line 52 opens a quotation mark that is never closed"}};
        for (int i = 0; i < files.length; i++) {
            Path file = Files.writeString(dir.resolve("ragged" + i + ".csv"), files[i][0]);
            refused(file, ALL, file + ": " + files[i][1]);
        }
        Path packed = dir.resolve("packed.csv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write((names + three + four).getBytes(StandardCharsets.UTF_8));
        }
        refused(packed, ALL, packed + ": the first 51 lines are not like the others; as many fields in each line are"
                + " expected");
        Path large = Files.writeString(dir.resolve("LARGE.CSV"), names + three);
        assertEquals(150, values(read(large, ALL)).length);
        Path quoted = Files.writeString(dir.resolve("quoted.csv"), "\"a,b\"\n1\n2\n");
        assertEquals(List.of("a,b"), read(quoted, ALL).table().names());
    }

    @Test
    void columnsOfOneNameAreToldApart() throws IOException {
        DataSource data = read(file("a.csv", "x,y", "1,2"), query("SELECT x, y AS x, x + y AS \"X\" FROM data"));
        assertArrayEquals(new float[] {1, 2, 3}, values(data));
        assertEquals(3, Set.copyOf(data.table().names()).size(), data.table().names().toString());
    }

    @Test
    void typesAreThoseOfAllRowsNotOfTheFirst() throws IOException {
        StringBuilder text = new StringBuilder("x\n");
        for (int i = 0; i < 50_000; i++) {
            text.append(i % 100).append('\n');
        }
        Path file = Files.writeString(dir.resolve("late.csv"), text.append("0.5\n"), StandardCharsets.UTF_8);
        assertEquals(0.5f, read(file, ALL).test().value(4999, 0));
    }
}
