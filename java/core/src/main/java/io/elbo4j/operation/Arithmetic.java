package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;

/**
 * Sums, differences and products of single elements, float32, each rounded once. All matrices of a call have one shape;
 * an input may be one row repeated ({@link Matrix#repeatRow}). NaN, infinities and signed zeros are as IEEE 754 says.
 * Errors are reported as by {@link GaussianSampleKl}.
 */
public final class Arithmetic {
    private static final double NANOS_PER_ELEMENT = 0.2;

    private Arithmetic() {}

    /** In the order of {@code native/spec/arithmetic.h}. */
    public enum Function {
        ADD, SUBTRACT, MULTIPLY
    }

    /** target = a + b; target may be a or b. */
    public static Launch add(Matrix a, Matrix b, Matrix target) {
        return combine("Arithmetic.add", Function.ADD, a, b, target);
    }

    /** target = a - b; target may be a or b. */
    public static Launch subtract(Matrix a, Matrix b, Matrix target) {
        return combine("Arithmetic.subtract", Function.SUBTRACT, a, b, target);
    }

    /** target = a b, element by element; target may be a or b. */
    public static Launch multiply(Matrix a, Matrix b, Matrix target) {
        return combine("Arithmetic.multiply", Function.MULTIPLY, a, b, target);
    }

    private static Launch combine(String name, Function function, Matrix a, Matrix b, Matrix target) {
        Arguments all = new Arguments(name).input("a", a);
        all.input("b", b, a.rows(), a.columns()).outputInPlace("target", target, a.rows(), a.columns());
        return all.launch(new Combine(function, a, b, target)).reads(a, b).writes(target)
                .nanosPerItem(NANOS_PER_ELEMENT * a.columns());
    }

    /**
     * target = target + factor x y, as one fused multiply-add of (factor x), y and target: the gradient of a product.
     * target must lie apart from x and y.
     */
    public static Launch multiplyAdd(float factor, Matrix x, Matrix y, Matrix target) {
        Arguments a = new Arguments("Arithmetic.multiplyAdd").input("x", x);
        a.input("y", y, x.rows(), x.columns()).output("target", target, x.rows(), x.columns());
        return a.launch(new MultiplyAdd(factor, x, y, target)).reads(x, y, target).writes(target)
                .nanosPerItem(NANOS_PER_ELEMENT * x.columns());
    }

    /** y = factor x; y may be x. */
    public static Launch scale(float factor, Matrix x, Matrix y) {
        // adding -0 changes nothing
        return scale("Arithmetic.scale", factor, -0.0f, x, y);
    }

    /** y = factor x + shift, as one fused multiply-add; y may be x. */
    public static Launch scaleAndShift(float factor, float shift, Matrix x, Matrix y) {
        return scale("Arithmetic.scaleAndShift", factor, shift, x, y);
    }

    private static Launch scale(String name, float factor, float shift, Matrix x, Matrix y) {
        Arguments a = new Arguments(name).input("x", x).outputInPlace("y", y, x.rows(), x.columns());
        return a.launch(new Scale(factor, shift, x, y)).reads(x).writes(y)
                .nanosPerItem(NANOS_PER_ELEMENT * x.columns());
    }

    /** Items are rows. */
    public record Combine(Function function, Matrix a, Matrix b, Matrix target) implements Operation {
        @Override
        public long items() {
            return target.rows();
        }
    }

    /** Items are rows. */
    public record Scale(float factor, float shift, Matrix x, Matrix y) implements Operation {
        @Override
        public long items() {
            return y.rows();
        }
    }

    /** Items are rows. */
    public record MultiplyAdd(float factor, Matrix x, Matrix y, Matrix target) implements Operation {
        @Override
        public long items() {
            return target.rows();
        }
    }
}
