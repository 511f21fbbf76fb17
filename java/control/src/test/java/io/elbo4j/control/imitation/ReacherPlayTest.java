package io.elbo4j.control.imitation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Play, looked at from outside: angles and hand by plain trigonometry. */
class ReacherPlayTest {
    private static final int ROWS = 20_000;

    private static double angle(Demonstrations play, int row, int joint) {
        return Math.atan2(play.observations()[6 * row + 2 * joint + 1], play.observations()[6 * row + 2 * joint]);
    }

    private static double apart(double a, double b) {
        return Math.abs(Math.IEEEremainder(a - b, 2 * Math.PI));
    }

    /** Joints move by 0.1 of the clipped action, and the last columns are where the hand is. */
    @Test
    void aRowFollowsFromTheOneBefore() {
        Demonstrations play = ReacherPlay.of(2000, 3);
        assertArrayEquals(new int[] {2000}, play.lengths());
        for (int r = 0; r + 1 < 2000; r++) {
            double p = angle(play, r, 0);
            double q = angle(play, r, 1);
            assertEquals(0.1 * Math.cos(p) + 0.1 * Math.cos(p + q), play.observations()[6 * r + 4], 1e-6);
            assertEquals(0.1 * Math.sin(p) + 0.1 * Math.sin(p + q), play.observations()[6 * r + 5], 1e-6);
            for (int joint = 0; joint < 2; joint++) {
                double a = Math.max(-1, Math.min(1, play.actions()[2 * r + joint]));
                assertEquals(0, apart(angle(play, r, joint) + 0.1 * a, angle(play, r + 1, joint)), 1e-5);
            }
        }
    }

    /** The eight solutions, where it turns round: both sides of the elbow and all targets about equally often. */
    @Test
    void targetsAndElbowsAreDrawnUniformly() {
        double bend = Math.acos(0.14 * 0.14 / 0.02 - 1);
        Demonstrations play = ReacherPlay.of(ROWS, 0);
        int[][] visits = new int[4][2];
        int[] follows = new int[4];
        int last = -1;
        int all = 0;
        for (int r = 0; r < ROWS; r++) {
            for (int target = 0; target < 4; target++) {
                for (int side = 0; side < 2; side++) {
                    double q = side == 0 ? -bend : bend;
                    double p = Math.PI * (2 * target + 1) / 4 - q / 2;
                    boolean there = apart(angle(play, r, 0), p) < 0.05 && apart(angle(play, r, 1), q) < 0.05;
                    if (there && target != last) {
                        visits[target][side]++;
                        all++;
                        if (last >= 0) {
                            follows[Math.floorMod(target - last, 4)]++;
                        }
                        last = target;
                    }
                }
            }
        }
        System.out.println("visits " + Arrays.deepToString(visits) + ", to the next targets " + Arrays.toString(
                follows) + ", seed 0");
        assertTrue(all > 700, "visits " + all);
        for (int[] target : visits) {
            assertEquals(0.25, (target[0] + target[1]) / (double) all, 5 * Math.sqrt(0.25 * 0.75 / all));
        }
        double share = Arrays.stream(visits).mapToInt(v -> v[1]).sum() / (double) all;
        assertEquals(0.5, share, 5 * Math.sqrt(0.25 / all));
        assertEquals(0, follows[0]);
        // on the way to the opposite target with the same elbow, a sixth of all ways, it passes the one between
        double[] expected = {0, 3 / 7.0, 1 / 7.0, 3 / 7.0};
        for (int k = 1; k < 4; k++) {
            assertEquals(expected[k], follows[k] / (double) (all - 1), 5 * Math.sqrt(expected[k] * (1 - expected[k])
                    / all));
        }
    }

    /** Of actions that are not at the edge the noise is what differs from 10 d. */
    @Test
    void theExpertIsItsFormula() {
        ReacherExpert expert = new ReacherExpert();
        double bend = Math.acos(0.14 * 0.14 / 0.02 - 1);
        float[] action = new float[2];
        for (int side = -1; side <= 1; side += 2) {
            double[] state = {Math.PI / 4 - side * bend / 2 - 0.03, side * bend + 0.02 + 2 * Math.PI, 0};
            expert.act(state, side, action);
            assertEquals(0.3, action[0], 1e-6);
            assertEquals(-0.2, action[1], 1e-6);
            assertTrue(ReacherExpert.isThere(state, side) && !ReacherExpert.isThere(state, -side));
            state[0] -= 3;
            expert.act(state, side, action);
            assertEquals(1, action[0]);
        }
        assertEquals(0.1, expert.noise());
    }

    @Test
    void playIsAFunctionOfItsSeed() {
        assertArrayEquals(ReacherPlay.of(50, 1).actions(), Arrays.copyOf(ReacherPlay.of(90, 1).actions(), 100));
        assertTrue(!Arrays.equals(ReacherPlay.of(50, 1).actions(), ReacherPlay.of(50, 2).actions()));
        assertEquals("decisions must be at least 1, not 0", assertThrows(ArgumentException.class, () -> ReacherPlay.of(
                0,
                1)).getMessage());
    }
}
