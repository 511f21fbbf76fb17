package io.elbo4j.tables;

import static io.elbo4j.tables.Tables.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.train.data.DataName;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.ReadProgress;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Hdf5KindTest {
    @TempDir
    private Path dir;

    @Test
    void datasetsAreRowsOfTheirShape() {
        Path file = dir.resolve("a.hdf5");
        int[][][] pictures = new int[11][2][3];
        int[] labels = new int[11];
        for (int i = 0; i < 66; i++) {
            pictures[i / 6][i / 3 % 2][i % 3] = i;
            labels[i / 6] = i / 6 % 4;
        }
        try (WritableHdfFile out = HdfFile.write(file)) {
            out.putDataset("x", new double[][] {{0.1, 2}, {3, 4}});
            WritableGroup group = out.putGroup("more");
            group.putDataset("pictures", pictures);
            group.putDataset("y", labels);
        }
        assertArrayEquals(new float[] {0.1f, 2, 3, 4}, DataSource.parse("hdf5=" + file).all().copyRows(0, 2));
        DataSource data = DataSource.read(DataName.parse("hdf5=" + file + "#/more/pictures"), Set.of(Images.X,
                Images.LABEL), ReadProgress.NONE);
        assertEquals(List.of(10, 2, 3), List.of(data.train().rows(), data.train().height(), data.train().width()));
        assertArrayEquals(new float[] {60, 61, 62, 63, 64, 65}, data.test().copyRows(0, 1));
        assertArrayEquals(new float[] {0, 0, 1, 0}, data.test().array(Images.LABEL).copyRows(0, 1));
        refused(() -> DataSource.parse("hdf5=" + file + "#more"),
                "/more/ is a group of ", ", expected a dataset");
        refused(() -> DataSource.parse("hdf5=" + file + "#more/y"), "has the shape [11], expected (N,D)");
        refused(() -> DataSource.parse("hdf5=" + file + "#z"), "has no z; there are more, x");
    }

    /** Chunks that do not divide the matrix, compressed, by another writer. */
    @Test
    void chunksAtTheEdgeAreWhole() throws URISyntaxException {
        Path cells = Path.of(Hdf5KindTest.class.getResource("/cells.h5ad").toURI());
        Images all = DataSource.parse("hdf5=" + cells + "#layers/dense").all();
        for (int i = 0; i < 60; i++) {
            assertEquals(Math.max(0, (i / 5 * 7 + i % 5 * 3) % 11 - 5), all.value(i / 5, i % 5));
        }
    }
}
