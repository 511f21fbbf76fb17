package io.elbo4j.tables;

import static io.elbo4j.tables.Tables.ALL;
import static io.elbo4j.tables.Tables.keys;
import static io.elbo4j.tables.Tables.read;
import static io.elbo4j.tables.Tables.refused;
import static io.elbo4j.tables.Tables.split;
import static io.elbo4j.tables.Tables.values;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Table;
import io.elbo4j.train.data.TableSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Columns by their names, labels, keys and sets. */
class TrainedTableTest {
    @TempDir
    private Path dir;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(dir.resolve(name), text);
    }

    @Test
    void aNewFileHasTheSameColumnsInAnyOrder() throws IOException {
        Table like = read(file("a.csv", "x,c,y\n1,red,2\n3,blue,4\n"), ALL).table();
        Path other = file("b.csv", "more,y,c,x\n0,20,red,10\n0,40,red,30\n");
        DataSource data = read(other, ALL, like, false, Images.X);
        assertArrayEquals(new float[] {10, 0, 1, 20, 30, 0, 1, 40}, values(data));
        assertEquals(like.columns(), data.table().columns());
        assertEquals(1, data.notes().size());
        assertTrue(data.notes().get(0).contains("the model was not trained on column 'more', which is left aside"), data
                .notes().toString());
        refused(() -> read(file2("c.csv", "x,z\n1,2\n"), ALL, like, false, Images.X),
                "has no column 'c', 'y', which the model was trained on; it has 'x', 'z'");
        refused(() -> read(file2("d.csv", "x,c,y\n1,green,2\n3,red,1\n"), ALL, like, false, Images.X),
                "column 'c' at row 0 (counted from 0) is 'green', which is none of the 2 texts");
        refused(() -> read(file2("e.csv", "x,c,y\none,red,2\ntwo,red,1\n"), ALL, like, false, Images.X),
                "column 'x' is VARCHAR, expected numbers, as the model was trained on");
    }

    private Path file2(String name, String text) {
        try {
            return file(name, text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void labelsAreClassesInTheirOrder() throws IOException {
        Path file = file("l.csv", "x,kind\n1,10\n2,9\n3,10\n");
        TableSettings settings = new TableSettings("", List.of(), List.of(), "kind", "", 0, 0);
        DataSource data = read(file, settings, Table.NONE, false, Images.X, Images.LABEL);
        assertEquals(List.of("9", "10"), data.table().classes());
        assertEquals(List.of("x"), data.table().names());
        assertArrayEquals(new float[] {0, 1, 1, 0, 0, 1}, data.all().array(Images.LABEL).copyRows(0, 3));
        // a class that the new file lacks keeps its place
        assertArrayEquals(new float[] {0, 1}, read(file("m.csv", "kind,x\n10,5\n"), settings, data.table(), false,
                Images.X, Images.LABEL).all().array(Images.LABEL).copyRows(0, 1));
        refused(() -> read(file2("n.csv", "kind,x\n11,5\n"), settings, data.table(), false, Images.X, Images.LABEL),
                "the label at row 0 (counted from 0) is '11', expected one of the 2 classes");
        refused(() -> read(file, ALL, Table.NONE, false, Images.X, Images.LABEL), "has no array 'label'",
                "--label-column");
    }

    @Test
    void keysAreNoValuesAndStayWithTheirRows() throws IOException {
        StringBuilder text = new StringBuilder("id,x\n");
        IntStream.range(0, 50).forEach(i -> text.append("k").append(i).append(',').append(i).append('\n'));
        Path file = file("k.csv", text.toString());
        DataSource data = read(file, new TableSettings("", List.of("id"), List.of(), "", "", 0.3, 7));
        assertEquals(List.of("x"), data.table().names());
        assertEquals(15, data.test().rows());
        for (Images set : data.sets()) {
            for (int r = 0; r < set.rows(); r++) {
                assertEquals("k" + (int) set.value(r, 0), data.keys().columns().get(0).values().get(set.placeOf(r)));
            }
        }
        refused(file, keys("nope"), "has no column 'nope' for the key; it has 'id', 'x'");
    }

    @Test
    void aShareOfTheRowsIsDrawnByItsSeed() throws IOException {
        StringBuilder text = new StringBuilder("x\n");
        IntStream.range(0, 1000).forEach(i -> text.append(i).append('\n'));
        Path file = file("s.csv", text.toString());
        DataSource data = read(file, split("", 0.2, 3));
        float[] test = data.test().copyRows(0, 200);
        assertEquals(200, data.test().rows());
        float[] both = Arrays.copyOf(data.train().copyRows(0, 800), 1000);
        System.arraycopy(test, 0, both, 800, 200);
        Arrays.sort(both);
        for (int i = 0; i < 1000; i++) {
            assertEquals(i, both[i]);
        }
        assertArrayEquals(test, read(file, split("", 0.2, 3)).test().copyRows(0, 200));
        assertNotEquals(Arrays.toString(test), Arrays.toString(read(file, split("", 0.2, 4)).test().copyRows(0, 200)));
        // the mean of 200 of 0 to 999 without replacement: 499.5, standard error 18.3
        assertEquals(499.5, IntStream.range(0, 200).mapToDouble(i -> test[i]).average().orElseThrow(), 4 * 18.3);
    }

    @Test
    void aColumnDividesTheRows() throws IOException {
        Path file = file("d.csv", "x,set\n1,test\n2,train\n3,train\n4,test\n");
        DataSource data = read(file, split("set", 0, 0));
        assertArrayEquals(new float[] {2, 3}, data.train().copyRows(0, 2));
        assertArrayEquals(new float[] {1, 4}, data.test().copyRows(0, 2));
        refused(file("e.csv", "x,set\n1,valid\n2,train\n"), split("set", 0, 0), "column 'set' at row 0 (counted from 0)"
                + " is 'valid', expected train or test");
        refused(file("f.csv", "x,set\n1,test\n2,test\n"), split("set", 0, 0), "column 'set' is test in every row");
        refused(file, split("sets", 0, 0), "has no column 'sets' for the split");
        // rows for a trained model need not be divided
        DataSource undivided = read(file("g.csv", "x\n5\n6\n"), split("set", 0, 0), data.table(), false, Images.X);
        assertArrayEquals(new float[] {5, 6}, values(undivided));
        assertTrue(undivided.notes().get(0).contains("has no column 'set', the split of the trained table"));
    }
}
