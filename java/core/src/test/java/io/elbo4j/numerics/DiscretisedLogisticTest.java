package io.elbo4j.numerics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DiscretisedLogisticTest {
    /** For probabilities down to exp(-150) that are differences of nearly equal numbers. */
    private static final MathContext DIGITS = new MathContext(150);
    private static final double[] BOUNDS = {0x1p-22, 0x1p-22, 0x1p-21};
    private static final double FARTHEST = 150;

    private static BigDecimal exp(BigDecimal x) {
        int halvings = Math.max(0, (int) Math.ceil(Math.log(Math.abs(x.doubleValue()) + 1e-300) / Math.log(2)) + 2);
        BigDecimal r = x.divide(BigDecimal.valueOf(2).pow(halvings), DIGITS);
        BigDecimal term = BigDecimal.ONE;
        BigDecimal sum = BigDecimal.ONE;
        for (int i = 1; i < 90; i++) {
            term = term.multiply(r, DIGITS).divide(BigDecimal.valueOf(i), DIGITS);
            sum = sum.add(term, DIGITS);
        }
        for (int i = 0; i < halvings; i++) {
            sum = sum.multiply(sum, DIGITS);
        }
        return sum;
    }

    private static BigDecimal sigmoid(BigDecimal x) {
        return BigDecimal.ONE.divide(BigDecimal.ONE.add(exp(x.negate())), DIGITS);
    }

    private static BigDecimal slope(BigDecimal sigmoid) {
        return sigmoid.multiply(BigDecimal.ONE.subtract(sigmoid), DIGITS);
    }

    /** Of a number that double precision may not hold. */
    private static double log(BigDecimal x) {
        int power = x.precision() - x.scale();
        return Math.log(x.scaleByPowerOfTen(-power).doubleValue()) + power * Math.log(10);
    }

    /** The definition: log p, and its derivatives with respect to m and s. */
    private static double[] expected(int x, float m, float s, int top) {
        BigDecimal inverse = exp(new BigDecimal(s).negate());
        BigDecimal d = new BigDecimal(x).subtract(new BigDecimal(m));
        BigDecimal half = new BigDecimal("0.5");
        BigDecimal above = d.add(half).multiply(inverse, DIGITS);
        BigDecimal below = d.subtract(half).multiply(inverse, DIGITS);
        BigDecimal p = BigDecimal.ONE;
        BigDecimal ofMean = BigDecimal.ZERO;
        BigDecimal ofScale = BigDecimal.ZERO;
        if (x < top) {
            BigDecimal upTo = sigmoid(above);
            p = upTo;
            ofMean = slope(upTo).multiply(inverse, DIGITS).negate();
            ofScale = slope(upTo).multiply(above, DIGITS).negate();
        }
        if (x > 0) {
            BigDecimal less = sigmoid(below);
            p = p.subtract(less, DIGITS);
            ofMean = ofMean.add(slope(less).multiply(inverse, DIGITS), DIGITS);
            ofScale = ofScale.add(slope(less).multiply(below, DIGITS), DIGITS);
        }
        return new double[] {log(p), ofMean.divide(p, DIGITS).doubleValue(), ofScale.divide(p, DIGITS).doubleValue()};
    }

    private static float[] found(float x, float m, float s, float top) {
        float inverse = Exp.exp(-s);
        return new float[] {DiscretisedLogistic.term(x, m, top, inverse), DiscretisedLogistic.ofMean(x, m, top,
                inverse), DiscretisedLogistic.ofLogScale(x, m, top, inverse)};
    }

    @Test
    void staysWithinThePromisedErrors() {
        SplittableRandom random = new SplittableRandom(17);
        double[] worst = new double[3];
        int done = 0;
        while (done < 6000) {
            int top = new int[] {1, 4, 255}[random.nextInt(3)];
            int x = random.nextInt(5) == 0 ? (random.nextBoolean() ? 0 : top) : random.nextInt(top + 1);
            float s = (float) (random.nextInt(4) == 0 ? random.nextDouble(-80, 80) : random.nextDouble(-4, 6));
            double near = Math.min(300, Math.exp(s) * random.nextDouble(0, 30));
            float m = (float) (random.nextInt(20) == 0 ? x : x + (random.nextBoolean() ? 0.5 : 0) + near * random
                    .nextDouble(-1, 1));
            double inverse = Math.exp(-(double) s);
            double e = (Math.abs((double) x - m) + 0.5) * inverse;
            if (!(e < FARTHEST)) {
                continue;
            }
            done++;
            double[] expected = expected(x, m, s, top);
            float[] found = found(x, m, s, top);
            double[] sizes = {Math.abs(expected[0]) + e + 1, inverse, e + 1};
            for (int i = 0; i < 3; i++) {
                double error = Math.abs(found[i] - expected[i]) / sizes[i];
                worst[i] = Math.max(worst[i], error);
                assertTrue(error <= BOUNDS[i], "level " + x + " of 0 to " + top + ", mean " + m + ", log-scale " + s
                        + ": "
                        + found[i] + " instead of " + expected[i] + " (" + i + ")");
            }
        }
        System.out.printf("discretised logistic: worst errors 2^%.2f, of the derivatives 2^%.2f and 2^%.2f%n", Math.log(
                worst[0]) / Math.log(2), Math.log(worst[1]) / Math.log(2), Math.log(worst[2]) / Math.log(2));
    }

    @Test
    void specialValues() {
        // two levels on both sides of the mean
        assertEquals((float) -Math.log(2), found(0, 0.5f, 3, 1)[0]);
        assertEquals((float) -Math.log(2), found(1, 0.5f, 3, 1)[0]);
        // in the middle of a level there is no pull
        assertEquals(0, found(2, 2, 0.7f, 4)[1] + 0.0f);
        // a scale of almost nothing is sure, and far off by the distance over it
        assertEquals(0, found(2, 2, -80, 4)[0] + 0.0f);
        assertEquals(0, found(0, -3, -80, 4)[2] + 0.0f);
        assertEquals(-2.5e30f, found(2, 5, -30 * (float) Math.log(10), 4)[0], 1e25f);
        // a wide scale is a density times 1
        assertEquals(-40 - 2 * (float) Math.log(2), found(2, 2, 40, 4)[0], 1e-5f);
        assertEquals(-1, found(2, 2, 40, 4)[2], 1e-6f);
        float nan = Float.NaN;
        for (float[] each : new float[][] {{nan, 0, 0}, {1, nan, 0}, {1, 0, nan}, {0, nan, 0}, {4, 0, nan}}) {
            for (float of : found(each[0], each[1], each[2], 4)) {
                assertEquals(nan, of);
            }
        }
    }
}
