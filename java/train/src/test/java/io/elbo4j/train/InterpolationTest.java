package io.elbo4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.ArgumentException;
import io.elbo4j.train.Interpolation.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class InterpolationTest {
    private static final float[] FROM = {3, 0, 0};
    private static final float[] TO = {0, 3, 0};

    @Test
    void aLineHasEvenSteps() {
        assertArrayEquals(new float[] {3, 0, 0, 2, 1, 0, 1, 2, 0, 0, 3, 0}, Interpolation.of(Path.LINEAR, FROM, TO, 4),
                1e-6f);
    }

    /** Thirty and sixty degrees of a circle of radius 3. */
    @Test
    void anArcHasEvenAnglesAndTheLengthOfItsEnds() {
        float half = 1.5f;
        float other = (float) (1.5 * Math.sqrt(3));
        assertArrayEquals(new float[] {3, 0, 0, other, half, 0, half, other, 0, 0, 3, 0}, Interpolation.of(
                Path.SPHERICAL, FROM, TO, 4), 1e-6f);
    }

    @Test
    void bothHaveTheirEndsToTheBit() {
        float[] from = {0.1f, -7e-9f, 3e7f};
        float[] to = {-2.7f, 1 / 3f, 12345.678f};
        for (Path path : Path.values()) {
            float[] all = Interpolation.of(path, from, to, 7);
            assertArrayEquals(from, Arrays.copyOf(all, 3));
            assertArrayEquals(to, Arrays.copyOfRange(all, 18, 21));
        }
    }

    /** Of codes with one direction, opposite ones and the origin there is a line, and no arc. */
    @Test
    void whatHasNoArcIsALine() {
        float[][] others = {{6, 0, 0}, {-1, 0, 0}, {0, 0, 0}, {3, 0, 0}};
        for (float[] other : others) {
            assertArrayEquals(Interpolation.of(Path.LINEAR, FROM, other, 5), Interpolation.of(Path.SPHERICAL, FROM,
                    other, 5));
        }
    }

    @Test
    void badInputIsRefused() {
        assertEquals("steps must be at least 2, not 1", assertThrows(ArgumentException.class, () -> Interpolation.of(
                Path.LINEAR, FROM, TO, 1)).getMessage());
        assertEquals("to must be as long as from, which has 3 values, not 2", assertThrows(ArgumentException.class,
                () -> Interpolation.of(Path.LINEAR, FROM, new float[2], 3)).getMessage());
    }
}
