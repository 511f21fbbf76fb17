package io.elbo4j.train.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.train.picture.HeatMaps.Map;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeatMapsTest {
    private static int at(BufferedImage picture, int map, int row, int x, int y) {
        return picture.getRGB(16 + map * 208 + x, row * 234 + 26 + y) & 0xffffff;
    }

    /** Cells of 96 pixels: across, then from below. A quarter of the density is half as dark. */
    @Test
    void cellsAreWhereTheyAre() {
        Map exact = new Map("exact", new double[] {0.8, 0.2, 0, 0});
        Map other = new Map("other", new double[] {0, 0, 0.2, 1.6});
        BufferedImage picture = HeatMaps.draw(List.of(List.of(exact, other), List.of(other)));
        int half = 0x889bae;
        assertEquals(0x10375c, at(picture, 0, 0, 48, 144), "below, left");
        assertEquals(half, at(picture, 0, 0, 48, 48), "above, left");
        assertEquals(0xffffff, at(picture, 0, 0, 144, 48));
        assertEquals(half, at(picture, 1, 0, 144, 144), "in the scale of the first");
        assertEquals(0x10375c, at(picture, 1, 0, 144, 48), "denser than that is no darker");
        assertEquals(0x10375c, at(picture, 0, 1, 144, 48));
        assertEquals("map 'm' must have a square number of shares, not 3", assertThrows(IllegalArgumentException.class,
                () -> new Map("m", new double[3])).getMessage());
    }
}
