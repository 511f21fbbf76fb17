package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.assertBits;
import static io.elbo4j.purejava.References.SIZES;
import static io.elbo4j.purejava.References.gaussian;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import java.util.function.DoubleBinaryOperator;
import org.junit.jupiter.api.Test;

/** Each result is the exact one, rounded once: double holds sums, differences and products of two floats exactly. */
class ArithmeticTest {
    private static final int ROWS = 3;

    /** Makes the launch for two operands and a target. */
    private interface Operation {
        Launch of(Matrix a, Matrix b, Matrix target);
    }

    private static void check(Operation operation, DoubleBinaryOperator exact) {
        for (int d : SIZES) {
            float[] a = gaussian(1, ROWS * d, 1);
            float[] b = gaussian(2, ROWS * d, 1);
            float[] expected = new float[ROWS * d];
            float[] withRow = new float[ROWS * d];
            for (int i = 0; i < expected.length; i++) {
                expected[i] = (float) exact.applyAsDouble(a[i], b[i]);
                withRow[i] = (float) exact.applyAsDouble(a[i], b[i % d]);
            }
            Guarded out = new Guarded(ROWS, d);
            Matrix left = Guarded.matrix(ROWS, d, a);
            Launch launch = operation.of(left, Guarded.matrix(ROWS, d, b), out.matrix);
            Guarded.assertSplits(ROWS, false, launch.body()::run, out);
            assertBits(expected, out.values(), "two matrices of " + d + " columns");
            float[] first = java.util.Arrays.copyOf(b, d);
            operation.of(left, Guarded.matrix(1, d, first).repeatRow(ROWS), out.matrix).run();
            assertBits(withRow, out.values(), "one row repeated of " + d + " columns");
            operation.of(left, Guarded.matrix(ROWS, d, b), left).run();
            assertBits(expected, left.toArray(), "in place, " + d + " columns");
        }
    }

    @Test
    void sumsDifferencesAndProducts() {
        check(Arithmetic::add, (a, b) -> a + b);
        check(Arithmetic::subtract, (a, b) -> a - b);
        check(Arithmetic::multiply, (a, b) -> a * b);
    }

    @Test
    void scaleRoundsOnceAndKeepsNegativeZero() {
        check((a, b, target) -> Arithmetic.scale(0.3f, a, target), (a, b) -> (double) 0.3f * a);
        Matrix x = Guarded.matrix(1, 2, 0, -0.0f);
        Guarded y = new Guarded(1, 2);
        Arithmetic.scale(2, x, y.matrix).run();
        assertBits(new float[] {0, -0.0f}, y.values(), "signed zeros");
        Arithmetic.scaleAndShift(2, 1, Guarded.matrix(1, 2, 3, Float.NaN), y.matrix).run();
        assertBits(7, y.values()[0], "2 x + 1");
    }

    @Test
    void multiplyAddAccumulates() {
        for (int d : SIZES) {
            float[] x = gaussian(3, ROWS * d, 1);
            float[] y = gaussian(4, ROWS * d, 1);
            float[] before = gaussian(5, ROWS * d, 1);
            Guarded target = new Guarded(ROWS, d, before);
            Launch launch = Arithmetic.multiplyAdd(-2, Guarded.matrix(ROWS, d, x), Guarded.matrix(ROWS, d, y),
                    target.matrix);
            Guarded.assertSplits(ROWS, false, launch.body()::run, target);
            for (int i = 0; i < x.length; i++) {
                // the product is exact in double, and -2 x in float
                References.assertNear(before[i] - 2.0 * x[i] * y[i], target.values()[i],
                        Math.ulp(target.values()[i]), "multiply-add");
            }
        }
    }
}
