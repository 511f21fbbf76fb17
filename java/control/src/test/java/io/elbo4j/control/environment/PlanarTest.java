package io.elbo4j.control.environment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import org.junit.jupiter.api.Test;

class PlanarTest {
    private static final long SEED = 12;

    private static float[] seen(double x, double y) {
        float[] pixels = new float[Planar.SIDE * Planar.SIDE];
        new Planar().observe(new double[] {x, y}, pixels);
        return pixels;
    }

    /** The centre of mass of what is seen besides the obstacles is where the agent is, and its area is 9. */
    @Test
    void theAgentIsSeenWhereItIs() {
        Planar planar = new Planar();
        float[] obstacles = seen(20, 20);
        double[] state = new double[2];
        for (int e = 0; e < 500; e++) {
            planar.start(state, new Draws(SEED).at(e, 0, 0));
            float[] pixels = seen(state[0], state[1]);
            double area = 0;
            double x = 0;
            double y = 0;
            boolean touches = false;
            for (int i = 0; i < pixels.length; i++) {
                int column = i % 40;
                int row = 39 - i / 40;
                assertTrue(pixels[i] >= 0 && pixels[i] <= 1);
                boolean middle = column >= 18 && column < 22 && row >= 18 && row < 22;
                if (pixels[i] > 0 && (middle || obstacles[i] == 0)) {
                    area += pixels[i];
                    x += pixels[i] * (column + 0.5);
                    y += pixels[i] * (row + 0.5);
                }
                double dx = Math.abs(column + 0.5 - state[0]);
                double dy = Math.abs(row + 0.5 - state[1]);
                touches |= !middle && obstacles[i] == 1 && dx < 2 && dy < 2;
            }
            if (!touches) {
                assertEquals(9, area, 1e-5, "episode " + e);
                assertEquals(state[0], x / area, 1e-5);
                assertEquals(state[1], y / area, 1e-5);
            }
        }
    }

    /** Six discs of about pi 2.5^2 pixels, which a turn by 60 degrees does not change. */
    @Test
    void thereAreSixObstacles() {
        float[] pixels = seen(20, 20);
        int count = 0;
        for (int i = 0; i < pixels.length; i++) {
            double x = i % 40 + 0.5 - 20;
            double y = 20 - (i / 40 + 0.5);
            double radius = Math.hypot(x, y);
            double bearing = Math.toDegrees(Math.atan2(y, x)) - 30;
            double off = Math.toRadians(bearing - 60 * Math.round(bearing / 60));
            double distance = Math.hypot(radius * Math.cos(off) - 11, radius * Math.sin(off));
            if (radius > 3) {
                assertEquals(distance < 2.5 ? 1 : 0, pixels[i], "pixel " + i);
                count += (int) pixels[i];
            }
        }
        assertEquals(6 * Math.PI * 2.5 * 2.5, count, 12);
    }

    @Test
    void obstaclesAndWallsStopIt() {
        Planar planar = new Planar();
        Draws draws = new Draws(SEED);
        double[] below = {20, 26.1};
        planar.step(below, new float[] {0, 2}, draws); // the obstacle at (20, 31) begins at 27
        assertEquals(26.6, below[1], 1e-12);
        planar.step(below, new float[] {0, 2}, draws);
        assertEquals(26.6, below[1], 1e-12);
        planar.step(below, new float[] {-2, -9}, draws);
        assertEquals(18, below[0], 1e-12);
        assertEquals(24.6, below[1], 1e-12);
        double[] corner = {2.5, 2.1};
        planar.step(corner, new float[] {-2, -2}, draws);
        assertEquals(2, corner[0]);
        assertEquals(2, corner[1]);
    }

    @Test
    void theGoalEndsIt() {
        Planar planar = new Planar();
        double[] state = {33, 36};
        assertFalse(planar.terminated(state));
        assertEquals(0, planar.step(state, new float[] {1, 0}, new Draws(SEED)));
        assertEquals(1, planar.step(state, new float[] {0.5f, 0}, new Draws(SEED)));
        assertTrue(planar.terminated(state));
        assertEquals(1, planar.info(state).get("success"));
        assertEquals(1.5, planar.info(state).get("distance"), 1e-12);
    }

