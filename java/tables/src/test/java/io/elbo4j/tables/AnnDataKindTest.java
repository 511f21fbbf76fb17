package io.elbo4j.tables;

import static io.elbo4j.tables.Tables.ALL;
import static io.elbo4j.tables.Tables.keys;
import static io.elbo4j.tables.Tables.query;
import static io.elbo4j.tables.Tables.read;
import static io.elbo4j.tables.Tables.refused;
import static io.elbo4j.tables.Tables.split;
import static io.elbo4j.tables.Tables.values;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Table;
import io.elbo4j.train.data.TableSettings;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On cells.h5ad, which h5py wrote, see cells.py. */
class AnnDataKindTest {
    private static final int CELLS = 12;
    private static final int GENES = 5;

    @TempDir
    private Path dir;
    private String cells;

    @BeforeEach
    void find() throws URISyntaxException {
        cells = "h5ad=" + Path.of(AnnDataKindTest.class.getResource("/cells.h5ad").toURI());
    }

    private static float count(int cell, int gene) {
        return Math.max(0, (cell * 7 + gene * 3) % 11 - 5);
    }

    private static float[] counts(float scale) {
        float[] counts = new float[CELLS * GENES];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = count(i / GENES, i % GENES) * scale;
        }
        return counts;
    }

    @Test
    void matricesOfEveryKindAreTheirCounts() {
        for (boolean stream : new boolean[] {false, true}) {
            for (String path : List.of("", "#X", "#layers/dense", "#layers/columns")) {
                try (DataSource data = read(cells + path, ALL, Table.NONE, stream, Images.X)) {
                    assertArrayEquals(counts(1), values(data), path);
                    assertEquals(List.of("CD3E", "CD19", "NKG7", "α-Gen", "MT-1"), data.table().names());
                }
            }
        }
        assertArrayEquals(counts(0.25f), values(read(cells + "#layers/quarters", ALL)));
    }

    @Test
    void observationsHaveKeysLabelsAndSets() {
        TableSettings settings = new TableSettings("", List.of("batch"), List.of(), "cell_type", "set", 0, 0);
        DataSource data = read(cells, settings, Table.NONE, false, Images.X, Images.LABEL);
        assertEquals(List.of("B", "NK", "T"), data.table().classes());
        assertEquals(List.of(9, 3), List.of(data.train().rows(), data.test().rows()));
        int[] byCode = {2, 0, 1};
        for (Images set : data.sets()) {
            for (int r = 0; r < set.rows(); r++) {
                int cell = set.placeOf(r);
                assertEquals(set == data.test(), cell % 4 == 0);
                assertEquals(1, set.array(Images.LABEL).value(r, byCode[cell % 3]));
                assertEquals("cell-" + cell, data.keys().columns().get(0).values().get(cell));
                assertEquals(cell / 6 + "", data.keys().columns().get(1).values().get(cell));
                assertEquals(count(cell, 3), set.value(r, 3));
            }
        }
        assertEquals(List.of("index", "batch"), data.keys().columns().stream().map(k -> k.name()).toList());
        assertEquals("BIGINT", data.keys().columns().get(1).type());
    }

    /** A file of the same genes in another order, and one more. */
    private String other(String... genes) {
        Path file = dir.resolve("other.h5ad");
        try (WritableHdfFile out = HdfFile.write(file)) {
            float[][] x = new float[3][genes.length];
            for (int i = 0; i < 3 * genes.length; i++) {
                x[i / genes.length][i % genes.length] = i;
            }
            out.putDataset("X", x);
            WritableGroup obs = out.putGroup("obs");
            obs.putAttribute("_index", "barcode");
            obs.putDataset("barcode", new String[] {"a", "b", "c"});
            WritableGroup var = out.putGroup("var");
            var.putAttribute("_index", "gene");
            var.putDataset("gene", genes);
        }
        return "h5ad=" + file;
    }

    @Test
    void variablesGoByTheirNames() {
        Table like = read(cells, new TableSettings("", List.of("batch"), List.of(), "", "set", 0, 0)).table();
        DataSource data = read(other("MT-1", "CD19", "NKG7", "NEW", "α-Gen", "CD3E"), like.settings(), like, false,
                Images.X);
        int[] order = {5, 1, 2, 4, 0};
        assertArrayEquals(IntStream.range(0, 15).mapToObj(i -> i / 5 * 6 + order[i % 5]).mapToInt(i -> i).toArray(),
                toInts(values(data)));
        assertTrue(data.notes().get(0).contains("not trained on 1 of its variables"), data.notes().toString());
        assertTrue(data.notes().get(1).contains("has no column 'batch', the key of the trained table"), data.notes()
                .toString());
        assertEquals(List.of("barcode"), data.keys().columns().stream().map(k -> k.name()).toList());
        refused(() -> read(other("MT-1", "CD19", "NKG7", "NEW", "CD3E"), ALL, like, false, Images.X),
                "has no variable 'α-Gen' that the model was trained on");
    }

    private static int[] toInts(float[] values) {
        return IntStream.range(0, values.length).map(i -> (int) values[i]).toArray();
    }

    @Test
    void whatIsNotThereIsNamed() throws IOException {
        refused(cells + "#layers/nope", ALL, "has no layers/nope; there are columns, dense, quarters");
        refused(cells, keys("nope"), "has no column 'nope'; it has _index, batch, cell_type, set");
        refused(cells, query("SELECT 1"), "--query and --nulls go with table=FILE");
        refused("h5ad=" + dir.resolve("none.h5ad"), ALL, "none.h5ad: no such file, expected an HDF5 file");
        refused("h5ad=" + Files.writeString(dir.resolve("a.h5ad"), "text, no more"), ALL, "a.h5ad: is text that begins"
                + " with 'text, no more', expected an HDF5 file");
        refused(() -> read(cells, ALL, Table.NONE, false, Images.X, Images.LABEL), "--label-column");
        refused(cells, split("batch", 0, 0), "column 'batch' at row 0 (counted from 0) is '0', expected train or test");
    }

    @Test
    void aDamagedMatrixIsRefused() {
        Path file = dir.resolve("damaged.h5ad");
        try (WritableHdfFile out = HdfFile.write(file)) {
            WritableGroup x = out.putGroup("X");
            x.putAttribute("encoding-type", "csr_matrix");
            x.putAttribute("shape", new long[] {2, 2});
            x.putDataset("data", new float[] {1, 2});
            x.putDataset("indices", new int[] {0, 2});
            x.putDataset("indptr", new int[] {0, 1, 2});
            out.putGroup("obs").putDataset("_index", new String[] {"a", "b"});
            out.putGroup("var").putDataset("_index", new String[] {"c", "d"});
        }
        refused("h5ad=" + file, ALL, "is damaged", "of 2 x 2");
    }
}
