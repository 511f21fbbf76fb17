package io.elbo4j.train.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.picture.Lines.Series;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinesTest {
    private static final Lines LINES = new Lines("title", "samples", "variance", true, true);

    private static double[] find(BufferedImage picture, int series, int left, int right) {
        return ScatterTest.find(picture, Palette.of(series, 2), left, right, 64, 534);
    }

    /** Of a value that falls as 1 / x each factor of x is as far on both axes: the line's middle is in the middle. */
    @Test
    void bothAxesAreLogarithmic(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("lines.png");
        LINES.write(file, List.of(new Series("falls", new double[] {1, 10, 100}, new double[] {100, 10, 1}), new Series(
                "gap", new double[] {1, 10, 100}, new double[] {1, 0, Double.NaN})));
        BufferedImage picture = ImageIO.read(file.toFile());
        double[] all = find(picture, 0, 90, 730);
        assertEquals(410, all[0], 5);
        assertEquals(299, all[1], 5);
        double[] left = find(picture, 0, 90, 400);
        double[] right = find(picture, 0, 420, 730);
        assertTrue(left[1] < right[1] - 100, left[1] + " and " + right[1]);
        assertTrue(find(picture, 1, 90, 130)[2] > 10);
        assertEquals(0, find(picture, 1, 130, 730)[2]);
        assertTrue(find(picture, 1, 740, picture.getWidth())[2] > 50, "legend");
    }

    /** Of a value that rises as log x, also below 0, the line's middle is in the middle. */
    @Test
    void valuesBelowZeroHaveALinearAxis() {
        BufferedImage picture = new Lines("title", "steps", "nats", true, false).draw(List.of(new Series("rises",
                new double[] {1, 10, 100}, new double[] {-1, 0, 1}), new Series("", new double[0], new double[0])),
                false);
        double[] all = find(picture, 0, 90, 730);
        assertEquals(410, all[0], 5);
        assertEquals(299, all[1], 5);
        assertTrue(find(picture, 0, 90, 400)[1] > find(picture, 0, 420, 730)[1] + 100);
    }

    /** Of a value that rises as x, from 0 on, the line's middle is in the middle. */
    @Test
    void bothAxesAreLinear() {
        BufferedImage picture = new Lines("title", "steps", "return", false, false).draw(List.of(new Series("rises",
                new double[] {0, 50, 100}, new double[] {-1, 0, 1}), new Series("", new double[0], new double[0])),
                false);
        double[] all = find(picture, 0, 90, 730);
        assertEquals(410, all[0], 5);
        assertEquals(299, all[1], 5);
        assertTrue(find(picture, 0, 90, 400)[1] > find(picture, 0, 420, 730)[1] + 100);
    }

    @Test
    void oddSeriesAreDrawn() {
        LINES.draw(List.of(), false);
        LINES.draw(List.of(new Series("", new double[0], new double[0])), true);
        LINES.draw(List.of(new Series("", new double[] {1e-300, 1e300}, new double[] {Double.MIN_VALUE,
                Double.MAX_VALUE}), new Series("one", new double[] {5}, new double[] {-1})), false);
    }

    @Test
    void aValueForEachX() {
        assertEquals("series 's' must have as many y as x, not 1 for 2", assertThrows(IllegalArgumentException.class,
                () -> new Series("s", new double[2], new double[1])).getMessage());
    }
}
