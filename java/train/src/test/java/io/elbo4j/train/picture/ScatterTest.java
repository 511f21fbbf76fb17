package io.elbo4j.train.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScatterTest {
    private static final int RED = 0xd62728;
    private static final int BLUE = 0x1f77b4;

    @TempDir
    Path directory;

    /** Mean column and row of a colour's pixels within the axes, and how many there are. */
    static double[] find(BufferedImage picture, int colour, int left, int right, int top, int bottom) {
        double count = 0;
        double columns = 0;
        double rows = 0;
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++) {
                if ((picture.getRGB(x, y) & 0xffffff) == colour) {
                    count++;
                    columns += x;
                    rows += y;
                }
            }
        }
        return new double[] {columns / count, rows / count, count};
    }

    private static double[] find(BufferedImage picture, int colour) {
        return find(picture, colour, 90, 810, 64, 784);
    }

    /** What is little beside the other axis's range is drawn as little. */
    @Test
    void bothAxesHaveOneScale() throws IOException {
        Path file = directory.resolve("scatter.png");
        new Scatter("title", "across", "up", List.of()).write(file, new double[] {0, 10, 5, 4}, new double[] {0, 0,
                0.01, Double.NaN}, new int[] {RED, BLUE, 0xff00ff, 0x00ff00});
        BufferedImage picture = ImageIO.read(file.toFile());
        double[] red = find(picture, RED);
        double[] blue = find(picture, BLUE);
        double[] above = find(picture, 0xff00ff);
        assertEquals(0, find(picture, 0x00ff00)[2], "a point that is not finite");
        assertEquals(red[1], blue[1], 1);
        assertEquals((red[0] + blue[0]) / 2, above[0], 1);
        assertEquals(red[1], above[1], 2);
        assertTrue(blue[0] - red[0] > 500 && blue[0] - red[0] < 700, (blue[0] - red[0]) + " columns");
    }

    @Test
    void theLegendHasTheColoursOfThePalette() {
        BufferedImage picture = new Scatter("title", "x", "y", List.of("0", "1")).draw(new double[0], new double[0],
                new int[0], false);
        assertTrue(find(picture, Palette.of(0, 2), 820, picture.getWidth(), 0, 400)[2] > 50);
        assertTrue(find(picture, Palette.of(1, 2), 820, picture.getWidth(), 0, 400)[2] > 50);
    }

    @Test
    void oddPointsAreDrawn() {
        for (double[] x : new double[][] {{0, 0}, {1e300, -1e300}, {Double.NaN, 1}, {1e9, 1e9 + 1e-6}}) {
            for (double[] y : new double[][] {{0, 0}, {-1e-300, 1e-300}, {Double.POSITIVE_INFINITY, 2}}) {
                new Scatter("title", "x", "y", List.of()).draw(x, y, new int[2], false);
            }
        }
    }

    @Test
    void pointsWithoutAColourAreRefused() {
        assertEquals("x, y and colours must be as many, not 2, 2 and 1", assertThrows(IllegalArgumentException.class,
                () -> new Scatter("title", "x", "y", List.of()).write(directory.resolve("a.png"), new double[2],
                        new double[2], new int[1])).getMessage());
        assertArrayEquals(new String[0], directory.toFile().list());
    }

    @Test
    void sharesMixColours() {
        assertEquals(Palette.of(1, 3), Palette.mixed(new float[] {9, 0, 1, 0}, 1, 3));
        assertEquals(0x8f7b61, Palette.mixed(new float[] {0.5f, 0.5f}, 0, 2));
        assertEquals(40, IntStream.range(0, 40).map(i -> Palette.of(i, 40)).distinct().count());
    }
}
