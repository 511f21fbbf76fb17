package io.elbo4j.train.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidationSetTest {
    private static final List<Boolean> WAYS = List.of(false, true);

    @TempDir
    Path directory;

    private static Images rows(String name, int rows, int height, int width, float first) {
        float[] x = new float[rows * height * width];
        for (int i = 0; i < x.length; i++) {
            x[i] = first + i;
        }
        return new Images(name, rows, height, width, 1, x);
    }

    private static Images sequences(String name, int steps, int width) {
        float[] mask = new float[2 * steps];
        java.util.Arrays.fill(mask, 1);
        mask[steps - 1] = 0;
        return rows(name, 2, steps, width, 1).with(Images.MASK, new Images(name + " mask", 2, 1, steps, 1, mask));
    }

    private static void assertRefused(String message, Images train, Images validation) {
        DataSource data = new DataSource(train, train);
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> Validation.of(data, validation))
                .getMessage());
    }

    /** A file of the same rows as those that another one is split into. */
    @Test
    void allRowsOfAFileValidate() {
        for (boolean stream : WAYS) {
            Path file = directory.resolve("rows.npy");
            NpyWriter.write(file, 3, 4, rows("", 3, 1, 4, 7).copyRows(0, 3));
            Images train = rows("train", 5, 1, 4, 0);
            try (Images own = Validation.read(DataName.parse("npy=" + file), Set.of(Images.X), stream,
                    new ArrayList<>(), ReadProgress.NONE)) {
                DataSource data = Validation.of(new DataSource(train, train.last(1), List.of("a note")), own);
                assertSame(train, data.train());
                assertEquals(stream, data.test().isStreamed());
                assertEquals(List.of("a note"), data.notes());
                assertArrayEquals(new float[] {7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18}, data.test().copyRows(0,
                        3));
            }
        }
    }

    @Test
    void aSingleRowIsEnough() {
        Path file = directory.resolve("one.npy");
        NpyWriter.write(file, 1, 2, new float[] {0.25f, 0.5f});
        assertEquals(1, Validation.read(DataName.parse("npy=" + file), Set.of(Images.X), false, new ArrayList<>(),
                ReadProgress.NONE).rows());
    }

    @Test
    void whatIsAlwaysSplitHasATestSet() {
        Images sprites = Validation.read(DataName.SPRITES, Set.of(Images.X, Images.LABEL), false, new ArrayList<>(),
                ReadProgress.NONE);
        assertEquals(DataSource.SPRITES_TEST, sprites.rows());
        assertEquals(3, sprites.array(Images.LABEL).columns());
    }

    @Test
    void shorterSequencesEndInStepsThatAreNotThere() {
        Images train = sequences("train", 3, 2);
        Images test = Validation.of(new DataSource(train, train), sequences("short", 2, 2)).test();
        assertArrayEquals(new float[] {1, 2, 3, 4, 0, 0, 5, 6, 7, 8, 0, 0}, test.copyRows(0, 2));
        assertArrayEquals(new float[] {1, 0, 0, 1, 1, 0}, test.array(Images.MASK).copyRows(0, 2));
        assertEquals(List.of(3, 2, 1), List.of(test.height(), test.width(), test.channels()));
    }

    @Test
    void fewerClassesAreSomeOfAll() {
        Images train = rows("train", 2, 1, 3, 0).with(Images.LABEL, Labels.oneHot("labels", new int[] {0, 3}, 4));
        Images few = rows("few", 2, 1, 3, 9).with(Images.LABEL, Labels.oneHot("labels", new int[] {1, 0}, 2));
        Images test = Validation.of(new DataSource(train, train), few).test();
        assertArrayEquals(new float[] {0, 1, 0, 0, 1, 0, 0, 0}, test.array(Images.LABEL).copyRows(0, 2));
        assertRefused("validationData must be with at most 2 columns of 'label', as the training data has, not 4 of"
                + " labels", few, train);
    }

    @Test
    void whatDiffersIsNamed() {
        assertRefused("validationData must be rows of 2 x 3 x 1 (height x width x channels), as of train, not 3 x 2 x 1"
                + " of other", rows("train", 2, 2, 3, 0), rows("other", 1, 3, 2, 0));
        assertRefused("validationData must be rows of 2 x 3 x 1 (height x width x channels), as of train, not 1 x 3 x 1"
                + " of other", rows("train", 2, 2, 3, 0), rows("other", 1, 1, 3, 0));
        assertRefused(
                "validationData must be sequences of at most 3 steps of 2 values, as of train, not 4 steps of 2 of"
                        + " other", sequences("train", 3, 2), sequences("other", 4, 2));
        assertRefused(
                "validationData must be sequences of at most 3 steps of 2 values, as of train, not 3 steps of 1 of"
                        + " other", sequences("train", 3, 2), sequences("other", 3, 1));
        Images train = sequences("train", 3, 2);
        assertTrue(assertThrows(DataException.class, () -> Validation.of(new DataSource(train, train), rows("other", 1,
                3, 2, 0))).getMessage().startsWith("other: has no array 'mask'"));
    }

    /** Bytes stay bytes where sequences are made longer: a likelihood of counts takes them undivided. */
    @Test
    void bytesStayBytes() {
        Images train = sequences("train", 3, 2);
        Images bytes = new Images("bytes", 1, 2, 2, 1, new float[] {0, 0.2f, 0.4f, 1}).ofBytes().with(Images.MASK,
                new Images("mask", 1, 1, 2, 1, new float[] {1, 1}));
        assertArrayEquals(new float[] {0, 51, 102, 255, 0, 0}, Validation.of(new DataSource(train, train), bytes).test()
                .undivided().copyRows(0, 1));
    }

    @Test
    void rowsOfTheDataItselfAreRefused() {
        Images all = rows("all", 10, 1, 2, 0);
        DataSource data = new DataSource(all.first(6), all.last(2));
        String message = "validationData must be other rows than those that are trained or tested on, not rows of all";
        for (Images own : List.of(all, all.first(6), all.first(1), all.last(2), all.last(1), all.last(5))) {
            assertEquals(message, assertThrows(IllegalArgumentException.class, () -> Validation.of(data, own))
                    .getMessage());
        }
        Images between = all.first(8).last(2);
        assertArrayEquals(between.copyRows(0, 2), Validation.of(data, between).test().copyRows(0, 2));
    }

    @Test
    void equalRowsAreCounted() {
        Images others = new Images("others", 4, 1, 2, 1, new float[] {1, 2, 3, 4, 1, 2, 2, 1});
        Images rows = new Images("rows", 5, 1, 2, 1, new float[] {2, 1, 5, 6, 1, 2, 1, 2, 4, 3});
        assertEquals(3, Validation.among(rows, others));
        assertEquals(0, Validation.among(rows.last(1), others));
    }
}