    /** Uniform where nothing is in the way: of the room, six discs of radius 4 less, and one of 2 at the goal. */
    @Test
    void startsAreFree() {
        Planar planar = new Planar();
        double[] state = new double[2];
        int n = 20_000;
        int left = 0;
        int middle = 0;
        for (int e = 0; e < n; e++) {
            planar.start(state, new Draws(SEED).at(e, 0, 0));
            for (int k = 0; k < 6; k++) {
                double bearing = Math.toRadians(30 + 60 * k);
                assertTrue(Math.hypot(state[0] - 20 - 11 * Math.cos(bearing), state[1] - 20 - 11 * Math.sin(
                        bearing)) >= 4);
            }
            assertFalse(planar.terminated(state));
            left += state[0] < 8 ? 1 : 0;
            middle += Math.hypot(state[0] - 20, state[1] - 20) < 7 ? 1 : 0;
        }
        double free = 36 * 36 - 6 * Math.PI * 16 - Math.PI * 4;
        assertEquals(Math.PI * 49 / free, middle / (double) n, 5 * Math.sqrt(0.15 * 0.85 / n));
        // of the discs at the left lies a cap left of x = 8
        double d = 12 - 11 * Math.cos(Math.PI / 6);
        double cap = 16 * Math.acos(d / 4) - d * Math.sqrt(16 - d * d);
        assertEquals((6 * 36 - 2 * cap) / free, left / (double) n, 5 * Math.sqrt(0.2 * 0.8 / n));
    }

    /** What is seen at (36, 36), also through wrappers; where it is not at the goal nobody says so. */
    @Test
    void theGoalIsShown() {
        float[] goal = new Planar().goal().orElseThrow();
        assertArrayEquals(seen(36, 36), goal);
        assertArrayEquals(goal, new NoisyPlanar().goal().orElseThrow());
        assertArrayEquals(goal, new TimeLimit(new Planar(), 3).goal().orElseThrow());
        assertArrayEquals(goal, new ActionRepeat(new Planar(), 2).goal().orElseThrow());
        assertTrue(new Pendulum().goal().isEmpty());
    }

    /** The corners of the plane are those of the walls; no place is in an obstacle. */
    @Test
    void placesAreOnThePlane() {
        Planar planar = new Planar();
        assertArrayEquals(new double[] {2, 38}, planar.place(0, 1).orElseThrow());
        assertArrayEquals(new double[] {20, 20}, planar.place(0.5, 0.5).orElseThrow());
        assertTrue(planar.place(0.5, 29.0 / 36).isEmpty(), "the obstacle at (20, 31)");
        assertTrue(planar.place(0.5, 24.9 / 36).isPresent(), "at 26.9; it begins at 27");
        assertTrue(planar.place(0.5, 25.1 / 36).isEmpty());
        Environment limited = new TimeLimit(planar, 3);
        assertArrayEquals(new double[] {2, 2}, limited.place(0, 0).orElseThrow());
        assertArrayEquals(new double[] {2, 2, 0}, new ActionRepeat(planar, 2).place(0, 0).orElseThrow());
        assertTrue(new Pendulum().place(0.5, 0.5).isEmpty());
    }

    @Test
    void theNoisyOneHasNoiseOfSevenTenths() {
        double[] one = {20, 20};
        double[] other = one.clone();
        new NoisyPlanar().step(one, new float[] {1, 0}, new Draws(SEED));
        new Planar(0.7).step(other, new float[] {1, 0}, new Draws(SEED));
        assertArrayEquals(other, one);
        assertEquals("planar-noisy", new NoisyPlanar().name());
    }

    @Test
    void noiseMovesIt() {
        Planar planar = new Planar(0.7);
        int n = 20_000;
        double sum = 0;
        double squares = 0;
        double product = 0;
        for (int e = 0; e < n; e++) {
            double[] state = {20, 20};
            planar.step(state, new float[] {1, 0}, new Draws(SEED).at(e, 0, 1));
            sum += state[0] - 21;
            squares += (state[1] - 20) * (state[1] - 20);
            product += (state[0] - 21) * (state[1] - 20);
        }
        assertEquals(0, sum / n, 5 * 0.7 / Math.sqrt(n));
        assertEquals(0.49, squares / n, 5 * 0.49 * Math.sqrt(2.0 / n));
        assertEquals(0, product / n, 5 * 0.49 / Math.sqrt(n));
        assertEquals("noise must be at least 0, not -1.0", assertThrows(ArgumentException.class, () -> new Planar(-1))
                .getMessage());
    }
}
