package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.index;
import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.HeapAddress.values;

import io.elbo4j.ConvolutionShape;
import io.elbo4j.operation.Convolution.WeightGradient;
import io.elbo4j.purejava.Matmul.Scratch;
import java.util.Arrays;

/**
 * The gradient of a convolution's weights, leaf by leaf, so that a leaf's pixels of the small image stay in the cache
 * as the panel. Three rows of dWeight go together; they lie in one row of the kernel, and may belong to different taps,
 * which the pixels near the border do not all have.
 */
final class ConvolutionWeights {
    private static final int ROWS = 3;

    private final WeightGradient op;
    private final ConvolutionShape shape;
    private final Leaves leaves;
    private final Scratch scratch = Scratch.get();

    ConvolutionWeights(WeightGradient op) {
        this.op = op;
        this.shape = op.shape();
        this.leaves = new Leaves(op.big().rows(), shape.smallRows(), shape.smallColumns());
    }

    /** Rows begin to end - 1 of dWeight. */
    void run(int begin, int end) {
        int most = 0;
        for (int leaf = 0; leaf < leaves.count(); leaf++) {
            most = Math.max(most, (int) (leaves.begin(leaf + 1) - leaves.begin(leaf)) * shape.smallColumns());
        }
        int width = Scratch.stripWidth(shape.smallChannels(), most);
        float[][] parked = new float[Leaves.MOST_LEVELS][];
        for (int o = 0; o < shape.smallChannels(); o += width) {
            int channels = Math.min(width, shape.smallChannels() - o);
            for (int leaf = 0; leaf < leaves.count(); leaf++) {
                float[][] panel = panel(leaf, o, channels, most);
                for (int f = begin, count; f < end; f += count) {
                    int kernelRow = shape.kernelColumns() * shape.bigChannels();
                    count = Math.min(ROWS, Math.min(end, (f / kernelRow + 1) * kernelRow) - f);
                    chains(leaf, f, count, panel, channels);
                    for (int r = 0; r < count; r++) {
                        merge(leaf, (f + r - begin) * channels, (end - begin) * channels, r, parked, channels);
                        if (leaf + 1 == leaves.count()) {
                            store(scratch.sums[r], op.dWeight(), f + r, o, channels);
                        }
                    }
                }
            }
        }
    }

    /** The small image's pixels of a leaf. */
    private float[][] panel(int leaf, int channel, int channels, int most) {
        float[][] panel = scratch.panel(most);
        int columns = shape.smallColumns();
        int at = 0;
        for (long row = leaves.begin(leaf); row < leaves.begin(leaf + 1); row++) {
            int from = (int) (row % shape.smallRows()) * columns * shape.smallChannels() + channel;
            for (int j = 0; j < columns; j++) {
                load(op.small(), row / shape.smallRows(), from + j * shape.smallChannels(), panel[at++], channels);
            }
        }
        return panel;
    }

    /** Leaves in the scratch's sums the chains of a leaf, of the rows f to f + count - 1 of dWeight. */
    private void chains(int leaf, int f, int count, float[][] panel, int channels) {
        int c = shape.bigChannels();
        int kernelRow = shape.kernelColumns() * c;
        int a = f / kernelRow;
        int column = f % kernelRow;
        int step = shape.stride() * c;
        // along a row of pixels later taps begin and end earlier
        int lowest = column / c;
        int highest = (column + count - 1) / c;
        int first = first(highest);
        int allFirst = first(lowest);
        int allEnd = Math.max(allFirst, end(highest));
        int end = Math.max(allEnd, end(lowest));
        for (float[] sum : scratch.sums) {
            Arrays.fill(sum, 0, channels, 0f);
        }
        for (long row = leaves.begin(leaf); row < leaves.begin(leaf + 1); row++) {
            int y = (int) (row % shape.smallRows()) * shape.stride() + a - shape.padding();
            if (y < 0 || y >= shape.bigRows()) {
                continue;
            }
            int k = (int) (row - leaves.begin(leaf)) * shape.smallColumns();
            int from = index(op.big(), row / shape.smallRows(), (y * shape.bigColumns() - shape.padding()) * c
                    + column);
            border(from, column, count, first, allFirst, k, panel, channels);
            if (allEnd > allFirst) {
                int at = from - k * step;
                Matmul.accumulate(values(op.big()), at, at + Math.min(1, count - 1), at + Math.min(2, count - 1), step,
                        panel, k + allFirst, k + allEnd, scratch.sums[0], scratch.sums[1], scratch.sums[2], channels);
            }
            border(from, column, count, allEnd, end, k, panel, channels);
        }
    }

    /** Pixels that only some of the rows' taps have. */
    private void border(int from, int column, int count, int begin, int end, int k, float[][] panel, int channels) {
        float[] big = values(op.big());
        for (int j = begin; j < end; j++) {
            for (int r = 0; r < count; r++) {
                int tap = (column + r) / shape.bigChannels();
                if (j >= first(tap) && j < end(tap)) {
                    multiplyAdd(big[from + j * shape.stride() * shape.bigChannels() + r], panel[k + j],
                            scratch.sums[r], channels);
                }
            }
        }
    }

    private static void multiplyAdd(float a, float[] x, float[] sum, int n) {
        for (int i = 0; i < n; i++) {
            sum[i] = Math.fma(a, x[i], sum[i]);
        }
    }

    /** The first pixel along a row of the small image whose tap of this number lies in the big image. */
    private int first(int tap) {
        return Math.min(end(tap), tap < shape.padding() ? (shape.padding() - tap + shape.stride() - 1) / shape.stride()
                : 0);
    }

    /** One past the last. */
    private int end(int tap) {
        int reach = shape.bigColumns() + shape.padding() - tap;
        return reach <= 0 ? 0 : Math.min(shape.smallColumns(), (reach + shape.stride() - 1) / shape.stride());
    }

    /** The adjacent-first tree as a binary counter over leaves, whose levels are matrices like dWeight. */
    private void merge(int leaf, int at, int size, int row, float[][] parked, int channels) {
        float[] sum = scratch.sums[row];
        int level = Integer.numberOfTrailingZeros(~leaf);
        for (int l = 0; l < level; l++) {
            add(parked[l], at, sum, channels);
        }
        if (leaf + 1 < leaves.count()) {
            if (parked[level] == null) {
                parked[level] = new float[size];
            }
            System.arraycopy(sum, 0, parked[level], at, channels);
        }
    }

    private static void add(float[] x, int offset, float[] sum, int n) {
        for (int i = 0; i < n; i++) {
            sum[i] = x[offset + i] + sum[i];
        }
    }
}
