package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.assertBits;
import static io.elbo4j.purejava.Guarded.assertSame;
import static io.elbo4j.purejava.References.ROUNDING;
import static io.elbo4j.purejava.References.SIZES;
import static io.elbo4j.purejava.References.assertNear;
import static io.elbo4j.purejava.References.gaussian;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Matrix;
import io.elbo4j.operation.LambdaReturns.Backward;
import io.elbo4j.operation.LambdaReturns.Forward;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the operation's Javadoc promises, in double precision by the forward view: the mean of all n-step returns
 * (Sutton and Barto 2018, equation 12.3), which is no recursion. Errors as shares of the bounds.
 */
class LambdaReturnsTest {
    private static final long SEED = 1998;
    private static final int[] STEPS = {1, 2, 15, 37};
    private static final float INF = Float.POSITIVE_INFINITY;
    private static final float NAN = Float.NaN;

    private double worst;

    /** Of one row, in double precision. */
    private record Row(double[] r, double[] d, double[] v) {
        static Row of(float[] r, float[] d, float[] v, int row, int steps) {
            return new Row(part(r, row, steps), part(d, row, steps), part(v, row, steps));
        }

        private static double[] part(float[] all, int row, int steps) {
            double[] part = new double[steps];
            Arrays.setAll(part, t -> all[row * steps + t]);
            return part;
        }

        private int steps() {
            return r.length;
        }

        Row magnitudes() {
            return new Row(abs(r), abs(d), abs(v));
        }

        private static double[] abs(double[] x) {
            return Arrays.stream(x).map(Math::abs).toArray();
        }

        /** The rewards of n steps from t on, and the value after them. */
        private double ofSteps(int t, int n) {
            double sum = 0;
            double factor = 1;
            for (int k = t; k < t + n; k++) {
                sum += factor * r[k];
                factor *= d[k];
            }
            return sum + factor * v[t + n - 1];
        }

        double forwardView(int t, double lambda) {
            int most = steps() - t;
            double sum = Math.pow(lambda, most - 1) * ofSteps(t, most);
            for (int n = 1; n < most; n++) {
                sum += (1 - lambda) * Math.pow(lambda, n - 1) * ofSteps(t, n);
            }
            return sum;
        }

        /** What is discounted; the last value alone at the end. */
        double mean(int t, double lambda) {
            return t == steps() - 1 ? v[t] : (1 - lambda) * v[t] + lambda * forwardView(t + 1, lambda);
        }

        /** The bound of the error of a return. */
        double error(int t, double lambda) {
            double size = Math.abs(v[steps() - 1]);
            double error = 0;
            for (int k = steps() - 1; k >= t; k--) {
                double ofNext = k == steps() - 1 ? 0 : lambda;
                size = Math.abs(r[k]) + Math.abs(d[k]) * ((1 - ofNext) * Math.abs(v[k]) + ofNext * size);
                error = 4 * ROUNDING * size + Math.abs(d[k]) * ofNext * error;
            }
            return error;
        }

        double errorOfMean(int t, double lambda) {
            return t == steps() - 1 ? 0 : 3 * ROUNDING * magnitudes().mean(t, lambda) + lambda * error(t + 1, lambda);
        }

        /** sum dG G. */
        double loss(double[] dG, double lambda) {
            double sum = 0;
            for (int t = 0; t < steps(); t++) {
                sum += dG[t] * forwardView(t, lambda);
            }
            return sum;
        }

        /** The loss is a linear function of each number, so that this difference is its derivative. */
        double derivative(double[] of, int t, double[] dG, double lambda) {
            double at = of[t];
            of[t] = at + 1;
            double above = loss(dG, lambda);
            of[t] = at - 1;
            double below = loss(dG, lambda);
            of[t] = at;
            return (above - below) / 2;
        }
    }

    private void within(double expected, float actual, double bound, String message) {
        // of the reference itself, in double precision
        double all = bound + 0x1p-44 * (1 + Math.abs(expected));
        assertNear(expected, actual, all, message + ", seed " + SEED);
        worst = Math.max(worst, Math.abs(actual - expected) / all);
    }

