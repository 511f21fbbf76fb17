package io.elbo4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.ArgumentException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraversalTest {
    private static final float[] CODE = {0.5f, -1, 7};

    @Test
    void oneDimensionMovesInEvenStepsAndTheOthersStay() {
        assertArrayEquals(new float[] {0.5f, -3, 7, 0.5f, -0.5f, 7, 0.5f, 2, 7}, Traversal.of(CODE, 1, -3, 2, 3));
        assertArrayEquals(new float[] {0.5f, -1, 1, 0.5f, -1, -1}, Traversal.of(CODE, 2, 1, -1, 2));
    }

    @Test
    void theMostInformativeComeFirst() {
        assertArrayEquals(new int[] {2, 0, 3}, Traversal.mostInformative(List.of(0.5, 0.1, 3.0, 0.2), 3));
        assertArrayEquals(new int[] {0, 1}, Traversal.mostInformative(List.of(0.5, 0.1), 3));
    }

    private static void assertRefused(String message, int dimension, double from, double to, int steps) {
        assertEquals(message, assertThrows(ArgumentException.class, () -> Traversal.of(CODE, dimension, from, to,
                steps)).getMessage());
    }

    @Test
    void badArgumentsAreNamed() {
        assertRefused("dimension must be from 0 to 2, not 3", 3, 0, 1, 2);
        assertRefused("dimension must be from 0 to 2, not -1", -1, 0, 1, 2);
        assertRefused("from must be finite, also as a float32, not NaN", 0, Double.NaN, 1, 2);
        assertRefused("to must be finite, also as a float32, not 1.0E39", 0, 0, 1e39, 2);
        assertRefused("steps must be at least 2, not 1", 0, 0, 1, 1);
    }
}
