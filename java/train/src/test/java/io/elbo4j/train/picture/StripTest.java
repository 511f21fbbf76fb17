package io.elbo4j.train.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;

class StripTest {
    private static final int WHITE = 0xffffff;

    /** A disc and a line where they belong: a scene twice as wide as high stands in the middle of its square. */
    @Test
    void scenesAreDrawnToScale() {
        Scene scene = new Scene(0, 2, 0, 1).disc(Scene.RED, 1.5, 0.75, 0.1).line(Scene.BLUE, 0.1, 0.25, 0.9, 0.25);
        Scene above = new Scene(-1, 1, -1, 1).disc(Scene.RED, 0, 0, 0.5).disc(Scene.GREEN, 0, 0, 0.3);
        BufferedImage picture = new Strip("", 2).draw(List.of(new Strip.Frame("a", scene), new Strip.Frame("b", above),
                new Strip.Frame("c", scene)), false);
        for (int top : new int[] {44, 44 + 184}) {
            assertEquals(Palette.of(3, 10), at(picture, 10 + 0.75 * 150, top + 75 - 0.125 * 150));
            assertEquals(Palette.of(0, 10), at(picture, 10 + 0.25 * 150, top + 75 + 0.125 * 150));
            assertEquals(WHITE, at(picture, 10 + 0.75 * 150, top + 75 + 0.125 * 150));
        }
        assertEquals(Palette.of(2, 10), at(picture, 170 + 75, 44 + 75));
        assertEquals(Palette.of(3, 10), at(picture, 170 + 75 + 0.4 * 75, 44 + 75));
        assertEquals(WHITE, at(picture, 170 + 75 + 0.6 * 75, 44 + 75));
        assertEquals(330, picture.getWidth());
        assertEquals(44 + 2 * 184, picture.getHeight());
    }

    private static int at(BufferedImage picture, double x, double y) {
        return picture.getRGB((int) x, (int) y) & 0xffffff;
    }

    @Test
    void textIsLeftOutWithoutFonts() {
        Strip strip = new Strip("a title", 1);
        List<Strip.Frame> frames = List.of(new Strip.Frame("a caption", new Scene(0, 1, 0, 1)));
        assertTrue(dark(strip.draw(frames, true)) > 100);
        assertEquals(0, dark(strip.draw(frames, false)));
    }

    private static long dark(BufferedImage picture) {
        int[] all = picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
        return java.util.Arrays.stream(all).filter(p -> (p & 0xff) < 0x80).count();
    }

    @Test
    void badArgumentsAreNamed() {
        refused("across must be at least 1, not 0", () -> new Strip("", 0));
        refused("left must be below right, 1.0, not 1.0", () -> new Scene(1, 1, 0, 1));
        refused("bottom must be below top, 0.0, not 2.0", () -> new Scene(0, 1, 2, 0));
        refused("points must be an even number of coordinates, not 3", () -> new Scene(0, 1, 0, 1).line(Scene.RED, 0, 1,
                2));
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }
}