    private static float[] discounts(int n) {
        float[] d = gaussian(SEED + 1, n, 0.6);
        for (int i = 0; i < n; i += 5) {
            d[i] = 0;
        }
        return d;
    }

    private static Guarded forward(int rows, int steps, float lambda, float[] r, float[] d, float[] v) {
        Guarded returns = new Guarded(rows, steps);
        Forward op = new Forward(Guarded.matrix(rows, steps, r), Guarded.matrix(rows, steps, d), Guarded.matrix(rows,
                steps, v), lambda, returns.matrix);
        Guarded.assertSplits(rows, false, (begin, end) -> LambdaReturns.forward(op, begin, end), returns);
        return returns;
    }

    /** Of rewards, discounts and values. */
    private static Guarded[] backward(int rows, int steps, float lambda, float[] d, float[] v, Matrix returns,
            float[] dReturns) {
        Guarded[] all = {new Guarded(rows, steps), new Guarded(rows, steps), new Guarded(rows, steps)};
        Backward op = new Backward(Guarded.matrix(rows, steps, d), Guarded.matrix(rows, steps, v), lambda, returns,
                Guarded.matrix(rows, steps, dReturns), all[0].matrix, all[1].matrix, all[2].matrix);
        Guarded.assertSplits(rows, false, (begin, end) -> LambdaReturns.backward(op, begin, end), all);
        return all;
    }

    @ParameterizedTest
    @ValueSource(floats = {0, 1e-3f, 0.3f, 0.5f, 0.95f, 1})
    void areNearFloat64(float lambda) {
        for (int rows : SIZES) {
            for (int steps : rows > 33 ? new int[] {1, 15} : STEPS) {
                compare(rows, steps, lambda);
            }
        }
        for (int steps : SIZES) {
            compareReturns(steps, lambda);
        }
        System.out.printf("lambda-returns, lambda %s, seed %d: at most %.2f of the bounds%n", lambda, SEED, worst);
    }

    /** The first, the middle and the last of many steps of two rows. */
    private void compareReturns(int steps, float lambda) {
        float[] r = gaussian(SEED, 2 * steps, 1);
        float[] d = gaussian(SEED + 1, 2 * steps, 1);
        float[] v = gaussian(SEED + 2, 2 * steps, 3);
        float[] found = forward(2, steps, lambda, r, d, v).values();
        for (int row = 0; row < 2; row++) {
            Row of = Row.of(r, d, v, row, steps);
            for (int t = 0; t < steps; t += Math.max(1, (steps - 1) / 2)) {
                within(of.forwardView(t, lambda), found[row * steps + t], of.error(t, lambda), steps + " steps, row "
                        + row + ", step " + t);
            }
        }
    }

    private void compare(int rows, int steps, float lambda) {
        int n = rows * steps;
        float[] r = gaussian(SEED, n, 1);
        float[] d = discounts(n);
        float[] v = gaussian(SEED + 2, n, 3);
        float[] dG = gaussian(SEED + 3, n, 1);
        Guarded returns = forward(rows, steps, lambda, r, d, v);
        Guarded[] gradients = backward(rows, steps, lambda, d, v, returns.matrix, dG);
        for (int row = 0; row < rows; row = row == 2 ? Math.max(3, rows - 2) : row + 1) {
            Row of = Row.of(r, d, v, row, steps);
            double[] own = Row.part(dG, row, steps);
            double whole = 0;
            double errorOfWhole = 0;
            for (int t = 0; t < steps; t++) {
                String at = rows + " x " + steps + ", row " + row + ", step " + t;
                int i = row * steps + t;
                within(of.forwardView(t, lambda), returns.values()[i], of.error(t, lambda), "return, " + at);
                double carried = t == 0 ? 0 : lambda * Math.abs(d[i - 1]);
                whole = Math.abs(own[t]) + carried * whole;
                errorOfWhole = 2 * ROUNDING * whole + carried * errorOfWhole;
                within(of.derivative(of.r, t, own, lambda), gradients[0].values()[i], errorOfWhole, "dReward, " + at);
                double mean = Math.abs(of.mean(t, lambda));
                within(of.derivative(of.d, t, own, lambda), gradients[1].values()[i], 1.001 * (errorOfWhole * mean
                        + whole * of.errorOfMean(t, lambda) + ROUNDING * whole * mean), "dDiscount, " + at);
                double share = Math.abs(d[i]) * (t == steps - 1 ? 1 : 1 - (double) lambda);
                within(of.derivative(of.v, t, own, lambda), gradients[2].values()[i], share * (errorOfWhole
                        + 3 * ROUNDING * whole), "dValue, " + at);
            }
        }
    }

