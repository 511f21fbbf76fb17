package io.elbo4j.train.picture;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static io.elbo4j.train.data.Sentences.names;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PngTest {
    private static final int GUTTER = 0x33475b;

    @TempDir
    Path dir;

    private static int rgb(BufferedImage picture, int x, int y) {
        return picture.getRGB(x, y) & 0xffffff;
    }

    @Test
    void gridIsEnlargedWithGutters() throws IOException {
        Path file = dir.resolve("g.png");
        // Three images of 1 x 2 in two columns: cells of 4 x 2 pixels between gutters of one.
        new Png(1, 2, 1).grid(file, new float[] {0, 1, 0.2f, Float.NaN, 7, -7}, 2);
        BufferedImage picture = ImageIO.read(file.toFile());
        assertEquals(11, picture.getWidth());
        assertEquals(7, picture.getHeight());
        int[] row = {GUTTER, 0, 0, 0xffffff, 0xffffff, GUTTER, 0x333333, 0x333333, 0xff00ff, 0xff00ff, GUTTER};
        for (int x = 0; x < 11; x++) {
            assertEquals(GUTTER, rgb(picture, x, 0));
            assertEquals(row[x], rgb(picture, x, 1));
            assertEquals(row[x], rgb(picture, x, 2));
            assertEquals(GUTTER, rgb(picture, x, 3));
            assertEquals(x == 1 || x == 2 ? 0xffffff : x == 3 || x == 4 ? 0 : GUTTER, rgb(picture, x, 4));
        }
        assertEquals(List.of("g.png"), names(dir));
    }

    @Test
    void largeRgbImagesKeepTheirSize() {
        float[] values = new float[64 * 3];
        values[3] = 1;
        values[7] = Float.POSITIVE_INFINITY;
        values[11] = 0.5f;
        BufferedImage picture = new Png(64, 1, 3).draw(values, 10, 1);
        assertEquals(3, picture.getWidth());
        assertEquals(66, picture.getHeight());
        assertEquals(0, rgb(picture, 1, 1));
        assertEquals(0xff0000, rgb(picture, 1, 2));
        assertEquals(0xff00ff, rgb(picture, 1, 3));
        assertEquals(0x000080, rgb(picture, 1, 4));
    }

    @Test
    void originalsStandLeftOfTheirReconstructions() throws IOException {
        Path file = dir.resolve("p.png");
        new Png(1, 1, 1).originalsBesideReconstructions(
                file, new float[] {0, 0.2f, 0.4f}, new float[] {1, 0.8f, 0.6f}, 2);
        BufferedImage picture = ImageIO.read(file.toFile());
        // Two pairs a row: 4 cells of 2 pixels, 5 gutters, 3 pixels more between the pairs.
        assertEquals(16, picture.getWidth());
        assertEquals(7, picture.getHeight());
        assertEquals(0, rgb(picture, 1, 1));
        assertEquals(0xffffff, rgb(picture, 4, 1));
        assertEquals(GUTTER, rgb(picture, 7, 1));
        assertEquals(GUTTER, rgb(picture, 9, 1));
        assertEquals(0x333333, rgb(picture, 10, 1));
        assertEquals(0xcccccc, rgb(picture, 13, 1));
        assertEquals(0x666666, rgb(picture, 1, 4));
        assertEquals(0x999999, rgb(picture, 4, 4));
    }

    @Test
    void traversalHasOneRowPerDimension() throws IOException {
        Path file = dir.resolve("t.png");
        new Png(64, 64, 1).traversal(file, new float[64 * 64 * 6], 3);
        BufferedImage picture = ImageIO.read(file.toFile());
        assertEquals(1 + 3 * 65, picture.getWidth());
        assertEquals(1 + 2 * 65, picture.getHeight());
    }

    @Test
    void badArguments() {
        Path file = dir.resolve("x.png");
        assertThrows(IllegalArgumentException.class, () -> new Png(0, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Png(1, 1, 2));
        Png png = new Png(2, 2, 1);
        assertThrows(IllegalArgumentException.class, () -> png.grid(file, new float[3], 1));
        assertThrows(IllegalArgumentException.class, () -> png.grid(file, new float[0], 1));
        assertThrows(IllegalArgumentException.class, () -> png.grid(file, new float[4], 0));
        assertThrows(IllegalArgumentException.class, () -> png.traversal(file, new float[12], 2));
        assertThrows(IllegalArgumentException.class,
                () -> png.originalsBesideReconstructions(file, new float[4], new float[8], 1));
        Path lost = dir.resolve("none/x.png");
        assertSentence("cannot write " + lost + ": the directory " + dir.resolve("none") + " does not exist",
                () -> png.grid(lost, new float[4], 1));
        assertEquals(List.of(), names(dir));
    }
}
