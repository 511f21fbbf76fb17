package io.elbo4j.control.environment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class NavigationTest {
    private static final double[] GOAL = {0.5, 0.4};
    private final Navigation navigation = new Navigation();

    @Test
    void aMoveIsATenth() {
        double[] state = {0.1, -0.2};
        double reward = navigation.step(state, new float[] {0.5f, -7}, new Draws(1));
        assertEquals(0.15, state[0], 1e-12);
        assertEquals(-0.3, state[1], 1e-12);
        assertEquals(-(0.35 * 0.35 + 0.7 * 0.7) - 0.01 * (0.25 + 1), reward, 1e-12);
        assertEquals(Math.hypot(0.35, 0.7), navigation.info(state).get("distance"), 1e-12);
        assertEquals(0, navigation.info(state).get("success"));
        double[] corner = {0.98, -0.98};
        navigation.step(corner, new float[] {1, -1}, new Draws(1));
        assertEquals(1, corner[0]);
        assertEquals(-1, corner[1]);
        assertEquals(1, navigation.info(new double[] {0.45, 0.45}).get("success"));
    }

    @Test
    void anEpisodeStartsNearACorner() {
        System.out.println("seed 4");
        double[] low = {2, 2};
        double[] high = {-2, -2};
        double[] state = new double[2];
        for (int e = 0; e < 2000; e++) {
            navigation.start(state, new Draws(4).at(e, 0, 0));
            for (int i = 0; i < 2; i++) {
                low[i] = Math.min(low[i], state[i]);
                high[i] = Math.max(high[i], state[i]);
            }
        }
        assertEquals(-0.8, low[0], 0.01);
        assertEquals(-0.4, high[0], 0.01);
        assertEquals(-0.7, low[1], 0.01);
        assertEquals(-0.3, high[1], 0.01);
    }

    /** The disc's centre of mass is where the point is, and its mass is that of a disc of 2.5 pixels. */
    @Test
    void thePointIsSeen() {
        float[] seen = new float[Navigation.SIDE * Navigation.SIDE];
        for (double[] state : new double[][] {{0, 0}, {-0.61, 0.37}, {0.5, 0.4}}) {
            navigation.observe(state, seen);
            double mass = 0;
            double x = 0;
            double y = 0;
            for (int i = 0; i < seen.length; i++) {
                assertTrue(seen[i] >= 0 && seen[i] <= 1);
                assertEquals(Math.rint(255 * seen[i]), 255.0 * seen[i], 1e-4, "a byte");
                mass += seen[i];
                x += seen[i] * (i % Navigation.SIDE + 0.5);
                y += seen[i] * (i / Navigation.SIDE + 0.5);
            }
            assertEquals(Math.PI * 2.5 * 2.5, mass, 0.6);
            assertEquals(state[0], 2.2 / 16 * x / mass - 1.1, 0.01);
            assertEquals(state[1], 1.1 - 2.2 / 16 * y / mass, 0.01);
        }
    }

    /** Each side by itself is a quadratic programme of 40 moves in [-1, 1]: by projected gradients. */
    @Test
    void theCeilingIsTheBestThereIs() {
        double sum = 0;
        double[] state = new double[2];
        for (int e = 0; e < 100; e++) {
            navigation.evaluationStart(e, state);
            sum -= (cost(state[0] - GOAL[0]) + cost(state[1] - GOAL[1])) / 100;
        }
        assertEquals(navigation.ceiling().orElseThrow(), sum, 0.005);
    }

    private static double cost(double from) {
        double[] a = new double[40];
        double[] p = new double[40];
        double cost = 0;
        for (int i = 0; i < 3000; i++) {
            cost = 0;
            for (int t = 0; t < 40; t++) {
                p[t] = (t == 0 ? from : p[t - 1]) + 0.1 * a[t];
                cost += p[t] * p[t] + 0.01 * a[t] * a[t];
            }
            double after = 0;
            for (int t = 39; t >= 0; t--) {
                after += 2 * p[t];
                a[t] = Math.max(-1, Math.min(1, a[t] - 0.09 * (0.1 * after + 0.02 * a[t])));
            }
        }
        return cost;
    }
}
