package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.assertSame;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ConvolutionShape;
import io.elbo4j.Matrix;
import io.elbo4j.operation.BatchSum;
import io.elbo4j.operation.Convolution.BiasGradient;
import io.elbo4j.operation.Convolution.Gather;
import io.elbo4j.operation.Convolution.Spread;
import io.elbo4j.operation.Convolution.WeightGradient;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvolutionTest {
    private static final long SEED = 4711;

    private static final ConvolutionShape[] SHAPES = {
            new ConvolutionShape(1, 1, 1, 1, 1, 1, 1, 0), new ConvolutionShape(1, 1, 3, 2, 3, 3, 2, 1),
            new ConvolutionShape(4, 4, 2, 5, 2, 2, 2, 0), new ConvolutionShape(4, 5, 1, 3, 3, 2, 1, 1),
            new ConvolutionShape(5, 7, 6, 4, 2, 3, 3, 0), new ConvolutionShape(6, 6, 5, 33, 4, 4, 2, 1),
            new ConvolutionShape(3, 4, 2, 7, 2, 2, 1, 3), new ConvolutionShape(7, 9, 31, 6, 3, 3, 2, 2),
            new ConvolutionShape(9, 8, 7, 129, 5, 3, 2, 1), new ConvolutionShape(4, 4, 129, 8, 3, 3, 1, 1),
            new ConvolutionShape(8, 8, 4, 16, 4, 4, 2, 1), new ConvolutionShape(12, 10, 1, 9, 4, 4, 2, 1),
            new ConvolutionShape(2, 13, 3, 600, 1, 5, 4, 1), new ConvolutionShape(6, 5, 600, 3, 2, 2, 2, 0),
            new ConvolutionShape(4, 4, 2, 5, 3, 3, 1 << 24, 0), new ConvolutionShape(4, 5, 6, 3, 3, 2, 1 << 24, 1),
            new ConvolutionShape(14, 9, 5, 6, 2, 3, 7, 1), new ConvolutionShape(1, 1, 1, 5, 3, 3, 1, 1),
            new ConvolutionShape(1, 1, 1, 2, 1, 4, 1, 3), new ConvolutionShape(2, 1, 1, 2, 1, 3, 1, 1)};

    /** Numbers of all magnitudes, with zeros of both signs, products that vanish, and some that are not finite. */
    private static float[] values(Random random, int n, boolean finite) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = switch (random.nextInt(finite ? 5 : 40)) {
                case 0 -> (random.nextBoolean() ? 0f : -0f);
                case 1 -> (float) random.nextGaussian() * 0x1p-76f;
                case 5 -> Float.POSITIVE_INFINITY;
                case 6 -> Float.NaN;
                default -> (float) random.nextGaussian();
            };
        }
        return values;
    }

    /** NaNs may differ in sign from run to run. */
    private static void run(boolean finite, int items, Guarded.Kernel kernel, Guarded result) {
        kernel.run(0, items);
        if (finite) {
            Guarded.assertSplits(items, false, kernel, result);
        }
    }

    private static void same(float[] expected, float[] found, String message) {
        assertEquals(expected.length, found.length);
        for (int i = 0; i < expected.length; i++) {
            assertSame(expected[i], found[i], message);
        }
    }

    private static void check(ConvolutionShape s, int images, boolean finite) {
        Random random = new Random(SEED + images);
        float[] big = values(random, images * s.bigImage(), finite);
        float[] small = values(random, images * s.smallImage(), finite);
        float[] w = values(random, s.weightRows() * s.smallChannels(), finite);
        float[] smallBias = values(random, s.smallChannels(), finite);
        float[] bigBias = values(random, s.bigChannels(), finite);
        Matrix bigs = Guarded.matrix(images, s.bigImage(), big);
        Matrix smalls = Guarded.matrix(images, s.smallImage(), small);
        Matrix weight = Guarded.matrix(s.weightRows(), s.smallChannels(), w);
        Matrix onSmall = Guarded.matrix(1, s.smallChannels(), smallBias);
        Matrix onBig = Guarded.matrix(1, s.bigChannels(), bigBias);
        String of = s + ", " + images + " images";

        Guarded result = new Guarded(images, s.smallImage());
        run(finite, images, (b, e) -> new Gather(s, bigs, weight, onSmall, true, null, result.matrix)
                .run(b, e), result);
        same(ConvolutionDefinition.gather(s, images, big, w, smallBias, true, null), result.values(), of);
        new Gather(s, bigs, weight, null, false, smalls, result.matrix).run(0, images);
        same(ConvolutionDefinition.gather(s, images, big, w, null, false, small), result.values(), of);

        Guarded back = new Guarded(images, s.bigImage());
        run(finite, images, (b, e) -> new Spread(s, smalls, weight, onBig, true, null, back.matrix)
                .run(b, e), back);
        same(ConvolutionDefinition.spread(s, images, small, w, bigBias, true, null), back.values(), of);
        new Spread(s, smalls, weight, null, false, bigs, back.matrix).run(0, images);
        same(ConvolutionDefinition.spread(s, images, small, w, null, false, big), back.values(), of);

        Guarded dw = new Guarded(s.weightRows(), s.smallChannels());
        run(finite, s.weightRows(), (b, e) -> new WeightGradient(s, bigs, smalls, null, dw.matrix, BatchSum.chunksOf(
                bigs.rows()))
                .run(b, e), dw);
        same(ConvolutionDefinition.weightGradient(s, images, big, small), dw.values(), of);

        Guarded db = new Guarded(1, s.smallChannels());
        new BiasGradient(s.smallRows(), s.smallColumns(), smalls, db.matrix, BatchSum.chunksOf(bigs.rows())).run(0, s
                .smallChannels());
        same(ConvolutionDefinition.biasGradient(images, s.smallRows(), s.smallColumns(), s.smallChannels(),
                small), db.values(), of);
    }

    @Test
    void hasTheBitsOfTheDefinition() {
        for (ConvolutionShape s : SHAPES) {
            for (int images : new int[] {0, 1, 3}) {
                check(s, images, true);
                check(s, images, false);
            }
        }
        for (int images : new int[] {31, 32, 33, 63, 64, 65, 127, 128, 129, 257}) {
            check(SHAPES[2], images, true);
            check(SHAPES[3], images, true);
            check(SHAPES[11], images, true);
        }
    }

    /** Where padding begins before the memory does. */
    @Test
    void gradientOfWeightsOfImagesThatFillTheirMemory() {
        for (ConvolutionShape s : SHAPES) {
            Random random = new Random(SEED);
            float[] big = values(random, 2 * s.bigImage(), true);
            float[] small = values(random, 2 * s.smallImage(), true);
            Guarded dw = new Guarded(s.weightRows(), s.smallChannels());
            run(true, s.weightRows(), (b, e) -> new WeightGradient(s, filling(s.bigImage(), big), filling(s
                    .smallImage(), small), null, dw.matrix, 1).run(b, e), dw);
            same(ConvolutionDefinition.weightGradient(s, 2, big, small), dw.values(), s.toString());
        }
    }

    private static Matrix filling(int columns, float[] values) {
        Matrix matrix = Matrix.view(Guarded.BACKEND.allocate(values.length), 0, 2, columns, columns);
        matrix.set(values);
        return matrix;
    }

    @Test
    void leavesAreThoseOfTheDefinition() {
        for (int images : new int[] {0, 1, 5, 63, 64, 128, 255, 256, 1000}) {
            for (int[] size : new int[][] {{1, 1}, {7, 7}, {14, 14}, {16, 15}, {33, 31}, {200, 300}}) {
                int[] begins = ConvolutionDefinition.leaves(images, size[0], size[1]);
                Leaves leaves = new Leaves(images, BatchSum.chunksOf(images), size[0], size[1]);
                assertEquals(begins.length - 1, leaves.count());
                assertEquals(begins.length - 1, io.elbo4j.operation.Convolution.leaves(images, size[0], size[1]));
                for (int i = 0; i < begins.length; i++) {
                    assertEquals(begins[i], leaves.begin(i));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"-3, -6, 2, images, 0, -3", "0, -6, 2, rows, 1, -6", "1, 0, 2, rows, 1, 0", "1, 2, 0, columns, 1, 0",
            "1, 2, -1, columns, 1, -1"})
    void leavesOfNoImageAreRefused(long images, int rows, int columns, String argument, int least, int given) {
        assertEquals("Convolution.leaves: " + argument + " must be at least " + least + ", not " + given, assertThrows(
                IllegalArgumentException.class, () -> io.elbo4j.operation.Convolution.leaves(images, rows, columns))
                .getMessage());
    }

    /** A weight of infinity that lies in the padding is no term; a product that vanishes leaves -0. */
    @Test
    void whatLiesInThePaddingIsNoTerm() {
        ConvolutionShape s = new ConvolutionShape(1, 1, 1, 5, 3, 3, 1, 1);
        float[] w = new float[9 * 5];
        Arrays.fill(w, Float.POSITIVE_INFINITY);
        Arrays.fill(w, 20, 25, -0x1p-80f);
        Guarded result = new Guarded(1, 5);
        new Gather(s, Guarded.matrix(1, 1, 0x1p-80f), Guarded.matrix(9, 5, w), null, false, null, result.matrix)
                .run(0, 1);
        for (float x : result.values()) {
            assertEquals(-0f, x);
        }
    }

    /** Sums in double precision beside which results are held. */
    private static final class Sums {
        private final double[] sums;
        private final double[] magnitudes;
        private final int[] terms;

        Sums(int results) {
            sums = new double[results];
            magnitudes = new double[results];
            terms = new int[results];
        }

        void add(int result, double term) {
            sums[result] += term;
            magnitudes[result] += Math.abs(term);
            terms[result]++;
        }

        /** The sum over the magnitudes of the terms bounds the error: 2^-24 for each step of a chain. */
        void assertNear(float[] found, String of) {
            assertEquals(sums.length, found.length);
            for (int i = 0; i < found.length; i++) {
                assertTrue(Math.abs(found[i] - sums[i]) <= magnitudes[i] * terms[i] * 0x1p-24, of + ", seed " + SEED
                        + ": " + found[i] + " instead of " + sums[i]);
            }
        }
    }

    /** Calls with each pixel of a small image, and each of the big one that it touches by a tap: element numbers. */
    private interface Touch {
        void at(int small, int big, int weight);
    }

    private static void forEachTouch(ConvolutionShape s, int images, Touch touch) {
        int pixels = images * s.smallRows() * s.smallColumns();
        int taps = s.kernelRows() * s.kernelColumns();
        for (int at = 0; at < pixels * taps; at++) {
            int pixel = at / taps;
            int tap = at % taps;
            int image = pixel / (s.smallRows() * s.smallColumns());
            int row = pixel / s.smallColumns() % s.smallRows();
            int y = row * s.stride() - s.padding() + tap / s.kernelColumns();
            int x = pixel % s.smallColumns() * s.stride() - s.padding() + tap % s.kernelColumns();
            if (y >= 0 && y < s.bigRows() && x >= 0 && x < s.bigColumns()) {
                int big = (image * s.bigRows() + y) * s.bigColumns() + x;
                for (int c = 0; c < s.bigChannels(); c++) {
                    for (int o = 0; o < s.smallChannels(); o++) {
                        touch.at(pixel * s.smallChannels() + o, big * s.bigChannels() + c, (tap * s.bigChannels() + c)
                                * s.smallChannels() + o);
                    }
                }
            }
        }
    }

    @Test
    void agreesWithDoublePrecision() {
        int images = 2;
        for (ConvolutionShape s : new ConvolutionShape[] {new ConvolutionShape(9, 8, 7, 12, 3, 4, 2, 1),
                new ConvolutionShape(20, 19, 3, 5, 3, 3, 1, 1)}) {
            float[] big = References.gaussian(SEED, images * s.bigImage(), 1);
            float[] small = References.gaussian(SEED + 1, images * s.smallImage(), 1);
            float[] w = References.gaussian(SEED + 2, s.weightRows() * s.smallChannels(), 1);
            Sums gathered = new Sums(small.length);
            Sums spread = new Sums(big.length);
            Sums weightGradient = new Sums(w.length);
            forEachTouch(s, images, (o, c, k) -> {
                gathered.add(o, (double) big[c] * w[k]);
                spread.add(c, (double) small[o] * w[k]);
                weightGradient.add(k, (double) big[c] * small[o]);
            });
            Sums biasGradient = new Sums(s.smallChannels());
            for (int i = 0; i < small.length; i++) {
                biasGradient.add(i % s.smallChannels(), small[i]);
            }
            Matrix bigs = Guarded.matrix(images, s.bigImage(), big);
            Matrix smalls = Guarded.matrix(images, s.smallImage(), small);
            Matrix weight = Guarded.matrix(s.weightRows(), s.smallChannels(), w);
            Guarded toSmall = new Guarded(images, s.smallImage());
            new Gather(s, bigs, weight, null, false, null, toSmall.matrix).run(0, images);
            gathered.assertNear(toSmall.values(), "gather");
            Guarded toBig = new Guarded(images, s.bigImage());
            new Spread(s, smalls, weight, null, false, null, toBig.matrix).run(0, images);
            spread.assertNear(toBig.values(), "spread");
            Guarded dw = new Guarded(s.weightRows(), s.smallChannels());
            new WeightGradient(s, bigs, smalls, null, dw.matrix, BatchSum.chunksOf(bigs.rows())).run(0, s.weightRows());
            weightGradient.assertNear(dw.values(), "gradient of the weights");
            Guarded db = new Guarded(1, s.smallChannels());
            new BiasGradient(s.smallRows(), s.smallColumns(), smalls, db.matrix, BatchSum.chunksOf(bigs.rows())).run(0,
                    s.smallChannels());
            biasGradient.assertNear(db.values(), "gradient of the bias");
        }
    }

    @Test
    void shapesThatAreRefused() {
        assertEquals("kernelRows must be at most bigRows + 2 padding, 4, not 5", assertThrows(
                IllegalArgumentException.class, () -> new ConvolutionShape(2, 9, 1, 1, 5, 3, 1, 1)).getMessage());
        assertEquals("stride must be from 1 to 2^24, not 0", assertThrows(IllegalArgumentException.class,
                () -> new ConvolutionShape(2, 9, 1, 1, 1, 3, 0, 1)).getMessage());
        assertEquals("the big image must be of at most 2^31 - 9 floats, not 4.294967296E9", assertThrows(
                IllegalArgumentException.class, () -> new ConvolutionShape(1 << 16, 1 << 16, 1, 1, 1, 1, 1, 0))
                .getMessage());
    }
}
