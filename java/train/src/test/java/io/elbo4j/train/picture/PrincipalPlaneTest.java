package io.elbo4j.train.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PrincipalPlaneTest {
    private static final int COUNT = 500;
    private static final double[] FIRST = {0.6, 0, -0.8, 0, 0};
    private static final double[] SECOND = {0, 1, 0, 0, 0};

    /** Rows with three times the deviation along FIRST as along SECOND, and little along all axes. */
    private static float[] rows(double little) {
        Random random = new Random(5);
        float[] rows = new float[COUNT * 5];
        for (int r = 0; r < COUNT; r++) {
            double a = 3 * random.nextGaussian();
            double b = random.nextGaussian();
            for (int c = 0; c < 5; c++) {
                rows[r * 5 + c] = (float) (7 + a * FIRST[c] + b * SECOND[c] + little * random.nextGaussian());
            }
        }
        return rows;
    }

    /** The sign of the first is that of its third column, which counts most. */
    @Test
    void thePlaneAndItsDirectionsAreFound() {
        float[] rows = rows(1e-3);
        PrincipalPlane plane = PrincipalPlane.of(rows, 5);
        double[] x = plane.x(rows);
        double[] y = plane.y(rows);
        double[] mean = new double[5];
        for (int i = 0; i < rows.length; i++) {
            mean[i % 5] += rows[i] / (double) COUNT;
        }
        double both = 0;
        for (int r = 0; r < COUNT; r++) {
            double a = 0;
            double b = 0;
            for (int c = 0; c < 5; c++) {
                a -= FIRST[c] * (rows[r * 5 + c] - mean[c]);
                b += SECOND[c] * (rows[r * 5 + c] - mean[c]);
            }
            both += a * b;
            // the sample's directions are those of its covariance, which is not quite 0 between the two
            assertEquals(a, x[r], 0.3, "row " + r);
            assertEquals(b, y[r], 0.3, "row " + r);
        }
        double xy = 0;
        for (int r = 0; r < COUNT; r++) {
            xy += x[r] * y[r];
        }
        assertTrue(Math.abs(xy) < 1e-6 * Math.abs(both), xy + " against " + both);
        assertTrue(plane.share() > 0.999999 && plane.share() <= 1 + 1e-12, "share " + plane.share());
    }

    /** An independent figure: of equal variances along all five axes two fifths are in any plane. */
    @Test
    void theShareIsThatOfTheVariance() {
        float[] rows = new float[10 * 5];
        for (int c = 0; c < 5; c++) {
            rows[2 * c * 5 + c] = 1;
            rows[(2 * c + 1) * 5 + c] = -1;
        }
        assertEquals(0.4, PrincipalPlane.of(rows, 5).share(), 1e-12);
    }

    @Test
    void rowsOnALineHaveNoSecondPlace() {
        float[] rows = {1, 2, 5, 2, 4, 5, 3, 6, 5};
        PrincipalPlane plane = PrincipalPlane.of(rows, 3);
        double step = Math.sqrt(5);
        assertArrayEquals(new double[] {-step, 0, step}, plane.x(rows), 1e-12);
        assertArrayEquals(new double[3], plane.y(rows), 1e-9);
        assertEquals(1, plane.share(), 1e-12);
    }

    @Test
    void rowsOfTwoColumnsAreWhereTheyAre() {
        float[] rows = {1, 20, -3, 40};
        PrincipalPlane plane = PrincipalPlane.of(rows, 2);
        assertArrayEquals(new double[] {1, -3}, plane.x(rows));
        assertArrayEquals(new double[] {20, 40}, plane.y(rows));
    }

    @Test
    void equalRowsAreOnePoint() {
        for (float[] rows : new float[][] {{}, {4, 5, 6}, {4, 5, 6, 4, 5, 6}}) {
            PrincipalPlane plane = PrincipalPlane.of(rows, 3);
            assertArrayEquals(new double[rows.length / 3], plane.x(rows), 0);
            assertArrayEquals(new double[rows.length / 3], plane.y(rows), 0);
            assertEquals(1, plane.share());
        }
    }

    @Test
    void whatIsNotFiniteHasNoPlaceAndMovesNoOther() {
        float[] rows = rows(0.1);
        float[] more = Arrays.copyOf(rows, rows.length + 5);
        more[rows.length + 2] = Float.NaN;
        double[] without = PrincipalPlane.of(rows, 5).x(rows);
        double[] with = PrincipalPlane.of(more, 5).x(more);
        assertArrayEquals(without, Arrays.copyOf(with, COUNT));
        assertTrue(Double.isNaN(with[COUNT]) && Double.isNaN(PrincipalPlane.of(more, 5).y(more)[COUNT]));
    }

    @Test
    void badInputIsRefused() {
        assertEquals("columns must be at least 2, not 1", assertThrows(ArgumentException.class, () -> PrincipalPlane.of(
                new float[3], 1)).getMessage());
        assertEquals("rows must be of 2 values each, not 3 values", assertThrows(ArgumentException.class,
                () -> PrincipalPlane.of(new float[3], 2)).getMessage());
    }
}
