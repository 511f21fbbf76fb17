package io.elbo4j.tables;

import static io.elbo4j.tables.Tables.ALL;
import static io.elbo4j.tables.Tables.nulls;
import static io.elbo4j.tables.Tables.read;
import static io.elbo4j.tables.Tables.refused;
import static io.elbo4j.tables.Tables.values;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NullsTest {
    @TempDir
    private Path dir;
    private Path file;

    @BeforeEach
    void makeFile() throws IOException {
        // 11 rows: the last one is the test set
        file = Files.writeString(dir.resolve("n.csv"),
                "a,b,c\n1,,red\n2,5,\n,7,blue\n4,,red\n5,1,red\n6,1,red\n7,1,red\n"
                        + "8,1,red\n9,1,red\n10,1,red\n100,,red\n");
    }

    private static float column(DataSource data, int row, int column) {
        return data.all().value(row, column);
    }

    @Test
    void theyAreCountedByColumnAndRefused() {
        refused(file, ALL, "n.csv: has NULLs, of column 'a' 1, 'b' 3, 'c' 1, expected none", "--nulls", "IS NOT NULL");
        refused(file, nulls("0"), "of column 'c' 1,");
        refused(file, nulls("b=0", "c=red"), "of column 'a' 1,");
    }

    @Test
    void aMeanIsThatOfTheTrainingRows() {
        for (boolean stream : new boolean[] {false, true}) {
            try (DataSource data = read(file, nulls("mean", "c=none"), Table.NONE, stream, Images.X)) {
                double a = (1 + 2 + 4 + 5 + 6 + 7 + 8 + 9 + 10) / 9.0;
                double b = (5 + 7 + 1 * 6) / 8.0;
                assertEquals((float) a, column(data, 2, 0));
                assertEquals((float) b, column(data, 0, 1));
                assertEquals((float) b, column(data, 10, 1));
                assertEquals(List.of("a", "b", "c=blue", "c=none", "c=red"), data.table().names());
                assertArrayEquals(new float[] {2, 5, 0, 1, 0}, data.all().copyRows(1, 1));
                assertEquals(Double.toString(b), data.table().columns().get(1).fill());
                // what stands for a NULL of new data is what stood for those of the old
                DataSource again = read(file, data.table().settings(), data.table(), stream, Images.X);
                assertArrayEquals(values(data), values(again));
                again.close();
            }
        }
    }

    @Test
    void oneColumnsChoiceComesBeforeThatOfAll() {
        DataSource data = read(file, nulls("-1", "b=2.5", "c=blue"));
        assertEquals(-1, column(data, 2, 0));
        assertEquals(2.5f, column(data, 0, 1));
        assertArrayEquals(new float[] {2, 5, 1, 0}, data.all().copyRows(1, 1));
    }

    @Test
    void whatCannotStandForOneIsRefused() {
        refused(file, nulls("median"), "'median' cannot stand for NULLs of column 'a', expected mean or a number");
        refused(file, nulls("nan"), "'nan' cannot stand for NULLs of column 'a'");
        refused(file, nulls("d=1"), "has no column of values 'd', for whose NULLs 'd=1' was given");
    }

    @Test
    void columnsOfNullsAloneHaveNoMeanAndNoCategories() throws IOException {
        Path empty = Files.writeString(dir.resolve("e.jsonl"), "{\"x\":1,\"y\":null}\n{\"x\":2,\"y\":3.5}\n");
        refused(empty, nulls("mean"), "column 'y' is NULL in every training row");
        Path none = Files.writeString(dir.resolve("t.csv"), "x,y\n1,\n2,\n");
        refused(none, nulls("0"), "column 'y'", "expected numbers or text");
    }

    @Test
    void newNullsOfATrainedTableNeedANumber() throws IOException {
        Path whole = Files.writeString(dir.resolve("w.csv"), "a,b\n1,2\n3,4\n");
        Path holes = Files.writeString(dir.resolve("h.csv"), "b,a\n1,\n3,4\n");
        Table like = read(whole, ALL).table();
        refused(() -> read(holes, ALL, like, false, Images.X), "of column 'a' 1,");
        refused(() -> read(holes, nulls("mean"), like, false, Images.X), "had no mean for NULLs of 'a': give a number");
        assertArrayEquals(new float[] {9, 1, 4, 3}, values(read(holes, nulls("9"), like, false, Images.X)));
    }
}
