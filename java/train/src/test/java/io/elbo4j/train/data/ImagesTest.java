package io.elbo4j.train.data;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ImagesTest {
    private static Images numbered(int count) {
        float[] values = new float[count * 6];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return new Images("numbers", count, 1, 2, 3, values);
    }

    @Test
    void viewsShareRows() {
        Images all = numbered(5);
        Images first = all.first(3);
        Images last = all.last(2);
        assertEquals(3, first.rows());
        assertEquals(6, first.columns());
        assertEquals(18, last.value(0, 0));
        assertEquals(29, last.value(1, 5));
        assertEquals(18, all.last(4).first(3).last(1).value(0, 0));
        assertArrayEquals(new float[] {24, 25, 26, 27, 28, 29}, last.copyRows(1, 1));
        float[] target = new float[8];
        first.copyRows(2, 1, target, 1);
        assertArrayEquals(new float[] {0, 12, 13, 14, 15, 16, 17, 0}, target);
    }

    @Test
    void rowsOutsideAViewAreRefused() {
        Images first = numbered(5).first(3);
        assertThrows(IndexOutOfBoundsException.class, () -> first.value(3, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> first.value(0, 6));
        assertThrows(IndexOutOfBoundsException.class, () -> first.copyRows(2, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> first.copyRows(-1, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> first.copyRows(1, Integer.MAX_VALUE));
        assertThrows(IllegalArgumentException.class, () -> first.first(4));
        assertThrows(IllegalArgumentException.class, () -> first.last(0));
    }

    @Test
    void theFirstNonFiniteValueIsNamed() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            float[] values = new float[18];
            values[15] = bad;
            values[17] = Float.NaN;
            assertSentence("f.npy: the value at row 2, column 3 (counted from 0) is " + bad
                    + ", expected a finite float32 number", () -> new Images("f.npy", 3, 2, 3, 1, values));
        }
    }

    @Test
    void sizesAreChecked() {
        assertSentence("x: 5 values given, expected 6 for 1 images of 2 x 3 with 1 channels",
                () -> new Images("x", 1, 2, 3, 1, new float[5]));
        assertSentence("x: holds 0 images of 2 x 3 with 1 channels, expected at least 1 of each",
                () -> new Images("x", 0, 2, 3, 1, new float[0]));
        assertSentence("x: 65536 images of 32768 x 1 with 1 channels are more than the 2147483639 values one data set"
                + " can hold: split the data or make the images smaller", () -> Images.length("x", 65536, 32768, 1, 1));
        long huge = 1L << 40;
        assertThrows(DataException.class, () -> Images.length("x", huge, huge, huge, huge));
        assertEquals(2147483639, Images.length("x", 2147483639, 1, 1, 1));
    }
}
