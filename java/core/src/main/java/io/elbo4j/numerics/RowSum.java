package io.elbo4j.numerics;

import java.util.Arrays;

/**
 * The sum of a row, defined so that a vector unit, a group of GPU threads and plain Java all compute it the same way;
 * the same bits as {@code native/spec/row_sum.h}.
 *
 * <ul>
 *   <li>quads: (e0 + e1) + (e2 + e3) of four neighbouring columns, in float
 *   <li>lanes: quad column / 4 is added to lane (column / 4) mod 32, in double, ascending, from +0
 *   <li>tree: neighbouring lanes are added, 32 to 16 to 8 to 4 to 2 to 1, in double
 *   <li>result: rounded once to float
 * </ul>
 *
 * <p>Elements past the end of the row are +0, so a short row needs no second definition.
 *
 * <p>Accuracy: 0.5 ULP of the exact sum, plus at most 2^-23 of the sum of the magnitudes of the elements. Exact zero
 * sums are +0; NaN, and +inf with -inf, give NaN; quads that overflow float give infinity.
 */
public final class RowSum {
    /** Partial sums a row is collected in. */
    public static final int LANES = 32;

    /** Columns after which the lanes repeat. */
    public static final int TILE = 4 * LANES;

    private RowSum() {}

    /**
     * The sum of values[offset] .. values[offset + count - 1].
     *
     * @param lanes 32 doubles of scratch, overwritten
     */
    public static float sum(float[] values, int offset, int count, double[] lanes) {
        clear(lanes);
        add(lanes, values, offset, count);
        return finish(lanes);
    }

    /** Makes the 32 lanes ready for a new row. */
    public static void clear(double[] lanes) {
        Arrays.fill(lanes, 0, LANES, 0.0);
    }

    /**
     * Adds count columns of a row to its lanes. The first is in a column that is a multiple of 128; only the last call
     * of a row may have a count that is not.
     */
    public static void add(double[] lanes, float[] values, int offset, int count) {
        int end = offset + count;
        int tile = offset;
        for (; end - tile >= TILE; tile += TILE) {
            for (int lane = 0; lane < LANES; lane++) {
                int i = tile + 4 * lane;
                lanes[lane] += quad(values[i], values[i + 1], values[i + 2], values[i + 3]);
            }
        }
        int lane = 0;
        int i = tile;
        for (; end - i >= 4; i += 4) {
            lanes[lane++] += quad(values[i], values[i + 1], values[i + 2], values[i + 3]);
        }
        int left = end - i;
        if (left > 0) {
            float e1 = left > 1 ? values[i + 1] : 0.0f;
            float e2 = left > 2 ? values[i + 2] : 0.0f;
            lanes[lane] += quad(values[i], e1, e2, 0.0f);
        }
    }

    /** The sum of four neighbouring columns, the first a multiple of four. */
    public static float quad(float e0, float e1, float e2, float e3) {
        return (e0 + e1) + (e2 + e3);
    }

    /** The tree over the lanes and the rounding. The lanes hold nothing useful afterwards: {@link #clear} them. */
    public static float finish(double[] lanes) {
        return (float) total(lanes);
    }

    /** The same before the rounding, as a mean divides it. The lanes hold nothing useful afterwards. */
    public static double total(double[] lanes) {
        for (int width = LANES / 2; width >= 1; width /= 2) {
            for (int i = 0; i < width; i++) {
                lanes[i] = lanes[2 * i] + lanes[2 * i + 1];
            }
        }
        return lanes[0];
    }
}
