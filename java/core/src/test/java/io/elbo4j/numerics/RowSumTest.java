package io.elbo4j.numerics;

import static io.elbo4j.numerics.Accuracy.assertBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowSumTest {
    private static final int[] SIZES = {
            0, 1, 2, 3, 4, 5, 7, 31, 32, 33, 63, 64, 127, 128, 129, 131, 255, 256, 257, 509, 784, 1009, 4099, 100_003
    };
    private static final long SEED = 20240607;

    @Test
    void isWithinHalfAnUlpAndTheRoundingOfTheQuads() {
        for (int size : SIZES) {
            for (int kind = 0; kind < 4; kind++) {
                float[] row = values(size, kind);
                BigDecimal exact = BigDecimal.ZERO;
                BigDecimal magnitudes = BigDecimal.ZERO;
                for (float value : row) {
                    exact = exact.add(new BigDecimal(value));
                    magnitudes = magnitudes.add(new BigDecimal(value).abs());
                }
                float actual = sum(row, 0, size);
                double error = new BigDecimal(actual).subtract(exact).abs().doubleValue();
                double bound = 0.5 * Math.ulp(exact.floatValue()) + 0x1p-23 * magnitudes.doubleValue();
                assertTrue(error <= bound, "size " + size + " kind " + kind + ": error " + error + " bound " + bound);
            }
        }
    }

    @Test
    void isTheDefinition() {
        for (int size : SIZES) {
            for (int kind = 0; kind < 4; kind++) {
                float[] row = values(size, kind);
                assertBits(definition(row), sum(row, 0, size));
            }
        }
    }

    /** Rows of up to 128 columns need only the power of two of lanes that holds their quads. */
    @Test
    void aShortRowIsALongRowWithZeros() {
        for (int size = 1; size <= 128; size++) {
            for (int kind = 0; kind < 4; kind++) {
                float[] row = values(size, kind);
                float expected = sum(row, 0, size);
                assertBits(expected, sum(Arrays.copyOf(row, 128), 0, 128));
                assertBits(expected, sum(Arrays.copyOf(row, 1000), 0, 1000));
                assertBits(expected, shortTree(row));
            }
        }
    }

    @Test
    void accumulatesTileByTileFromAnyOffset() {
        float[] row = values(1009, 0);
        float[] shifted = new float[1009 + 3];
        System.arraycopy(row, 0, shifted, 3, 1009);
        double[] lanes = new double[RowSum.LANES];
        for (int start = 0; start < 1009; start += 3 * RowSum.TILE) {
            RowSum.add(lanes, shifted, 3 + start, Math.min(3 * RowSum.TILE, 1009 - start));
        }
        assertBits(sum(row, 0, 1009), RowSum.finish(lanes));
    }

    @Test
    void scratchNeedsNoClearing() {
        double[] lanes = new double[RowSum.LANES];
        Arrays.fill(lanes, Double.NaN);
        assertEquals(3.0f, RowSum.sum(new float[] {1, 2}, 0, 2, lanes));
    }

    @Test
    void specialValues() {
        float infinity = Float.POSITIVE_INFINITY;
        assertBits(0.0f, sum(new float[0], 0, 0));
        assertBits(0.0f, sum(new float[] {-0.0f}, 0, 1));
        assertBits(0.0f, sum(new float[] {-0.0f, -0.0f, -0.0f, -0.0f}, 0, 4));
        assertBits(2 * Float.MIN_VALUE, sum(new float[] {Float.MIN_VALUE, Float.MIN_VALUE}, 0, 2));
        assertBits(infinity, sum(new float[] {infinity, 1}, 0, 2));
        assertBits(infinity, sum(new float[] {Float.MAX_VALUE, Float.MAX_VALUE}, 0, 2));
        assertTrue(Float.isNaN(sum(new float[] {infinity, 0, 0, 0, -infinity}, 0, 5)));
        assertTrue(Float.isNaN(sum(new float[] {1, Float.NaN}, 0, 2)));
    }

    private static float sum(float[] values, int offset, int count) {
        return RowSum.sum(values, offset, count, new double[RowSum.LANES]);
    }

    /** The contract's words, one element at a time. */
    private static float definition(float[] row) {
        double[] lanes = new double[32];
        for (int quad = 0; 4 * quad < row.length; quad++) {
            lanes[quad % 32] += quad(row, quad);
        }
        return (float) tree(lanes, 0, 32);
    }

    private static float shortTree(float[] row) {
        int quads = (row.length + 3) / 4;
        int leaves = quads == 1 ? 1 : 2 * Integer.highestOneBit(quads - 1);
        double[] lanes = new double[leaves];
        for (int quad = 0; quad < quads; quad++) {
            lanes[quad] += quad(row, quad);
        }
        return (float) tree(lanes, 0, leaves);
    }

    private static float quad(float[] row, int quad) {
        float[] e = Arrays.copyOf(Arrays.copyOfRange(row, 4 * quad, Math.min(row.length, 4 * quad + 4)), 4);
        return (e[0] + e[1]) + (e[2] + e[3]);
    }

    private static double tree(double[] lanes, int from, int count) {
        return count == 1 ? lanes[from] : tree(lanes, from, count / 2) + tree(lanes, from + count / 2, count / 2);
    }

    /** 0: normals, 1: exponents from 2^-60 to 2^60, 2: denormals and signed zeros, 3: the same sign. */
    private static float[] values(int size, int kind) {
        Random random = new Random(SEED + 4L * size + kind);
        float[] row = new float[size];
        for (int i = 0; i < size; i++) {
            float normal = (float) random.nextGaussian();
            row[i] = switch (kind) {
                case 0 -> normal;
                case 1 -> Math.scalb(normal, random.nextInt(121) - 60);
                case 2 -> Float.intBitsToFloat(random.nextInt(4) == 0 ? 0x80000000 : random.nextInt() & 0x807fffff);
                default -> Math.abs(normal);
            };
        }
        return row;
    }
}