    /** Nothing is rounded. */
    @Test
    void byHand() {
        float[] r = {1, 2, 4, 8};
        float[] d = {0.5f, 0.5f, 0.5f, 0.5f};
        float[] v = {4, 8, 12, 16};
        assertBits(new float[] {3, 6, 10, 16}, forward(1, 4, 0, r, d, v).values(), "lambda 0");
        assertBits(new float[] {5, 8, 12, 16}, forward(1, 4, 1, r, d, v).values(), "lambda 1");
        assertBits(new float[] {3.6875f, 6.75f, 11, 16}, forward(1, 4, 0.5f, r, d, v).values(),
                "lambda 0.5");
    }

    /** What 0 and 1 leave out does not show, and what they keep has no rounding of its own. */
    @Test
    void temporalDifferencesAndMonteCarlo() {
        int steps = 129;
        float[] r = gaussian(SEED, steps, 1);
        float[] d = gaussian(SEED + 1, steps, 0.9);
        float[] v = gaussian(SEED + 2, steps, 1);
        float[] dG = gaussian(SEED + 3, steps, 1);
        float[] values = v.clone();
        Arrays.fill(values, 0, steps - 1, NAN);
        float[] monteCarlo = forward(1, steps, 1, r, d, values).values();
        float next = v[steps - 1];
        for (int t = steps - 1; t >= 0; t--) {
            next = Math.fma(d[t], next, r[t]);
            assertBits(next, monteCarlo[t], "Monte Carlo, step " + t);
        }
        float[] rewards = r.clone();
        rewards[70] = NAN;
        rewards[80] = INF;
        float[] temporal = forward(1, steps, 0, rewards, d, v).values();
        for (int t = 0; t < steps; t++) {
            assertSame(Math.fma(d[t], v[t], rewards[t]), temporal[t], "temporal difference, step " + t);
        }
        Guarded[] of1 = backward(1, steps, 1, d, values, Guarded.matrix(1, steps, monteCarlo), dG);
        Guarded[] of0 = backward(1, steps, 0, d, v, Guarded.matrix(1, steps, temporal), dG);
        for (int t = 0; t < steps; t++) {
            boolean last = t == steps - 1;
            assertBits(last ? d[t] * of1[0].values()[t] : 0, of1[2].values()[t], "dValue of 1, step " + t);
            assertBits(of1[0].values()[t] * (last ? v[t] : monteCarlo[t + 1]), of1[1].values()[t], "dDiscount, " + t);
            assertBits(dG[t], of0[0].values()[t], "dReward of 0, step " + t);
            assertBits(dG[t] * v[t], of0[1].values()[t], "dDiscount of 0, step " + t);
            assertBits(d[t] * dG[t], of0[2].values()[t], "dValue of 0, step " + t);
        }
    }

    @Test
    void lambdaChangesTheBits() {
        float[] r = gaussian(SEED, 15, 1);
        float[] d = gaussian(SEED + 1, 15, 1);
        float[] v = gaussian(SEED + 2, 15, 1);
        float[] first = forward(1, 15, 0.9f, r, d, v).values();
        float[] second = forward(1, 15, Math.nextUp(0.9f), r, d, v).values();
        assertTrue(!Arrays.equals(first, second), "0.9 and the float after it");
    }

    /** Not even roundings of its mean, which are rare. */
    @Test
    void theLastStepHasNoLambda() {
        int rows = 1031;
        float[] r = gaussian(SEED, rows, 1);
        float[] d = gaussian(SEED + 1, rows, 1);
        float[] v = gaussian(SEED + 2, rows, 1);
        float[] expected = forward(rows, 1, 0, r, d, v).values();
        for (float lambda : new float[] {1e-3f, 0.3f, 0.7f, 1}) {
            assertBits(expected, forward(rows, 1, lambda, r, d, v).values(), "lambda " + lambda);
        }
    }

