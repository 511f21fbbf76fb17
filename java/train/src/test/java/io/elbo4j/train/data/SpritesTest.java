package io.elbo4j.train.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SpritesTest {
    @Test
    void goldenHashOfTheFirstHundred() throws Exception {
        float[] values = Sprites.images(0, 100).copyRows(0, 100);
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
        assertEquals("d61c1ce82122b4b680ea23fdbd88f4969bd5c17343ce7a50d1390f9aba4f424c", sha256);
    }

    @Test
    void anImageDependsOnItsSeedAndIndexAlone() {
        Images few = Sprites.images(7, 3);
        Images many = Sprites.images(7, 50);
        assertArrayEquals(few.copyRows(0, 3), many.copyRows(0, 3));
        assertEquals(Sprites.factors(7, 2), Sprites.factors(7, 2));
        assertNotEquals(Sprites.factors(7, 2), Sprites.factors(8, 2));
        assertNotEquals(Sprites.factors(7, 2), Sprites.factors(7 + (1L << 32), 2));
    }

    @Test
    void factorsFillTheirRanges() {
        int n = 30_000;
        int[] shapes = new int[3];
        double scale = 0;
        double orientation = 0;
        double x = 0;
        double y = 0;
        for (int i = 0; i < n; i++) {
            Sprites.Factors factors = Sprites.factors(1, i);
            shapes[factors.shape().ordinal()]++;
            assertTrue(factors.scale() >= 0.5 && factors.scale() < 1);
            assertTrue(factors.orientation() >= 0 && factors.orientation() < 2 * Math.PI);
            assertTrue(factors.x() >= 0.25 && factors.x() < 0.75);
            assertTrue(factors.y() >= 0.25 && factors.y() < 0.75);
            scale += factors.scale() / n;
            orientation += factors.orientation() / n;
            x += factors.x() / n;
            y += factors.y() / n;
        }
        // Five standard errors of each mean: width / sqrt(12 n) * 5, and of a binomial share of a third.
        double error = 5 / Math.sqrt(12.0 * n);
        assertEquals(0.75, scale, 0.5 * error);
        assertEquals(Math.PI, orientation, 2 * Math.PI * error);
        assertEquals(0.5, x, 0.5 * error);
        assertEquals(0.5, y, 0.5 * error);
        for (int count : shapes) {
            assertEquals(n / 3.0, count, 5 * Math.sqrt(n * 2 / 9.0));
        }
    }

    /**
     * Area and centre of what is drawn against the closed forms: a square of side 0.32, an ellipse of
     * half-axes 0.23 and 0.12, both times the scale; nothing is cut off at the box it is drawn in.
     */
    @Test
    void areaAndCentreFollowTheFactors() {
        int n = 300;
        Images images = Sprites.images(3, n);
        for (int i = 0; i < n; i++) {
            Sprites.Factors factors = Sprites.factors(3, i);
            double area = 0;
            double x = 0;
            double y = 0;
            for (int pixel = 0; pixel < 1024; pixel++) {
                float value = images.value(i, pixel);
                assertTrue(value >= 0 && value <= 1 && value * 16 == Math.rint(value * 16));
                area += value / 1024;
                x += value / 1024 * (pixel % 32 + 0.5) / 32;
                y += value / 1024 * (pixel / 32 + 0.5) / 32;
            }
            double unit = factors.scale() * factors.scale();
            switch (factors.shape()) {
                case SQUARE -> assertEquals(0.32 * 0.32 * unit, area, 0.06 * unit * 0.1);
                case ELLIPSE -> assertEquals(Math.PI * 0.23 * 0.12 * unit, area, 0.06 * unit * 0.1);
                // The heart's area by integrating its boundary numerically: 3.66197... times 0.18 squared.
                case HEART -> assertEquals(3.66197 * 0.18 * 0.18 * unit, area, 0.06 * unit * 0.1);
            }
            if (factors.shape() != Sprites.Shape.HEART) {
                assertEquals(factors.x(), x / area, 0.004);
                assertEquals(factors.y(), y / area, 0.004);
            }
        }
    }

    @Test
    void aHeartStandsUpright() {
        assertTrue(Sprites.Shape.HEART.contains(0.1, 0.13));
        assertTrue(Sprites.Shape.HEART.contains(-0.1, 0.13));
        assertTrue(Sprites.Shape.HEART.contains(0, -0.18));
        assertTrue(!Sprites.Shape.HEART.contains(0, 0.19));
        assertTrue(!Sprites.Shape.HEART.contains(0.1, -0.18));
    }
}
