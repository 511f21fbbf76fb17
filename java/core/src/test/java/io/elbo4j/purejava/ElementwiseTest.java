package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.BACKEND;
import static io.elbo4j.purejava.Guarded.assertBits;
import static io.elbo4j.purejava.Guarded.assertSame;
import static io.elbo4j.purejava.References.SIZES;
import static io.elbo4j.purejava.References.assertNear;
import static io.elbo4j.purejava.References.derivative;
import static io.elbo4j.purejava.References.gaussian;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.ScalarFunction;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.operation.Elementwise.Apply;
import io.elbo4j.operation.Elementwise.Gradient;
import io.elbo4j.operation.Rows.Fill;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ElementwiseTest {
    private static final long SEED = 555;
    private static final int ROWS = 3;
    private static final float INF = Float.POSITIVE_INFINITY;
    private static final float NAN = Float.NaN;

    private static double reference(Activation activation, double x) {
        return switch (activation) {
            case IDENTITY -> x;
            case RELU -> x > 0 ? x : 0;
            case TANH -> Math.tanh(x);
            case SIGMOID -> 1 / (1 + Math.exp(-x));
            case SOFTPLUS -> x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
            case GELU -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case SILU -> x / (1 + Math.exp(-x));
            case ELU -> x > 0 ? x : Math.expm1(x);
            case EXP -> Math.exp(x);
            case LOG -> Math.log(x);
            case SQRT -> Math.sqrt(x);
            case SQUARE -> x * x;
        };
    }

    /** Numbers for which the function has a value. */
    private static float[] inputs(Activation activation, long seed, int n) {
        float[] x = gaussian(seed, n, 3);
        if (activation == Activation.LOG || activation == Activation.SQRT) {
            for (int i = 0; i < n; i++) {
                x[i] = Math.abs(x[i]) + 0.1f;
            }
        }
        return x;
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void activationAgreesWithDoublePrecision(Activation activation) {
        for (int d : SIZES) {
            float[] x = inputs(activation, SEED, ROWS * d);
            Matrix in = Guarded.matrix(ROWS, d, x);
            Guarded out = new Guarded(ROWS, d);
            Guarded.assertSplits(
                    ROWS, false, (b, e) -> new Apply(activation, in, out.matrix).run(b, e), out);
            for (int i = 0; i < x.length; i++) {
                double expected = reference(activation, x[i]);
                assertNear(expected, out.values()[i], 4e-7 * Math.abs(expected) + 1e-7, activation + " of " + x[i]);
            }
            Guarded inPlace = new Guarded(ROWS, d, x);
            new Apply(activation, inPlace.matrix, inPlace.matrix).run(0, ROWS);
            assertBits(out.values(), inPlace.values(), activation + " in place");
        }
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void gradientAgreesWithFiniteDifferences(Activation activation) {
        for (int d : SIZES) {
            float[] x = inputs(activation, SEED + 1, ROWS * d);
            float[] dy = gaussian(SEED + 2, ROWS * d, 1);
            Matrix in = Guarded.matrix(ROWS, d, x);
            Matrix from = Guarded.matrix(ROWS, d, dy);
            Guarded out = new Guarded(ROWS, d);
            Guarded.assertSplits(ROWS, false,
                    (b, e) -> new Gradient(activation, in, from, out.matrix).run(b, e), out);
            for (int i = 0; i < x.length; i++) {
                boolean bent = activation == Activation.RELU || activation == Activation.ELU;
                if (!bent || Math.abs(x[i]) > 2e-3) {
                    double slope = derivative(v -> reference(activation, v), x[i]);
                    assertNear(dy[i] * slope, out.values()[i], Math.abs(dy[i]) * 1e-6 * Math.max(1, Math.abs(slope)),
                            activation + " gradient at " + x[i]);
                }
            }
            Guarded inPlace = new Guarded(ROWS, d, dy);
            new Gradient(activation, in, inPlace.matrix, inPlace.matrix).run(0, ROWS);
            assertBits(out.values(), inPlace.values(), activation + " gradient in place");
        }
    }

    @Test
    void specialValuesOfActivations() {
        float[] x = {0, -0.0f, Float.MIN_VALUE, -Float.MIN_VALUE, INF, -INF, NAN, 200, -200};
        assertActivation(Activation.IDENTITY, x, x);
        assertActivation(Activation.RELU, x, new float[] {0, 0, Float.MIN_VALUE, 0, INF, 0, NAN, 200, 0});
        assertActivation(
                Activation.TANH, x, new float[] {0, -0.0f, Float.MIN_VALUE, -Float.MIN_VALUE, 1, -1, NAN, 1, -1});
        assertActivation(Activation.SIGMOID, x, new float[] {0.5f, 0.5f, 0.5f, 0.5f, 1, 0, NAN, 1, 0});
        float log2 = (float) Math.log(2);
        assertActivation(Activation.SOFTPLUS, x, new float[] {log2, log2, log2, log2, INF, 0, NAN, 200, 0});
        // half the smallest denormal rounds to the even neighbour, zero
        assertActivation(Activation.GELU, x, new float[] {0, -0.0f, 0, -0.0f, INF, -0.0f, NAN, 200, -0.0f});
        assertActivation(Activation.SILU, x, new float[] {0, -0.0f, 0, -0.0f, INF, -0.0f, NAN, 200, -0.0f});
        assertActivation(Activation.ELU, x,
                new float[] {0, 0, Float.MIN_VALUE, -Float.MIN_VALUE, INF, -1, NAN, 200, -1});
        assertActivation(Activation.EXP, x, new float[] {1, 1, 1, 1, INF, 0, NAN, INF, 0});
        assertActivation(Activation.SQUARE, x, new float[] {0, 0, 0, 0, INF, INF, NAN, 40000, 40000});
    }

    private static void assertActivation(Activation activation, float[] x, float[] expected) {
        Guarded out = new Guarded(1, x.length);
        new Apply(activation, Guarded.matrix(1, x.length, x), out.matrix).run(0, 1);
        for (int i = 0; i < x.length; i++) {
            assertSame(expected[i], out.values()[i], activation + " of " + x[i]);
        }
    }

    @Test
    void specialValuesOfGradients() {
        float[] x = {0, -0.0f, Float.MIN_VALUE, INF, -INF, NAN, 200, -200};
        assertGradient(Activation.IDENTITY, x, new float[] {2, 2, 2, 2, 2, 2, 2, 2});
        assertGradient(Activation.RELU, x, new float[] {0, 0, 2, 2, 0, 2, 2, 0});
        assertGradient(Activation.TANH, x, new float[] {2, 2, 2, 0, 0, NAN, 0, 0});
        assertGradient(Activation.SIGMOID, x, new float[] {0.5f, 0.5f, 0.5f, 0, 0, NAN, 0, 0});
        assertGradient(Activation.SOFTPLUS, x, new float[] {1, 1, 1, 2, 0, NAN, 2, 0});
        assertGradient(Activation.GELU, x, new float[] {1, 1, 1, 2, 0, NAN, 2, 0});
        assertGradient(Activation.SILU, x, new float[] {1, 1, 1, 2, 0, NAN, 2, 0});
        assertGradient(Activation.ELU, x, new float[] {2, 2, 2, 2, 0, NAN, 2, 0});
        assertGradient(Activation.EXP, x, new float[] {2, 2, 2, INF, 0, NAN, INF, 0});
        assertGradient(Activation.LOG, x, new float[] {INF, -INF, INF, 0, -0.0f, NAN, 0.01f, -0.01f});
        assertGradient(Activation.SQRT, x,
                new float[] {INF, -INF, 0x1.6a09e6p74f, 0, NAN, NAN, 0x1.21a186p-4f, NAN});
        assertGradient(Activation.SQUARE, x,
                new float[] {0, -0.0f, 4 * Float.MIN_VALUE, INF, -INF, NAN, 800, -800});
    }

    /** For dy = 2. */
    private static void assertGradient(Activation activation, float[] x, float[] expected) {
        Guarded dx = new Guarded(1, x.length);
        Matrix dy = BACKEND.matrix(1, x.length);
        new Fill(2, dy).run(0, 1);
        new Gradient(activation, Guarded.matrix(1, x.length, x), dy, dx.matrix).run(0, 1);
        for (int i = 0; i < x.length; i++) {
            assertSame(expected[i], dx.values()[i], activation + " gradient at " + x[i]);
        }
    }

    /** A closed gate stops even a gradient that is infinite or NaN. */
    @Test
    void reluGateIsNotAProduct() {
        Guarded dx = new Guarded(1, 3);
        new Gradient(Activation.RELU, Guarded.matrix(1, 3, -1, -1, 1), Guarded.matrix(1, 3, INF, NAN, INF), dx.matrix)
                .run(0, 1);
        assertBits(new float[] {0, 0, INF}, dx.values(), "gate");
    }

    @Test
    void mapsAgreeWithDoublePrecision() {
        for (int d : SIZES) {
            float[] x = gaussian(SEED + 3, ROWS * d, 20);
            Matrix in = Guarded.matrix(ROWS, d, x);
            Guarded exp = new Guarded(ROWS, d);
            Guarded log = new Guarded(ROWS, d);
            Guarded.assertSplits(
                    ROWS, false, (b, e) -> Elementwise.map(ScalarFunction.EXP, in, exp.matrix).body().run(b, e), exp);
            Elementwise.map(ScalarFunction.LOG, exp.matrix, log.matrix).body().run(0, ROWS);
            for (int i = 0; i < x.length; i++) {
                double expected = Math.exp(x[i]);
                assertNear(expected, exp.values()[i], 1.2e-7 * expected, "exp of " + x[i]);
                assertNear(Math.log(exp.values()[i]), log.values()[i], 1.2e-7 * Math.abs(x[i]) + 1e-9, "log");
            }
        }
    }

    @Test
    void specialValuesOfMaps() {
        assertMap(ScalarFunction.EXP, new float[] {0, -0.0f, INF, -INF, NAN, 200, -200},
                new float[] {1, 1, INF, 0, NAN, INF, 0});
        assertMap(ScalarFunction.LOG, new float[] {1, 0, -0.0f, INF, -1, -INF, NAN},
                new float[] {0, -INF, -INF, INF, NAN, NAN, NAN});
        assertMap(ScalarFunction.SQRT, new float[] {4, 2, 0, -0.0f, INF, Float.MIN_VALUE, -1, -INF, NAN},
                new float[] {2, 0x1.6a09e6p0f, 0, -0.0f, INF, 0x1.6a09e6p-75f, NAN, NAN, NAN});
    }

    private static void assertMap(ScalarFunction function, float[] x, float[] expected) {
        Guarded out = new Guarded(1, x.length);
        Elementwise.map(function, Guarded.matrix(1, x.length, x), out.matrix).body().run(0, 1);
        for (int i = 0; i < x.length; i++) {
            assertSame(expected[i], out.values()[i], function + " of " + x[i]);
        }
    }
}
