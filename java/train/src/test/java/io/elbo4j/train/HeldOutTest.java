package io.elbo4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.data.DataName;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.NpyWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeldOutTest {
    private static final int ROWS = 101;
    private static final int COLUMNS = 3;

    /** Row r holds r, r + 0.25, r + 0.5, and its label is -r. */
    private static Images numbered(int rows) {
        float[] values = new float[rows * COLUMNS];
        float[] labels = new float[rows];
        for (int i = 0; i < values.length; i++) {
            values[i] = i / COLUMNS + 0.25f * (i % COLUMNS);
        }
        for (int r = 0; r < rows; r++) {
            labels[r] = -r;
        }
        return new Images("numbered", rows, 1, COLUMNS, 1, values).with(Images.LABEL, new Images("labels", rows, 1, 1,
                1, labels));
    }

    private static List<Integer> numbers(Images images) {
        float[] all = images.copyRows(0, images.rows());
        float[] labels = images.array(Images.LABEL).copyRows(0, images.rows());
        List<Integer> found = new ArrayList<>();
        for (int r = 0; r < images.rows(); r++) {
            int number = (int) all[r * COLUMNS];
            assertArrayEquals(new float[] {number, number + 0.25f, number + 0.5f}, Arrays.copyOfRange(all, r * COLUMNS,
                    (r + 1) * COLUMNS));
            assertEquals(-number, labels[r]);
            found.add(number);
        }
        return found;
    }

    @ParameterizedTest
    @CsvSource({"0.1, 10", "0.5, 51", "0.001, 1", "0.999, 100"})
    void everyRowIsInOneOfTheSetsInOrder(double fraction, int held) {
        DataSource split = HeldOut.of(new DataSource(numbered(ROWS), numbered(7)), fraction, 3);
        List<Integer> train = numbers(split.train());
        List<Integer> validation = numbers(split.test());
        assertEquals(held, validation.size());
        Set<Integer> all = new TreeSet<>(train);
        all.addAll(validation);
        assertEquals(IntStream.range(0, ROWS).boxed().toList(), List.copyOf(all));
        assertEquals(ROWS, train.size() + validation.size());
        assertEquals(train.stream().sorted().toList(), train);
        assertEquals(validation.stream().sorted().toList(), validation);
    }

    /** Each row is held out as often as any other: 2,000 seeds, 5 standard deviations of a binomial count. */
    @Test
    void theSeedDrawsWithoutPreference() {
        int seeds = 2000;
        DataSource data = new DataSource(numbered(10), numbered(1));
        int[] counts = new int[10];
        int[][] pairs = new int[10][10];
        for (long seed = 0; seed < seeds; seed++) {
            List<Integer> held = numbers(HeldOut.of(data, 0.3, seed).test());
            for (int i : held) {
                counts[i]++;
                for (int j : held) {
                    pairs[i][j]++;
                }
            }
        }
        for (int i = 0; i < 10; i++) {
            assertEquals(0.3 * seeds, counts[i], 5 * Math.sqrt(seeds * 0.3 * 0.7), "row " + i);
            for (int j = 0; j < i; j++) {
                double p = 0.3 * 2 / 9;
                assertEquals(p * seeds, pairs[i][j], 5 * Math.sqrt(seeds * p * (1 - p)), "rows " + i + " and " + j);
            }
        }
        assertEquals(numbers(HeldOut.of(data, 0.3, 5).test()), numbers(HeldOut.of(data, 0.3, 5).test()));
        // and is not the order of an epoch
        int[] order = new int[ROWS];
        Shuffle.permutation(5, 0, order);
        int[] first = Arrays.copyOf(order, 30);
        Arrays.sort(first);
        assertNotEquals(Arrays.stream(first).boxed().toList(), numbers(HeldOut.of(new DataSource(numbered(ROWS),
                numbered(1)), 30.0 / ROWS, 5).test()));
    }

    /** Whatever piece is asked for, of views too. */
    @Test
    void chosenRowsAreReadLikeOthers() {
        int[] rows = {4, 5, 6, 2, 90, 91, 0};
        Images chosen = numbered(ROWS).last(100).chosen(rows);
        for (int from = 0; from <= rows.length; from++) {
            for (int n = 0; from + n <= rows.length; n++) {
                float[] copy = chosen.copyRows(from, n);
                for (int i = 0; i < n * COLUMNS; i++) {
                    assertEquals(rows[from + i / COLUMNS] + 1 + 0.25f * (i % COLUMNS), copy[i]);
                }
            }
        }
        assertEquals(7.5f, chosen.value(2, 2));
        assertEquals(List.of(91, 1), numbers(chosen.chosen(4, 6)));
        assertEquals("numbered: no images asked for, expected at least 1", assertThrows(IllegalArgumentException.class,
                () -> chosen.chosen()).getMessage());
        assertThrows(IndexOutOfBoundsException.class, () -> chosen.chosen(7));
    }

    @Test
    void rowsThatStayInAFileAreTheSame(@TempDir Path directory) {
        Path file = directory.resolve("x.npy");
        NpyWriter.write(file, ROWS, COLUMNS, numbered(ROWS).copyRows(0, ROWS));
        DataName name = DataName.parse("npy=" + file);
        try (DataSource read = DataSource.read(name, Set.of(), (done, all) -> {});
                DataSource streamed = DataSource.stream(name, Set.of(), (done, all) -> {})) {
            DataSource one = HeldOut.of(read, 0.2, 1);
            DataSource other = HeldOut.of(streamed, 0.2, 1);
            assertFalse(one.train().isStreamed());
            assertTrue(other.train().isStreamed());
            assertArrayEquals(one.train().copyRows(0, one.train().rows()), other.train().copyRows(0, other.train()
                    .rows()));
            assertArrayEquals(one.test().copyRows(0, one.test().rows()), other.test().copyRows(0, other.test().rows()));
        }
    }

    @Test
    void badArgumentsAreNamed() {
        DataSource data = new DataSource(numbered(3), numbered(1));
        for (double fraction : new double[] {0, 1, -0.5, Double.NaN}) {
            assertEquals("fraction must be above 0 and below 1, not " + fraction, assertThrows(
                    IllegalArgumentException.class, () -> HeldOut.of(data, fraction, 1)).getMessage());
        }
        assertEquals("data must be at least 2 training rows, of which some are held out, not 1", assertThrows(
                IllegalArgumentException.class, () -> HeldOut.of(new DataSource(numbered(1), numbered(1)), 0.5, 1))
                .getMessage());
    }
}
