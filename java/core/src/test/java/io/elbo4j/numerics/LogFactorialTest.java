package io.elbo4j.numerics;

import static io.elbo4j.numerics.Accuracy.assertBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LogFactorialTest {
    /** Against the sum of logarithms in float64, compensated (Kahan 1965), which is good to some 2^-50. */
    @Test
    void everyCountStaysWithinThePromisedUlp() {
        double sum = 0;
        double lost = 0;
        double worst = 0;
        for (int x = 0; x <= 1 << 24; x++) {
            double term = StrictMath.log(Math.max(1, x)) - lost;
            double next = sum + term;
            lost = next - sum - term;
            sum = next;
            double error = Accuracy.ulpError(LogFactorial.of(x), sum);
            int count = x;
            assertTrue(error <= 1.4, () -> "log(" + count + "!) is " + error + " ULP off");
            worst = Math.max(worst, error);
        }
        System.out.println("log(x!): at most " + worst + " ULP");
    }

    @Test
    void specialValues() {
        assertBits(0, LogFactorial.of(0));
        assertBits(0, LogFactorial.of(-0.0f));
        assertBits(0, LogFactorial.of(Float.NEGATIVE_INFINITY));
        assertBits((float) StrictMath.log(6), LogFactorial.of(3.2f));
        assertTrue(Float.isNaN(LogFactorial.of(Float.NaN)));
        assertTrue(Float.isNaN(LogFactorial.of(Float.POSITIVE_INFINITY)));
        // log gamma(17.5) = log(33!! / 2^17 sqrt(pi))
        double oddFactors = 1;
        for (int i = 3; i <= 33; i += 2) {
            oddFactors *= i;
        }
        assertEquals(StrictMath.log(oddFactors / (1 << 17) * StrictMath.sqrt(Math.PI)), LogFactorial.of(16.5f), 4e-6);
    }
}
