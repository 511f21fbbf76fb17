package io.elbo4j.train.data;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.numerics.Philox;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * Generated grey images of 32 x 32: one white square, ellipse or heart on black, of random scale,
 * orientation and position, in the spirit of dSprites (Matthey, Higgins, Hassabis, Lerchner 2017)
 * with continuous factors.
 *
 * <p>Image i is a function of (seed, i) alone: its factors are Philox words of row i, its pixels the
 * share of 4 x 4 sample points inside the shape. Only IEEE arithmetic and StrictMath are used, so
 * every JVM draws the same bits.
 */
public final class Sprites {
    /** Height and width of an image in pixels. */
    public static final int SIZE = 32;

    /** Philox words 2 and 3 of the counter: far from the draws a training run with the same seed makes. */
    private static final long DRAW = 0x5350524954455321L;
    private static final int SAMPLES = 4;
    /** No shape of scale 1 reaches farther from its centre, in widths of the image. */
    private static final double REACH = 0.24;

    private Sprites() {}

    /** The shape of a sprite. */
    public enum Shape {
        SQUARE {
            @Override
            boolean contains(double x, double y) {
                return Math.max(Math.abs(x), Math.abs(y)) <= 0.16;
            }
        },
        ELLIPSE {
            @Override
            boolean contains(double x, double y) {
                double a = x / 0.23;
                double b = y / 0.12;
                return a * a + b * b <= 1;
            }
        },
        /** The sextic (x^2 + y^2 - 1)^3 = x^2 y^3, centred and scaled. */
        HEART {
            @Override
            boolean contains(double x, double y) {
                double a = x / 0.18;
                double b = y / 0.18 + 0.1;
                double disc = a * a + b * b - 1;
                return disc * disc * disc <= a * a * b * b * b;
            }
        };

        /** Whether a point is inside the upright shape of scale 1 around the origin, y upwards. */
        abstract boolean contains(double x, double y);
    }

    /**
     * What an image shows.
     *
     * @param scale in [0.5, 1)
     * @param orientation anticlockwise, in radians, in [0, 2 pi)
     * @param x centre from the left, in [0.25, 0.75) widths of the image
     * @param y centre from the top, in [0.25, 0.75) heights of the image
     */
    public record Factors(Shape shape, double scale, double orientation, double x, double y) {}

    /** The factors of image {@code index} of the data set of {@code seed}. */
    public static Factors factors(long seed, int index) {
        int[] words = new int[8];
        Philox.block(seed, DRAW, index, 0, words, 0);
        Philox.block(seed, DRAW, index, 1, words, 4);
        Shape[] shapes = Shape.values();
        Shape shape = shapes[(int) ((words[0] & 0xffffffffL) * shapes.length >>> 32)];
        return new Factors(shape, 0.5 + 0.5 * uniform(words[1]), 2 * Math.PI * uniform(words[2]),
                0.25 + 0.5 * uniform(words[3]), 0.25 + 0.5 * uniform(words[4]));
    }

    /** The first {@code count} images of the data set of {@code seed}; values are multiples of 1/16. */
    public static Images images(long seed, int count) {
        return images(seed, count, ReadProgress.NONE);
    }

    /** @param progress is told of images */
    static Images images(long seed, int count, ReadProgress progress) {
        float[] values = Images.allocate("sprites", count, SIZE, SIZE, 1);
        for (int i = 0; i < count; i++) {
            draw(factors(seed, i), values, i * SIZE * SIZE);
            progress.at(i + 1L, count);
        }
        return new Images("sprites", count, SIZE, SIZE, 1, values);
    }

    /** The shapes of these images as classes: {@code count} x 3. */
    public static Images labels(long seed, int count) {
        int[] shapes = new int[count];
        Arrays.setAll(shapes, i -> factors(seed, i).shape().ordinal());
        return Labels.oneHot("sprites", shapes, Shape.values().length);
    }

    /**
     * The factors of images {@code first} to {@code first + count - 1}: their shape, and the continuous ones in bins,
     * which are equally likely.
     *
     * @param bins at least 2
     */
    public static List<Factor> factors(long seed, int first, int count, int bins) {
        require(bins >= 2, "bins", "at least 2", bins);
        Factors[] all = IntStream.range(first, first + count).mapToObj(i -> factors(seed, i)).toArray(Factors[]::new);
        return List.of(factor("shape", all, f -> f.shape().ordinal()), factor("scale", all, f -> (int) (bins * 2
                * (f.scale() - 0.5))), factor("orientation", all, f -> (int) (bins * f.orientation() / (2 * Math.PI))),
                factor("x", all, f -> (int) (bins * 2 * (f.x() - 0.25))), factor("y", all, f -> (int) (bins * 2
                        * (f.y() - 0.25))));
    }

    private static Factor factor(String name, Factors[] all, ToIntFunction<Factors> classOf) {
        return new Factor(name, Arrays.stream(all).mapToInt(classOf).toArray());
    }

    private static double uniform(int word) {
        return (word & 0xffffffffL) * 0x1p-32;
    }

    private static void draw(Factors factors, float[] values, int offset) {
        double reach = REACH * factors.scale();
        double cos = StrictMath.cos(factors.orientation()) / factors.scale();
        double sin = StrictMath.sin(factors.orientation()) / factors.scale();
        int top = (int) ((factors.y() - reach) * SIZE);
        int bottom = (int) ((factors.y() + reach) * SIZE);
        int left = (int) ((factors.x() - reach) * SIZE);
        int right = (int) ((factors.x() + reach) * SIZE);
        for (int row = top; row <= bottom; row++) {
            for (int column = left; column <= right; column++) {
                int inside = 0;
                for (int sample = 0; sample < SAMPLES * SAMPLES; sample++) {
                    double x = (column + (sample % SAMPLES + 0.5) / SAMPLES) / SIZE - factors.x();
                    double y = factors.y() - (row + (sample / SAMPLES + 0.5) / SAMPLES) / SIZE;
                    inside += factors.shape().contains(cos * x + sin * y, cos * y - sin * x) ? 1 : 0;
                }
                values[offset + row * SIZE + column] = inside / (float) (SAMPLES * SAMPLES);
            }
        }
    }
}
