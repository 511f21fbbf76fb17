package io.elbo4j.train.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.picture.Bands.Band;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BandsTest {
    private static final double[] X = {-1, 0, 1};
    private static final int BAND = 0xc9dcf0;
    private static final double[] NONE = {};

    private static Band band(String name, double width) {
        return new Band(name, X, new double[] {-width, -width, -width}, new double[3], new double[] {width, width,
                width});
    }

    /** How many pixels of a column have the band's colour. */
    private static int height(BufferedImage picture, int x) {
        int height = 0;
        for (int y = 0; y < picture.getHeight(); y++) {
            height += (picture.getRGB(x, y) & 0xffffff) == BAND ? 1 : 0;
        }
        return height;
    }

    /** On the same axes the second band is half as wide, and the function is in the middle of both. */
    @Test
    void bandsAreAsWideAsTheyAre(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("bands.png");
        new Bands("title", "x", "y").write(file, List.of(band("wide", 2), band("narrow", 1)), new double[] {0},
                new double[] {0.5});
        BufferedImage picture = ImageIO.read(file.toFile());
        // away from the points, and from the lines of the grid at whole numbers
        int wide = height(picture, 90 + 100);
        int narrow = height(picture, 90 + 370 + 100);
        assertTrue(narrow > 40, "narrow: " + narrow);
        assertEquals(2, (double) wide / narrow, 0.15);
        double[] first = ScatterTest.find(picture, Palette.of(0, 2), 90, 390, 94, 394);
        double[] second = ScatterTest.find(picture, Palette.of(0, 2), 460, 760, 94, 394);
        assertEquals(244, first[1], 2);
        assertEquals(first[1], second[1], 1);
        assertTrue(ScatterTest.find(picture, Palette.of(1, 2), 90, 390, 94, 394)[1] < first[1] - 5, "the point above");
    }

    @Test
    void aPointHasNoWidth() {
        BufferedImage picture = new Bands("", "", "").draw(List.of(band("none", 0)), NONE, NONE);
        assertEquals(0, height(picture, 190));
    }

    @Test
    void bandsOfAnotherLengthAreRefused() {
        assertEquals("band 'b' must have as many values as x, 3, not 2", assertThrows(IllegalArgumentException.class,
                () -> new Band("b", X, X, new double[2], X)).getMessage());
    }
}
