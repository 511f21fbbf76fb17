package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.assertBits;
import static io.elbo4j.purejava.Guarded.assertSame;
import static io.elbo4j.purejava.References.ROUNDING;
import static io.elbo4j.purejava.References.SIZES;
import static io.elbo4j.purejava.References.assertNear;
import static io.elbo4j.purejava.References.derivative;
import static io.elbo4j.purejava.References.gaussian;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Gru.Backward;
import io.elbo4j.operation.Gru.Forward;
import io.elbo4j.operation.Gru.Reset;
import io.elbo4j.operation.Gru.StateGradient;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the operations' Javadoc and the scalar functions promise, against double precision; as shares of the bounds. */
class GruTest {
    private static final long SEED = 1414;
    private static final float INF = Float.POSITIVE_INFINITY;
    private static final float NAN = Float.NaN;

    /** All but 0 and -0 begin. */
    private static final float[] BEGINS = {0, 1, -0.0f, NAN, Float.MIN_VALUE, -3};
    private static final int ROWS = BEGINS.length;

    private double worst;

    private void within(double expected, float actual, double bound, String message) {
        assertNear(expected, actual, bound, message);
        worst = bound == 0 ? worst : Math.max(worst, Math.abs(actual - expected) / bound);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static Matrix begins() {
        return Guarded.matrix(ROWS, 1, BEGINS);
    }

    /** Its operands, and what the kernel made of them; the gates of a are 0, 0, 1 where it has none. */
    private static final class Step {
        final boolean normalised;
        final int size;
        final float[] a;
        final float[] b;
        final float[] h;
        final Guarded kept;
        final Guarded next;
        final Guarded carried;

        Step(boolean normalised, int size, double scale) {
            this(normalised, size, gaussian(SEED, ROWS * 3 * size, scale), gaussian(SEED + 1, ROWS * 3 * size, scale),
                    gaussian(SEED + 2, ROWS * size, scale));
        }

        Step(boolean normalised, int size, float[] a, float[] b, float[] h) {
            this.normalised = normalised;
            this.size = size;
            this.a = a;
            this.b = b;
            this.h = h;
            kept = new Guarded(ROWS, 4 * size);
            next = new Guarded(ROWS, size);
            carried = new Guarded(ROWS, size);
            run(begins(), carried.matrix, carried);
        }

        void run(@Nullable Matrix begins, @Nullable Matrix carries, Guarded... more) {
            Matrix ofA = normalised ? null : Guarded.matrix(ROWS, 3 * size, a);
            Matrix ofB = Guarded.matrix(ROWS, 3 * size, b);
            Matrix ofH = Guarded.matrix(ROWS, size, h);
            Guarded[] outputs = Arrays.copyOf(new Guarded[] {kept, next}, 2 + more.length);
            System.arraycopy(more, 0, outputs, 2, more.length);
            Guarded.assertSplits(ROWS, false, (from, to) -> new Forward(ofA, ofB, ofH, begins, kept.matrix, next.matrix,
                    carries).run(from, to), outputs);
        }

        /** The place in a or b of an element's gate. */
        int at(int row, int column, int gate) {
            return row * 3 * size + gate * size + column;
        }

        double a(int row, int column, int gate) {
            return normalised ? 0 : a[at(row, column, gate)];
        }

        double r(int row, int column) {
            return sigmoid(a(row, column, 1) + b[at(row, column, 0)]);
        }

        /** The argument of z. */
        double update(int row, int column) {
            double ofB = b[at(row, column, 1)];
            return normalised ? 1 - ofB : a(row, column, 2) + ofB;
        }

        /** The gate of an element in a matrix of 4 gates. */
        int keptAt(int element, int which) {
            return element / size * 4 * size + which * size + element % size;
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-40, 1, 10, 100, 1e37})
    void forward(double scale) {
        for (int size : SIZES) {
            for (boolean normalised : new boolean[] {false, true}) {
                Step s = new Step(normalised, size, scale);
                float[] kept = s.kept.values();
                float[] next = s.next.values();
                for (int i = 0; i < ROWS * size; i++) {
                    int row = i / size;
                    int c = i % size;
                    String at = (normalised ? "normalised, " : "") + "row " + row + ", column " + c + " of " + size;
                    float[] k = {kept[s.keptAt(i, 0)], kept[s.keptAt(i, 1)], kept[s.keptAt(i, 2)], kept[s.keptAt(i,
                            3)]};
                    double b = s.b[s.at(row, c, 2)];
                    double r = s.r(row, c);
                    double z = sigmoid(s.update(row, c));
                    double n = Math.tanh(s.a(row, c, 0) + r * b);
                    double expected = sigmoid(-s.update(row, c)) * n + z * s.h[i];
                    within(expected, next[i], ROUNDING * (5 * Math.abs(s.h[i] - n) + 4 * Math.abs(b) + 4 + Math.abs(
                            expected)), at);
                    assertNear(r, k[1], 4 * ROUNDING, at + ", r");
                    assertNear(z, k[2], 4 * ROUNDING, at + ", z");
                    assertNear(Math.tanh(s.a(row, c, 0) + k[1] * b), k[0], 4 * ROUNDING, at + ", n");
                    assertBits((float) b, k[3], at + ", b_n");
                }
                if (scale == 1) {
                    assertVariants(s, kept, next);
                }
            }
        }
        System.out.printf("GRU, scale %.0e, seed %d: at most %.2f of the bound%n", scale, SEED, worst);
        assertTrue(scale < 1 || scale > 100 || worst > 0.05, "a bound far from what is");
    }

    /** What is carried is the state, or +0; what else is wanted changes no bits, nor does kept in the place of a. */
    private static void assertVariants(Step s, float[] kept, float[] next) {
        float[] masked = next.clone();
        for (int i = 0; i < masked.length; i++) {
            masked[i] = BEGINS[i / s.size] == 0 ? next[i] : 0.0f;
        }
        assertBits(masked, s.carried.values(), "carried");
        s.run(null, s.carried.matrix, s.carried);
        assertBits(next, s.carried.values(), "carried where none begins");
        s.run(null, null);
        assertBits(kept, s.kept.values(), "kept, nothing carried");
        assertBits(next, s.next.values(), "next, nothing carried");
        if (!s.normalised) {
            float[] first = new float[ROWS * 4 * s.size];
            for (int row = 0; row < ROWS; row++) {
                System.arraycopy(s.a, row * 3 * s.size, first, row * 4 * s.size, 3 * s.size);
            }
            Guarded both = new Guarded(ROWS, 4 * s.size, first);
            Matrix b = Guarded.matrix(ROWS, 3 * s.size, s.b);
            Matrix h = Guarded.matrix(ROWS, s.size, s.h);
            Guarded.assertSplits(ROWS, false, (from, to) -> new Forward(both.matrix.columns(0, 3 * s.size), b, h, null,
                    both.matrix, s.next.matrix, null).run(from, to), both, s.next);
            assertBits(kept, both.values(), "kept in the place of a");
            assertBits(next, s.next.values(), "next, kept in the place of a");
        }
    }

    /** The gradients of a step, and their operands. */
    private static final class Back {
        final Step step;
        final float[] dNext;
        final float[] products;
        final float[] passed;
        final boolean carries;
        final boolean masks;
        final Guarded dGates;
        final Guarded passes;

        Back(Step step, double scale, boolean carries, boolean masks) {
            this(step, gaussian(SEED + 3, ROWS * step.size, scale), gaussian(SEED + 4, ROWS * 3 * step.size, 3 * scale),
                    gaussian(SEED + 5, ROWS * step.size, scale), carries, masks);
        }

        Back(Step step, float[] dNext, float[] products, float[] passed, boolean carries, boolean masks) {
            this.step = step;
            this.dNext = dNext;
            this.products = products;
            this.passed = passed;
            this.carries = carries;
            this.masks = masks;
            dGates = new Guarded(ROWS, 4 * step.size);
            passes = new Guarded(ROWS, step.size);
            run(passes, Guarded.matrix(ROWS, step.size, passed));
        }

        void run(Guarded to, Matrix ofPassed) {
            Matrix h = Guarded.matrix(ROWS, step.size, step.h);
            Matrix d = Guarded.matrix(ROWS, step.size, dNext);
            Matrix p = carries ? Guarded.matrix(ROWS, 3 * step.size, products) : null;
            Matrix begins = masks ? begins() : null;
            Guarded.assertSplits(ROWS, false, (from, end) -> new Backward(step.kept.matrix, h, d, p, carries ? ofPassed
                    : null, begins, step.normalised, dGates.matrix, to.matrix).run(from, end), dGates, to);
        }

        boolean carries(int row) {
            return carries && (!masks || BEGINS[row] == 0);
        }

        /** What is summed to dh' of an element. */
        double[] terms(int i) {
            return carries(i / step.size) ? new double[] {dNext[i], product(i, 0), product(i, 1), product(i, 2),
                    passed[i]} : new double[] {dNext[i]};
        }

        double product(int i, int gate) {
            return products[step.at(i / step.size, i % step.size, gate)];
        }
    }

    /** Of gates that lie apart, that are near their ends, and that have reached them; of tiny gradients too. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 1, 10, 1000})
    void backward(double scale) {
        for (int size : new int[] {0, 1, 2, 3, 33, 128, 513}) {
            for (boolean normalised : new boolean[] {false, true}) {
                Step s = new Step(normalised, size, scale);
                for (double gradients : new double[] {1, 1e-42}) {
                    for (boolean carries : new boolean[] {false, true}) {
                        gradients(new Back(s, gradients, carries, false));
                        gradients(new Back(s, gradients, carries, true));
                    }
                }
            }
        }
        System.out.printf("GRU's gradients, scale %.0f, seed %d: at most %.2f of the bound%n", scale, SEED, worst);
    }

    private void gradients(Back g) {
        Step s = g.step;
        float[] kept = s.kept.values();
        float[] gates = g.dGates.values();
        float[] passes = g.passes.values();
        for (int i = 0; i < ROWS * s.size; i++) {
            int row = i / s.size;
            int c = i % s.size;
            double n = kept[s.keptAt(i, 0)];
            double r = kept[s.keptAt(i, 1)];
            double z = kept[s.keptAt(i, 2)];
            double b = kept[s.keptAt(i, 3)];
            double candidate = (1 - z) * (1 - n * n);
            double update = (s.h[i] - n) * z * (1 - z);
            String at = (s.normalised ? "normalised, " : "") + "row " + row + ", column " + c + " of " + s.size;
            product(candidate, b, g, i, gates[s.keptAt(i, 0)], at + ", n");
            product(candidate * b * r * (1 - r), b, g, i, gates[s.keptAt(i, 1)], at + ", r");
            product(s.normalised ? -update : update, b, g, i, gates[s.keptAt(i, 2)], at + ", z");
            product(candidate * r, b, g, i, gates[s.keptAt(i, 3)], at + ", b_n");
            product(z, b, g, i, passes[i], at + ", passes");
        }
        Guarded place = new Guarded(ROWS, s.size, g.passed);
        g.run(place, place.matrix);
        assertBits(gates, g.dGates.values(), "in place");
        assertBits(passes, place.values(), "passes in the place of passed");
    }

    /** A gradient is dh' times a factor. */
    private void product(double factor, double b, Back g, int i, float actual, String at) {
        double[] terms = g.terms(i);
        double expected = factor * Arrays.stream(terms).sum();
        double magnitudes = terms.length == 1 ? 0 : Arrays.stream(terms).map(Math::abs).sum();
        within(expected, actual, ROUNDING * (4 * Math.abs(factor) * magnitudes + 8 * Math.abs(expected)) + 0x1p-148
                * (1 + Math.abs(b)), at);
    }

    /** dh' itself: passes of gates that are 1. */
    @Test
    void theGradientOfTheStateIsASumInItsOrder() {
        int size = 33;
        Step s = new Step(false, size, new float[ROWS * 3 * size], filled(ROWS * 3 * size, 100), new float[ROWS
                * size]);
        Back g = new Back(s, 1, true, false);
        Guarded dH = new Guarded(ROWS, size);
        Matrix products = Guarded.matrix(ROWS, 3 * size, g.products);
        Matrix passed = Guarded.matrix(ROWS, size, g.passed);
        Guarded.assertSplits(ROWS, false, (from, to) -> new StateGradient(products, passed, null, dH.matrix).run(from,
                to), dH);
        float[] alone = dH.values();
        Guarded.assertSplits(ROWS, false, (from, to) -> new StateGradient(products, passed, begins(), dH.matrix).run(
                from, to), dH);
        for (int i = 0; i < ROWS * size; i++) {
            float carry = (float) g.product(i, 0) + (float) g.product(i, 1) + (float) g.product(i, 2);
            assertBits(g.dNext[i] + carry + g.passed[i], g.passes.values()[i], "dh' " + i);
            assertBits(carry + g.passed[i], alone[i], "dH " + i);
            assertBits(BEGINS[i / size] == 0 ? alone[i] : 0.0f, dH.values()[i], "masked dH " + i);
            double[] terms = g.terms(i);
            double sum = Arrays.stream(terms).sum() - terms[0];
            double magnitudes = Arrays.stream(terms).map(Math::abs).sum() - Math.abs(terms[0]);
            within(sum, alone[i], 3 * ROUNDING * magnitudes, "dH " + i);
        }
        System.out.printf("GRU's first state's gradient, seed %d: at most %.2f of the bound%n", SEED, worst);
    }

    private static float[] filled(int count, float value) {
        float[] all = new float[count];
        Arrays.fill(all, value);
        return all;
    }

    /** From the formula of the state alone. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void gradientsAreThoseOfTheState(boolean normalised) {
        int size = 3;
        Step s = new Step(normalised, size, 1);
        Back g = new Back(s, 1, true, true);
        float[] gates = g.dGates.values();
        for (int i = 0; i < ROWS * size; i++) {
            int row = i / size;
            int c = i % size;
            double dh = Arrays.stream(g.terms(i)).sum();
            double[] of = {s.a(row, c, 0), s.a(row, c, 1), s.a(row, c, 2), s.b[s.at(row, c, 0)], s.b[s.at(row, c, 1)],
                    s.b[s.at(row, c, 2)], s.h[i]};
            // a_n, then what both have, then b_n and h
            int[][] pairs = {{0, 0}, {3, 1}, {4, 2}, {5, 3}};
            for (int[] pair : pairs) {
                assertEquals(dh * slope(normalised, of, pair[0]), gates[s.keptAt(i, pair[1])], 2e-6, "gradient "
                        + pair[1]);
            }
            assertEquals(dh * slope(normalised, of, 6), g.passes.values()[i], 2e-6, "passes");
            if (!normalised) {
                assertEquals(dh * slope(false, of, 1), gates[s.keptAt(i, 1)], 2e-6, "a_r");
                assertEquals(dh * slope(false, of, 2), gates[s.keptAt(i, 2)], 2e-6, "a_z");
            }
        }
    }

    private static double slope(boolean normalised, double[] of, int moved) {
        return derivative(v -> {
            double[] x = of.clone();
            x[moved] = v;
            double z = sigmoid(normalised ? 1 - x[4] : x[2] + x[4]);
            double n = Math.tanh(x[0] + sigmoid(x[1] + x[3]) * x[5]);
            return n + z * (x[6] - n);
        }, of[moved]);
    }

    @Test
    void reset() {
        for (int size : SIZES) {
            float[] h = gaussian(SEED, ROWS * size, 1);
            for (int i = 0; i < h.length; i++) {
                h[i] = i % 3 == 0 ? NAN : i % 5 == 0 ? -INF : i % 7 == 0 ? -0.0f : i % 11 == 0 ? Float.MIN_VALUE : h[i];
            }
            Matrix in = Guarded.matrix(ROWS, size, h);
            Guarded carried = new Guarded(ROWS, size);
            Guarded.assertSplits(ROWS, false, (from, to) -> new Reset(in, begins(), carried.matrix).run(from, to),
                    carried);
            for (int i = 0; i < h.length; i++) {
                assertSame(BEGINS[i / size] == 0 ? h[i] : 0.0f, carried.values()[i], "row " + i / size);
            }
        }
    }

    /** An element's outputs alone differ, and of what follows a beginning none. */
    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e38f})
    void whatIsNotFiniteStaysInItsElement(float value) {
        int size = 33;
        int column = 31;
        Step without = new Step(false, size, 1);
        float[] nextWithout = without.next.values();
        float[] carriedWithout = without.carried.values();
        for (int operand = 0; operand < 7; operand++) {
            for (int row = 0; row < ROWS; row++) {
                float[] a = without.a.clone();
                float[] b = without.b.clone();
                float[] h = without.h.clone();
                if (operand == 6) {
                    h[row * size + column] = value;
                } else {
                    (operand < 3 ? a : b)[without.at(row, column, operand % 3)] = value;
                }
                Step with = new Step(false, size, a, b, h);
                float[] next = with.next.values();
                float[] carried = with.carried.values();
                for (int i = 0; i < ROWS * size; i++) {
                    boolean begins = BEGINS[i / size] != 0;
                    if (i != row * size + column) {
                        assertBits(nextWithout[i], next[i], "next " + i);
                    } else if (Float.isNaN(value)) {
                        assertSame(NAN, next[i], "next, operand " + operand);
                        assertSame(begins ? 0.0f : NAN, carried[i], "carried, operand " + operand);
                    }
                    if (begins || i != row * size + column) {
                        assertBits(carriedWithout[i], carried[i], "carried " + i);
                    }
                }
            }
        }
    }

    /** What came back through a step that began does not show, whatever it is; elsewhere it does. */
    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void gradientsStopWhereASequenceBegins(float value) {
        int size = 5;
        Step s = new Step(true, size, 1);
        float[] dNext = gaussian(SEED, ROWS * size, 1);
        Back last = new Back(s, dNext, new float[0], filled(ROWS * size, 0), false, false);
        Back g = new Back(s, dNext, filled(ROWS * 3 * size, value), filled(ROWS * size, value), true, true);
        float[] lastGates = last.dGates.values();
        float[] gates = g.dGates.values();
        Guarded dH = new Guarded(ROWS, size);
        new StateGradient(Guarded.matrix(ROWS, 3 * size, g.products), Guarded.matrix(ROWS, size, g.passed), begins(),
                dH.matrix).run(0, ROWS);
        for (int i = 0; i < ROWS * size; i++) {
            boolean begins = BEGINS[i / size] != 0;
            assertSame(begins ? last.passes.values()[i] : value, g.passes.values()[i], "passes " + i);
            assertSame(begins ? 0.0f : value, dH.values()[i], "dH " + i);
            for (int gate = 0; gate < 4; gate++) {
                float d = gates[s.keptAt(i, gate)];
                assertTrue(begins ? d == lastGates[s.keptAt(i, gate)] : !Float.isFinite(d), "gate " + gate + " of "
                        + i);
            }
        }
    }
}
