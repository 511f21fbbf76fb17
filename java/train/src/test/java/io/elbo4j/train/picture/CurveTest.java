package io.elbo4j.train.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurveTest {
    private static final int TRAIN = 0x1f6fb4;
    private static final int TEST = 0xe8710a;

    @TempDir
    Path dir;

    /** Pixels of a colour inside the axes, and their mean row. */
    private static double[] find(BufferedImage picture, int colour) {
        double count = 0;
        double rows = 0;
        for (int y = 64; y < 530; y++) {
            for (int x = 90; x < 930; x++) {
                if ((picture.getRGB(x, y) & 0xffffff) == colour) {
                    count++;
                    rows += y;
                }
            }
        }
        return new double[] {count, rows / count};
    }

    private static long[] epochs(int count) {
        return LongStream.rangeClosed(1, count).toArray();
    }

    private static BufferedImage draw(String title, double[] train, double[] test, boolean text) {
        return Curve.draw(title, epochs(Math.max(train.length, test.length)), train, test, "test", text);
    }

    @Test
    void onlyTheEpochsEvaluatedAreOnTheCurve() {
        long most = 4_000_000_000_000_000_000L;
        BufferedImage far = Curve.draw("title", new long[] {most / 4, most}, new double[] {-3, -1}, new double[0],
                "test", false);
        BufferedImage near = Curve.draw("title", new long[] {1, 2}, new double[] {-3, -1}, new double[0], "test",
                false);
        assertTrue(width(far) > 1.4 * width(near), width(far) + " against " + width(near));
    }

    /** Columns of the picture with something of the curve in them. */
    private static long width(BufferedImage picture) {
        return IntStream.range(90, 930).filter(x -> IntStream.range(60, 530)
                .anyMatch(y -> (picture.getRGB(x, y) & 0xffffff) == TRAIN)).count();
    }

    @Test
    void theHigherCurveIsDrawnHigher() throws IOException {
        Path file = dir.resolve("curve.png");
        Curve.write(file, "title", epochs(3), new double[] {-200, -150, -120}, new double[] {-190, -140, -110},
                "test");
        BufferedImage picture = ImageIO.read(file.toFile());
        assertTrue(find(picture, TRAIN)[0] > 500);
        assertTrue(find(picture, TEST)[0] > 500);
        assertTrue(find(picture, TEST)[1] < find(picture, TRAIN)[1] - 20);
    }

    @Test
    void withoutFontsTheCurvesAreStillDrawn() {
        double[] train = {-3, -2, -1};
        BufferedImage text = draw("title", train, new double[0], true);
        BufferedImage plain = draw("title", train, new double[0], false);
        assertEquals(find(text, TRAIN)[0], find(plain, TRAIN)[0]);
        for (int y = 0; y < 28; y++) {
            for (int x = 0; x < 600; x++) {
                assertEquals(0xffffff, plain.getRGB(x, y) & 0xffffff);
            }
        }
    }

    @Test
    void oddSeriesAreDrawn() {
        double[][] cases = {{}, {-1}, {0, 0}, {-1e30, 1e30}, {Double.NaN, -1, Double.NEGATIVE_INFINITY, -2},
                {1e9, 1e9 + 1e-6}, {-105, -105, -105}, {1e-300, 2e-300}};
        for (double[] train : cases) {
            for (double[] test : cases) {
                draw("title", train, test, false);
            }
        }
        draw("many", new double[100_000], new double[0], false);
        assertTrue(find(draw("one", new double[] {-1}, new double[0], false), TRAIN)[0] > 10);
    }
}
