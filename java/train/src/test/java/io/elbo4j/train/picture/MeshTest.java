package io.elbo4j.train.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeshTest {
    private static final int RED = 0xd62728;
    private static final int BLUE = 0x1f77b4;

    @TempDir
    Path directory;

    private BufferedImage drawn(int columns, double[] x, double[] y, int[] colours) throws IOException {
        Path file = directory.resolve("mesh.png");
        new Mesh("title", "across", "up").write(file, columns, x, y, colours);
        return ImageIO.read(file.toFile());
    }

    /** Pixels that have some of it: the edges of lines are mixed with white. */
    private static int count(BufferedImage picture, int colour) {
        int count = 0;
        for (int row = 64; row < 784; row++) {
            for (int column = 91; column < 810; column++) {
                int red = picture.getRGB(column, row) >> 16 & 0xff;
                int blue = picture.getRGB(column, row) & 0xff;
                count += (colour == RED ? red - blue : blue - red) > 50 ? 1 : 0;
            }
        }
        return count;
    }

    /** A square of four points is as wide as it is high, and has its lines along the sides alone. */
    @Test
    void neighboursAreJoined() throws IOException {
        double[] x = {0, 1, 0, 1};
        double[] y = {0, 0, 1, 1};
        int[] red = new int[4];
        Arrays.fill(red, RED);
        BufferedImage picture = drawn(2, x, y, red);
        int left = 810;
        int right = 90;
        int top = 784;
        int bottom = 64;
        for (int row = 64; row < 784; row++) {
            for (int column = 90; column < 810; column++) {
                if ((picture.getRGB(column, row) & 0xffffff) == RED) {
                    left = Math.min(left, column);
                    right = Math.max(right, column);
                    top = Math.min(top, row);
                    bottom = Math.max(bottom, row);
                }
            }
        }
        assertEquals(right - left, bottom - top, 1);
        assertTrue(right - left > 400);
        for (int part = 1; part < 4; part++) {
            int column = left + part * (right - left) / 4;
            assertEquals(0, ScatterTest.find(picture, RED, column, column + 1, top + 10, bottom - 10)[2],
                    "the middle is empty");
            assertTrue(ScatterTest.find(picture, 0xffffff, column, column + 1, top - 6, top + 10)[2] < 16, "a line");
        }
    }

    /** A row is not joined with the next one's beginning, nor is anything with a point that is not there. */
    @Test
    void whatIsNotThereLeavesAHole() throws IOException {
        int[] colours = {RED, RED, RED, BLUE};
        double[] x = {0, 1, 2, 3};
        int all = count(drawn(4, x, new double[4], colours), RED);
        int hole = count(drawn(4, new double[] {0, Double.NaN, 2, 3}, new double[4], colours), RED);
        int points = count(drawn(1, new double[] {0, 1, 2, 3}, new double[] {0, Double.NaN, 0, Double.NaN}, colours),
                RED);
        assertTrue(hole < all / 2, hole + " of " + all);
        assertTrue(points > 0 && points < hole / 2, points + ", " + hole);
        assertEquals(0, count(drawn(4, new double[] {0, 1, 2, Double.NaN}, new double[4], colours), BLUE));
    }

    @Test
    void whatIsNoGridIsRefused() {
        Mesh mesh = new Mesh("title", "x", "y");
        Path file = directory.resolve("none.png");
        for (String[] each : new String[][] {{"3", "4", "4", "columns must be at least 1, and a divisor of the 4"
                + " points, not 3"}, {"0", "4", "4", "columns must be at least 1, and a divisor of the 4 points, not"
                        + " 0"}, {"2", "3", "4", "y must be 4 numbers, as x has, not 3"}, {"2", "4", "5",
                                "colours must be 4 numbers, as x has, not 5"}}) {
            assertEquals(each[3], assertThrows(ArgumentException.class, () -> mesh.write(file, Integer.parseInt(
                    each[0]), new double[4], new double[Integer.parseInt(each[1])], new int[Integer.parseInt(
                            each[2])])).getMessage());
        }
    }
}
