package io.elbo4j.train.posterior;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NetworkPosteriorTest {
    private static final Cubic DATA = Cubic.of(7, false, 4, 0);

    private static double[] weights(int count) {
        SplittableRandom random = new SplittableRandom(9);
        double[] z = new double[count];
        Arrays.setAll(z, i -> random.nextGaussian());
        return z;
    }

    @ParameterizedTest
    @EnumSource(value = Activation.class, names = {"RELU", "TANH"})
    void itsGradientAgreesWithDifferences(Activation activation) {
        NetworkPosterior posterior = new NetworkPosterior(DATA, 5, activation, 1.3);
        double[] z = weights(posterior.dimensions());
        double[] gradient = new double[z.length];
        posterior.logDensity(z, gradient);
        for (int d = 0; d < z.length; d++) {
            double[] up = z.clone();
            double[] down = z.clone();
            up[d] += 1e-6;
            down[d] -= 1e-6;
            assertEquals((posterior.logDensity(up) - posterior.logDensity(down)) / 2e-6, gradient[d], 1e-6 * Math.max(1,
                    Math.abs(gradient[d])), "weight " + d);
        }
    }

    /** Of two units by hand: the prior and the likelihood in weights, not in units of their deviations. */
    @Test
    void itIsThePriorTimesTheLikelihood() {
        NetworkPosterior posterior = new NetworkPosterior(DATA, 2, Activation.TANH, 1.5);
        double[] z = weights(7);
        double[] w = Arrays.stream(z).map(each -> 1.5 * each).toArray();
        double[] w2 = {w[4] / Math.sqrt(2), w[5] / Math.sqrt(2)};
        double expected = -(w2[0] * w2[0] + w2[1] * w2[1]) * 2 / (2 * 2.25);
        for (int i : new int[] {0, 1, 2, 3, 6}) {
            expected -= w[i] * w[i] / (2 * 2.25);
        }
        for (int i = 0; i < 7; i++) {
            double x = DATA.x()[i];
            double f = w2[0] * Math.tanh(w[0] * x + w[2]) + w2[1] * Math.tanh(w[1] * x + w[3]) + w[6];
            assertEquals(f, posterior.predict(z, x), 1e-14);
            expected -= Math.pow((DATA.y()[i] - f) / 0.12, 2) / 2;
        }
        assertEquals(expected, posterior.logDensity(z), 1e-9 * Math.abs(expected));
        assertEquals("activation must be relu or tanh, not ELU", assertThrows(IllegalArgumentException.class,
                () -> new NetworkPosterior(DATA, 2, Activation.ELU, 1)).getMessage());
    }

    @Test
    void dataIsACubeWithNoise() {
        for (boolean gap : new boolean[] {false, true}) {
            int count = 20_000;
            Cubic data = Cubic.of(count, gap, 3, 1);
            double least = Double.POSITIVE_INFINITY;
            double most = 0;
            double mean = 0;
            double squares = 0;
            int right = 0;
            for (int i = 0; i < count; i++) {
                double x = 2.3 * data.x()[i];
                double noise = 25 * data.y()[i] - x * x * x;
                least = Math.min(least, Math.abs(x));
                most = Math.max(most, Math.abs(x));
                right += x > 0 ? 1 : 0;
                mean += noise / count;
                squares += noise * noise / count;
            }
            System.out.printf("cubic, seed 3%s: |x| from %.4f to %.4f, noise %.4f, squared %.4f%n", gap ? ", gap" : "",
                    least, most, mean, squares);
            assertEquals(gap ? 1.5 : 0, least, 0.001);
            assertEquals(4, most, 0.001);
            assertEquals(0.5, right / (double) count, 4 * 0.5 / Math.sqrt(count));
            assertEquals(0, mean, 4 * 3 / Math.sqrt(count));
            assertEquals(9, squares, 4 * 9 * Math.sqrt(2.0 / count));
        }
        assertEquals(Arrays.toString(Cubic.of(3, false, 1, 0).x()), Arrays.toString(Arrays.copyOf(Cubic.of(5, false, 1,
                0).x(), 3)));
        assertTrue(Cubic.of(1, false, 1, 0).x()[0] != Cubic.of(1, false, 1, 1).x()[0]);
    }
}
