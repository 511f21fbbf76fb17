package io.elbo4j.operation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.ElementType;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Program;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the recurrent unit and the transpose refuse, before anything is written, and which rows wait for none. */
class GruArgumentsTest {
    private final Backend backend = Backends.open("java", 2);
    private final Matrix a = backend.matrix(3, 6);
    private final Matrix b = backend.matrix(3, 6);
    private final Matrix h = backend.matrix(3, 2);
    private final Matrix begins = backend.matrix(3, 1);
    private final Matrix kept = backend.matrix(3, 8);
    private final Matrix next = backend.matrix(3, 2);
    private final Matrix carried = backend.matrix(3, 2);
    private final Matrix dNext = backend.matrix(3, 2);
    private final Matrix products = backend.matrix(3, 6);
    private final Matrix passed = backend.matrix(3, 2);
    private final Matrix dGates = backend.matrix(3, 8);
    private final Matrix passes = backend.matrix(3, 2);
    private final Matrix wrong = backend.matrix(3, 4);

    @AfterEach
    void nothingWasWritten() {
        for (Matrix m : new Matrix[] {a, b, h, begins, kept, next, carried, dNext, products, passed, dGates, passes,
                wrong}) {
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
    void forward() {
        missing("Gru.forward: b", () -> Gru.forward(a, null, h, begins, kept, next, carried));
        missing("Gru.forward: h", () -> Gru.forward(a, b, null, begins, kept, next, carried));
        missing("Gru.forward: kept", () -> Gru.forward(a, b, h, begins, null, next, carried));
        missing("Gru.forward: next", () -> Gru.forward(a, b, h, begins, kept, null, carried));
        refused("Gru.forward: a must be 3 x 6, not 3 x 4", () -> Gru.forward(wrong, b, h, null, kept, next, null));
        refused("Gru.forward: b must be 3 x 6, not 3 x 4", () -> Gru.forward(a, wrong, h, null, kept, next, null));
        refused("Gru.forward: b must be 3 x 12, not 3 x 6", () -> Gru.forward(null, b, wrong, null, kept, next, null));
        refused("Gru.forward: begins must be 3 x 1, not 3 x 4", () -> Gru.forward(a, b, h, wrong, kept, next,
                carried));
        refused("Gru.forward: carried must be given together with begins, not null", () -> Gru.forward(a, b, h, begins,
                kept, next, null));
        refused("Gru.forward: kept must be 3 x 8, not 3 x 4", () -> Gru.forward(a, b, h, null, wrong, next, null));
        refused("Gru.forward: next must be 3 x 2, not 3 x 4", () -> Gru.forward(a, b, h, null, kept, wrong, null));
        refused("Gru.forward: carried must be 3 x 2, not 3 x 4", () -> Gru.forward(a, b, h, null, kept, next, wrong));
        refused("Gru.forward: next must have a place for each row, as it is written to, not one row repeated (row"
                + " stride 0)", () -> Gru.forward(a, b, h, null, kept, next.rows(0, 1).repeatRow(3), null));
        Matrix halves = Matrix.view(backend.allocate(24, ElementType.BFLOAT16), 0, 3, 6, 6);
        refused("Gru.forward: a must be of FLOAT32, not of BFLOAT16", () -> Gru.forward(halves, b, h, null, kept, next,
                null));
    }

    /** kept may be a, and nothing else: what a row shares would be overwritten while others read it. */
    @Test
    void forwardInPlace() {
        assertNotNull(Gru.forward(kept.columns(0, 6), b, h, begins, kept, next, carried));
        refused("Gru.forward: kept must be the same matrix as a or lie apart from it, not overlapping it",
                () -> Gru.forward(kept.columns(2, 8), b, h, null, kept, next, null));
        refused("Gru.forward: kept must lie apart from b, not overlapping it", () -> Gru.forward(a, kept.columns(0, 6),
                h, null, kept, next, null));
        refused("Gru.forward: kept must lie apart from h, not overlapping it", () -> Gru.forward(a, b, kept.columns(0,
                2), null, kept, next, null));
        refused("Gru.forward: kept must lie apart from begins, not overlapping it", () -> Gru.forward(a, b, h,
                kept.columns(0, 1), kept, next, carried));
        refused("Gru.forward: next must lie apart from h, not overlapping it", () -> Gru.forward(a, b, h, null, kept,
                h, null));
        refused("Gru.forward: carried must lie apart from next, not overlapping it", () -> Gru.forward(a, b, h, null,
                kept, next, next));
    }

    @Test
    void backward() {
        missing("Gru.backward: kept", () -> backward(null, h, dNext, products, passed, begins, dGates, passes));
        missing("Gru.backward: h", () -> backward(kept, null, dNext, products, passed, begins, dGates, passes));
        missing("Gru.backward: dNext", () -> backward(kept, h, null, products, passed, begins, dGates, passes));
        missing("Gru.backward: dGates", () -> backward(kept, h, dNext, products, passed, begins, null, passes));
        missing("Gru.backward: passes", () -> backward(kept, h, dNext, products, passed, begins, dGates, null));
        refused("Gru.backward: kept must be 3 x 8, not 3 x 4", () -> backward(wrong, h, dNext, products, passed, begins,
                dGates, passes));
        refused("Gru.backward: dNext must be 3 x 2, not 3 x 4", () -> backward(kept, h, wrong, products, passed, begins,
                dGates, passes));
        refused("Gru.backward: products must be given together with passed, not null", () -> backward(kept, h, dNext,
                null, passed, begins, dGates, passes));
        refused("Gru.backward: passed must be given together with products, not null", () -> backward(kept, h, dNext,
                products, null, begins, dGates, passes));
        refused("Gru.backward: products must be 3 x 6, not 3 x 4", () -> backward(kept, h, dNext, wrong, passed, begins,
                dGates, passes));
        refused("Gru.backward: passed must be 3 x 2, not 3 x 4", () -> backward(kept, h, dNext, products, wrong, begins,
                dGates, passes));
        refused("Gru.backward: begins must be 3 x 1, not 3 x 4", () -> backward(kept, h, dNext, products, passed, wrong,
                dGates, passes));
        refused("Gru.backward: dGates must be 3 x 8, not 3 x 4", () -> backward(kept, h, dNext, products, passed,
                begins, wrong, passes));
        refused("Gru.backward: passes must be 3 x 2, not 3 x 4", () -> backward(kept, h, dNext, products, passed,
                begins, dGates, wrong));
    }

    /** passes may be passed, and nothing else. */
    @Test
    void backwardInPlace() {
        assertNotNull(backward(kept, h, dNext, products, passed, begins, dGates, passed));
        refused("Gru.backward: passes must lie apart from dNext, not overlapping it", () -> backward(kept, h, dNext,
                products, passed, begins, dGates, dNext));
        refused("Gru.backward: passes must lie apart from begins, not overlapping it", () -> backward(kept, h, dNext,
                products, passed, passes.columns(0, 1), dGates, passes));
        refused("Gru.backward: passes must be the same matrix as passed or lie apart from it, not overlapping it",
                () -> backward(kept, h, dNext, products, wrong.columns(0, 2), begins, dGates, wrong.columns(1, 3)));
        refused("Gru.backward: dGates must lie apart from kept, not overlapping it", () -> backward(kept, h, dNext,
                products, passed, begins, kept, passes));
    }

    private static Launch backward(Matrix kept, Matrix h, Matrix dNext, Matrix products, Matrix passed, Matrix begins,
            Matrix dGates, Matrix passes) {
        return Gru.backward(kept, h, dNext, products, passed, begins, false, dGates, passes);
    }

    @Test
    void reset() {
        missing("Gru.reset: h", () -> Gru.reset(null, begins, carried));
        missing("Gru.reset: begins", () -> Gru.reset(h, null, carried));
        missing("Gru.reset: carried", () -> Gru.reset(h, begins, null));
        refused("Gru.reset: begins must be 3 x 1, not 3 x 2", () -> Gru.reset(h, next, carried));
        refused("Gru.reset: carried must be 3 x 2, not 3 x 4", () -> Gru.reset(h, begins, wrong));
        refused("Gru.reset: carried must lie apart from h, not overlapping it", () -> Gru.reset(h, begins, h));
    }

    @Test
    void stateGradient() {
        missing("Gru.stateGradient: products", () -> Gru.stateGradient(null, passed, begins, h));
        missing("Gru.stateGradient: passed", () -> Gru.stateGradient(products, null, begins, h));
        missing("Gru.stateGradient: dH", () -> Gru.stateGradient(products, passed, begins, null));
        refused("Gru.stateGradient: products must be 3 x 6, not 3 x 4", () -> Gru.stateGradient(wrong, passed, begins,
                h));
        refused("Gru.stateGradient: begins must be 3 x 1, not 3 x 4", () -> Gru.stateGradient(products, passed, wrong,
                h));
        refused("Gru.stateGradient: dH must be 3 x 2, not 3 x 4", () -> Gru.stateGradient(products, passed, null,
                wrong));
        refused("Gru.stateGradient: dH must lie apart from passed, not overlapping it", () -> Gru.stateGradient(
                products, passed, begins, passed));
    }

    @Test
    void transpose() {
        missing("Transpose.of: x", () -> Transpose.of(null, h));
        missing("Transpose.of: y", () -> Transpose.of(h, null));
        refused("Transpose.of: y must be 6 x 3, not 3 x 6", () -> Transpose.of(a, b));
        refused("Transpose.of: y must lie apart from x, not overlapping it", () -> Transpose.of(wrong.columns(0, 3),
                wrong.columns(1, 4)));
    }

    @Test
    void phases() {
        List<Launch> rows = List.of(Gru.reset(h, begins, carried), Gru.forward(a, b, carried, begins, kept, next,
                passes), Gru.backward(kept, carried, dNext, products, passed, begins, false, dGates, passed),
                Gru.stateGradient(products, passed, begins, h));
        assertEquals(1, new Program(backend, rows).phases());
        Matrix turned = backend.matrix(2, 3);
        List<Launch> all = List.of(Gru.reset(h, begins, carried), Transpose.of(carried, turned));
        assertEquals(2, new Program(backend, all).phases(), "a row of the transpose needs all rows");
    }
}
