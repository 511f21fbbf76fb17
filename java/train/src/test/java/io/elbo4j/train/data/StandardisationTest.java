package io.elbo4j.train.data;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.data.Standardisation.Kind;
import org.junit.jupiter.api.Test;

class StandardisationTest {
    private static Images images(int rows, float... values) {
        return new Images("toy", rows, 1, values.length / rows, 1, values);
    }

    @Test
    void columnsByHand() {
        // columns 1 2 3 6 (mean 3, variance (4 + 1 + 0 + 9) / 4), 7 7 7 7, and 0 0 4 0 (mean 1, variance 12 / 4)
        Images images = images(4, 1, 7, 0, 2, 7, 0, 3, 7, 4, 6, 7, 0);
        Standardisation s = Standardisation.of(images, Kind.COLUMN);
        float[] deviation = {(float) Math.sqrt(3.5), 1, (float) Math.sqrt(3)};
        assertEquals(new Standardisation(new float[] {3, 7, 1}, deviation), s);
        assertArrayEquals(new float[] {-2 / deviation[0], 0, -1 / deviation[2]}, s.apply(images, 0, 1), 1e-7f);
        assertEquals(0.5 * (Math.log(3.5) + Math.log(3)), s.logVolume(3), 1e-7);
        assertEquals(Kind.COLUMN, s.kind());
    }

    @Test
    void theWholeByHand() {
        Images images = images(2, 1, 2, 3, 6);
        Standardisation s = Standardisation.of(images, Kind.WHOLE);
        assertEquals(new Standardisation(new float[] {3}, new float[] {(float) Math.sqrt(3.5)}), s);
        assertEquals(Math.log(3.5), s.logVolume(2), 1e-7);
        assertArrayEquals(new float[] {0, (float) (3 / Math.sqrt(3.5))}, s.apply(images, 1, 1), 1e-6f);
        assertEquals(Kind.WHOLE, s.kind());
    }

    @Test
    void dataAsItIsKeepsItsBits() {
        Images images = images(2, -0f, 1e-45f, 3e38f, 6);
        assertEquals(Standardisation.NONE, Standardisation.of(images, Kind.NONE));
        assertArrayEquals(images.copyRows(0, 2), Standardisation.NONE.apply(images, 0, 2));
        assertArrayEquals(images.copyRows(0, 2), Standardisation.NONE.undo(images.copyRows(0, 2), 2));
        assertEquals(0, Standardisation.NONE.logVolume(2));
        assertEquals(Kind.NONE, Standardisation.NONE.kind());
    }

    @Test
    void undoneItIsTheDataAsGiven() {
        Images images = Sprites.images(3, 50);
        for (Kind kind : Kind.values()) {
            Standardisation s = Standardisation.of(images, kind);
            float[] standardised = s.apply(images, 0, 50);
            assertArrayEquals(images.copyRows(0, 50), s.undo(standardised, images.columns()), 1e-6f, kind.name());
        }
    }

    /** A row far away moves neither mean nor deviation of training data. */
    @Test
    void onlyTheImagesGivenCount() {
        Images all = images(5, 1, 2, 3, 6, 1e30f);
        assertEquals(Standardisation.of(images(4, 1, 2, 3, 6), Kind.COLUMN),
                Standardisation.of(all.first(4), Kind.COLUMN));
    }

    @Test
    void extremesStayFinite() {
        Images wide = images(2, -3.4e38f, 3.4e38f);
        assertArrayEquals(new float[] {-1, 1}, Standardisation.of(wide, Kind.WHOLE).apply(wide, 0, 2), 1e-6f);
        Images narrow = images(2, 1, Math.nextUp(1f));
        assertArrayEquals(new float[] {0, 2}, Standardisation.of(narrow, Kind.COLUMN).apply(narrow, 0, 2));
        Images offset = images(4, 1e7f, 1e7f, 1e7f, 1e7f);
        assertArrayEquals(new float[4], Standardisation.of(offset, Kind.WHOLE).apply(offset, 0, 4));
        Images tiny = images(2, 0, 1e-45f);
        Standardisation s = Standardisation.of(tiny, Kind.COLUMN);
        assertSentence("toy: the value at row 1, column 0 (counted from 0) is 1.0E30, too far from a mean of 0.0 with a"
                + " standard deviation of 1.0E-10 to be standardised", () -> new Standardisation(new float[1],
                        new float[] {1e-10f}).apply(images(2, 0, 1e30f), 0, 2));
        assertTrue(Float.isFinite(s.apply(tiny, 0, 2)[1]));
    }

    @Test
    void numbersOfNoDataAreRefused() {
        for (float[][] wrong : new float[][][] {{{0}, {0}}, {{0}, {-1}}, {{0}, {Float.NaN}}, {{Float.NaN}, {1}},
                {{0}, {Float.POSITIVE_INFINITY}}, {{0, 0}, {1}}}) {
            assertThrows(IllegalArgumentException.class, () -> new Standardisation(wrong[0], wrong[1]));
        }
    }

    @Test
    void aRangeIsWideBeyond30() {
        assertEquals(new Range("toy", -2, 300), Range.of(images(2, 0, -2, 300, 5)));
        assertTrue(new Range("toy", -2, 300).isWide());
        assertTrue(new Range("toy", -31, 0).isWide());
        assertFalse(new Range("toy", -30, 30).isWide());
    }
}