    /** With lambda 0.5: the first step's reward, discount and value, the last step's return; the first one's return. */
    @Test
    void specialValues() {
        float tiny = Float.MIN_VALUE;
        float huge = Float.MAX_VALUE;
        float[][] cases = {
                {-0.0f, 1, -0.0f, -0.0f, -0.0f}, {-0.0f, 1, 0, -0.0f, 0}, {-0.0f, -1, 0, 0, -0.0f},
                {0, 1, 2 * tiny, 2 * tiny, 2 * tiny}, {tiny, 1, 0, 0, tiny}, {0, 0x1p-149f, 1, 1, tiny},
                {0, 1, huge, huge, huge}, {huge, 1, huge, huge, INF}, {0, 2, -huge, -huge, -INF},
                {1, 1, INF, INF, INF}, {1, 1, INF, -INF, NAN}, {INF, 1, -INF, 0, NAN}, {1, 0, INF, 0, NAN},
                {1, 0, huge, huge, 1}, {NAN, 0, 0, 0, NAN}, {0, NAN, 0, 0, NAN}, {0, 1, NAN, 0, NAN},
                {0, 1, 0, NAN, NAN}, {-1, INF, 1, 1, INF}, {-1, INF, 1, -1, NAN}};
        for (float[] c : cases) {
            String name = Arrays.toString(c);
            // the last step's value is its return: no reward, a discount of 1
            float[] found = forward(1, 2, 0.5f, new float[] {c[0], -0.0f}, new float[] {c[1], 1}, new float[] {c[2],
                    c[3]}).values();
            assertSame(c[3], found[1], name);
            assertSame(c[4], found[0], name);
        }
        float[] one = forward(1, 1, 0.5f, new float[] {-0.0f}, new float[] {0}, new float[] {-3}).values();
        assertBits(-0.0f, one[0], "signs of zeros");
        // -0 times 2, a whole gradient that overflows, a discount of 0 that stops it
        Guarded[] all = backward(1, 3, 0.5f, new float[] {2, 0, 1}, new float[] {1, 1, 1}, Guarded.matrix(1, 3, 1, 1,
                1), new float[] {-0.0f, huge, huge});
        assertBits(new float[] {-0.0f, huge, huge}, all[0].values(), "dRewards");
        assertBits(new float[] {-0.0f, huge, huge}, all[1].values(), "dDiscounts");
        assertBits(new float[] {-0.0f, 0, huge}, all[2].values(), "dValues");
        all = backward(1, 2, 1, new float[] {INF, 1}, new float[] {1, 1}, Guarded.matrix(1, 2, 1, 1), new float[] {1,
                NAN});
        assertSame(NAN, all[0].values()[1], "dRewards");
        assertBits(0, all[2].values()[0], "a value without weight has no gradient, whatever the others are");
    }

    /** Each gradient alone is the same as with the others. */
    @Test
    void whatIsWanted() {
        int steps = 15;
        float[] d = gaussian(SEED, 33 * steps, 1);
        float[] v = gaussian(SEED + 1, 33 * steps, 1);
        float[] dG = gaussian(SEED + 2, 33 * steps, 1);
        Matrix returns = Guarded.matrix(33, steps, gaussian(SEED + 3, 33 * steps, 1));
        Guarded[] all = backward(33, steps, 0.95f, d, v, returns, dG);
        for (int wanted = 0; wanted < 3; wanted++) {
            Guarded alone = new Guarded(33, steps);
            LambdaReturns.backward(new Backward(Guarded.matrix(33, steps, d), Guarded.matrix(33, steps, v), 0.95f,
                    returns, Guarded.matrix(33, steps, dG), wanted == 0 ? alone.matrix : null, wanted == 1
                            ? alone.matrix
                            : null, wanted == 2 ? alone.matrix : null), 0, 33);
            assertBits(all[wanted].values(), alone.values(), "gradient " + wanted);
        }
    }
}
