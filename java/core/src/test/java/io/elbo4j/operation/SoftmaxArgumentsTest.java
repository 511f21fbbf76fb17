package io.elbo4j.operation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.Program;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What softmax and dropout refuse, before anything is written, and that rows follow each other without a wait. */
class SoftmaxArgumentsTest {
    private final Backend backend = Backends.open("java", 2);
    private final Noise noise = new Noise(1, 1);
    private final Matrix x = backend.matrix(3, 4);
    private final Matrix y = backend.matrix(3, 4);
    private final Matrix dy = backend.matrix(3, 4);
    private final Matrix wrong = backend.matrix(2, 4);

    @AfterEach
    void nothingWasWritten() {
        for (Matrix m : new Matrix[] {x, y, dy, wrong}) {
            assertArrayEquals(new float[(int) (m.rows() * m.columns())], m.toArray());
        }
        backend.close();
    }

    private static void refused(String expected, Supplier<Launch> operation) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, operation::get).getMessage());
    }

    private static void missing(String expected, Supplier<Launch> operation) {
        assertEquals(expected + " must be given, not null",
                assertThrows(NullPointerException.class, operation::get).getMessage());
    }

    @Test
    void softmax() {
        missing("Softmax.forward: x", () -> Softmax.forward(null, y));
        missing("Softmax.logBackward: dy", () -> Softmax.logBackward(y, null, x));
        refused("Softmax.forward: x must have at least 1 column, not 0 columns", () -> Softmax.forward(x.columns(2, 2),
                y.columns(2, 2)));
        refused("Softmax.backward: y must have at least 1 column, not 0 columns", () -> Softmax.backward(x.columns(2,
                2), dy, y));
        refused("Softmax.forward: y must be 3 x 4, not 2 x 4", () -> Softmax.forward(x, wrong));
        refused("Softmax.logForward: y must lie apart from x, not overlapping it", () -> Softmax.logForward(x, x));
        refused("Softmax.backward: dy must be 3 x 4, not 2 x 4", () -> Softmax.backward(y, wrong, x));
        refused("Softmax.logBackward: dx must lie apart from dy, not overlapping it", () -> Softmax.logBackward(y, dy,
                dy));
    }

    @Test
    void dropout() {
        missing("Dropout.apply: noise", () -> Dropout.apply(x, 0.5f, null, y));
        missing("Dropout.apply: x", () -> Dropout.apply(null, 0.5f, noise, y));
        for (float rate : new float[] {-0.1f, 1, 2, Float.NaN, Float.NEGATIVE_INFINITY}) {
            refused("Dropout.apply: rate must be at least 0 and below 1, not " + rate, () -> Dropout.apply(x, rate,
                    noise, y));
        }
        refused("Dropout.apply: y must be 3 x 4, not 2 x 4", () -> Dropout.apply(x, 0.5f, noise, wrong));
        refused("Dropout.apply: y must have at most 2^32 rows and 2^34 columns, the reach of the noise, not"
                + " 0 x 17179869185", () -> {
                    Matrix wide = Matrix.view(x.storage(), 0, 0, (1L << 34) + 1, (1L << 34) + 1);
                    return Dropout.apply(wide, 0.5f, noise, wide);
                });
    }

    @Test
    void phases() {
        Matrix dx = backend.matrix(3, 4);
        List<Launch> launches = List.of(Softmax.forward(x, y), Dropout.apply(y, 0.5f, noise, y), Softmax.backward(y, dy,
                dx), Softmax.logForward(dx, x), Softmax.logBackward(x, dy, y));
        assertEquals(1, new Program(backend, launches).phases());
    }
}
