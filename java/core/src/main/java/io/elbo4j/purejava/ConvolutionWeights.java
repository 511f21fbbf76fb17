package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.index;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.HeapAddress.values;

import io.elbo4j.ConvolutionShape;
import io.elbo4j.operation.Convolution.WeightGradient;
import io.elbo4j.purejava.Matmul.Scratch;
import java.util.Arrays;

/**
 * The gradient of a convolution's weights, leaf by leaf, so that a leaf's pixels of the small image stay in the cache
 * as the panel. Three rows of dWeight go together, or four where one would be left; they lie in one row of the kernel,
 * and may belong to different taps, which the pixels near the border do not all have.
 */
final class ConvolutionWeights {
    private static final int ROWS = 3;

    private final WeightGradient op;
    private final ConvolutionShape shape;
    private final Leaves leaves;
    private final Scratch scratch = Scratch.get();
    private final int smallRows;
    private final int smallColumns;
    private final int step;
    /** Of each tap of a row, its first pixel along a row of the small image, and one past its last. */
    private final int[] first;
    private final int[] end;

    private final float[][] sums = new float[ROWS + 1][Scratch.WIDEST];
    private final float[] unread = new float[Scratch.WIDEST];
    // of the rows that go together
    private final int[] taps = new int[ROWS + 1];
    private final int[] rows = new int[ROWS + 1];
    private final float[][] targets = new float[ROWS + 1][];

    ConvolutionWeights(WeightGradient op) {
        this.op = op;
        this.shape = op.shape();
        this.leaves = new Leaves(op.big().rows(), op.chunks(), shape.smallRows(), shape.smallColumns());
        this.smallRows = shape.smallRows();
        this.smallColumns = shape.smallColumns();
        this.step = shape.stride() * shape.bigChannels();
        this.first = new int[shape.kernelColumns()];
        this.end = new int[shape.kernelColumns()];
        for (int tap = 0; tap < first.length; tap++) {
            int reach = shape.bigColumns() + shape.padding() - tap;
            end[tap] = reach <= 0 ? 0 : Math.min(smallColumns, (reach + shape.stride() - 1) / shape.stride());
            first[tap] = Math.min(end[tap], tap < shape.padding() ? (shape.padding() - tap + shape.stride() - 1) / shape
                    .stride() : 0);
        }
    }

    /** Rows begin to end - 1 of dWeight. */
    void run(int begin, int end) {
        int most = 0;
        for (int leaf = 0; leaf < leaves.count(); leaf++) {
            most = Math.max(most, (int) (leaves.begin(leaf + 1) - leaves.begin(leaf)) * smallColumns);
        }
        int width = Scratch.stripWidth(shape.smallChannels(), most);
        float[][] parked = new float[Leaves.MOST_LEVELS][];
        for (int o = 0; o < shape.smallChannels(); o += width) {
            int channels = Math.min(width, shape.smallChannels() - o);
            for (int leaf = 0; leaf < leaves.count(); leaf++) {
                float[][] panel = panel(leaf, o, channels, most);
                for (int f = begin, count; f < end; f += count) {
                    int kernelRow = shape.kernelColumns() * shape.bigChannels();
                    int left = Math.min(end, (f / kernelRow + 1) * kernelRow) - f;
                    count = left == ROWS + 1 ? left : Math.min(ROWS, left);
                    chains(leaf, f, count, panel, channels);
                    for (int r = 0; r < count; r++) {
                        merge(leaf, (f + r - begin) * channels, (end - begin) * channels, r, parked, channels);
                        if (leaf + 1 == leaves.count()) {
                            store(sums[r], op.dWeight(), f + r, o, channels);
                        }
                    }
                }
            }
        }
    }

    /** The small image's pixels of a leaf. */
    private float[][] panel(int leaf, int channel, int channels, int most) {
        float[][] panel = scratch.panel(most);
        float[] small = values(op.small());
        long end = leaves.begin(leaf + 1);
        int at = 0;
        for (long row = leaves.begin(leaf); row < end; row++) {
            int from = index(op.small(), row / smallRows, (int) (row % smallRows) * smallColumns * shape.smallChannels()
                    + channel);
            for (int j = 0; j < smallColumns; j++) {
                System.arraycopy(small, from + j * shape.smallChannels(), panel[at++], 0, channels);
            }
        }
        return panel;
    }

    /** Leaves in the sums the chains of a leaf, of the rows f to f + count - 1 of dWeight. */
    private void chains(int leaf, int f, int count, float[][] panel, int channels) {
        int c = shape.bigChannels();
        int kernelRow = shape.kernelColumns() * c;
        int a = f / kernelRow;
        int column = f % kernelRow;
        // along a row of pixels later taps begin and end earlier
        int lowest = column / c;
        int highest = (column + count - 1) / c;
        int allFirst = first[lowest];
        int allEnd = Math.max(allFirst, end[highest]);
        int last = Math.max(allEnd, end[lowest]);
        for (int r = 0; r < count; r++) {
            taps[r] = (column + r) / c;
            Arrays.fill(sums[r], 0, channels, 0f);
        }
        long begin = leaves.begin(leaf);
        int smallRowsOfLeaf = (int) (leaves.begin(leaf + 1) - begin);
        for (int i = 0; i < smallRowsOfLeaf; i++) {
            int y = (int) ((begin + i) % smallRows) * shape.stride() + a - shape.padding();
            if (y < 0 || y >= shape.bigRows()) {
                continue;
            }
            int k = i * smallColumns;
            int from = index(op.big(), (begin + i) / smallRows, (y * shape.bigColumns() - shape.padding()) * c
                    + column);
            border(from, count, first[highest], allFirst, k, panel, channels);
            for (int r = 0; r < count; r++) {
                rows[r] = from + r;
                targets[r] = sums[r];
            }
            accumulate(count, k, allFirst, allEnd, panel, channels);
            border(from, count, allEnd, last, k, panel, channels);
        }
    }

    /** Pixels that only some of the rows' taps have: the others' chains go on in a sum that nobody reads. */
    private void border(int from, int count, int begin, int until, int k, float[][] panel, int channels) {
        for (int j = begin; j < until; j++) {
            int present = -1;
            for (int r = 0; r < count; r++) {
                boolean has = j >= first[taps[r]] && j < end[taps[r]];
                targets[r] = has ? sums[r] : unread;
                present = has ? r : present;
            }
            // an absent element may lie outside of the array
            for (int r = 0; r < count; r++) {
                rows[r] = from + (targets[r] == unread ? present : r);
            }
            if (present >= 0) {
                accumulate(count, k, j, j + 1, panel, channels);
            }
        }
    }

    /** Continues the chains of the targets over the pixels begin to end - 1 of a row, the panel's k-th its first. */
    private void accumulate(int count, int k, int begin, int end, float[][] panel, int channels) {
        float[] big = values(op.big());
        int back = k * step;
        for (int r = count; r < ROWS; r++) {
            rows[r] = rows[0];
            targets[r] = unread;
        }
        if (count > ROWS) {
            FourRows.accumulate(big, rows[0] - back, rows[1] - back, rows[2] - back, rows[3] - back, step, panel, k
                    + begin, k + end, targets, channels);
        } else {
            Matmul.accumulate(big, rows[0] - back, rows[1] - back, rows[2] - back, step, panel, k + begin, k + end,
                    targets[0], targets[1], targets[2], channels);
        }
    }

    /** The adjacent-first tree as a binary counter over leaves, whose levels are matrices like dWeight. */
    private void merge(int leaf, int at, int size, int row, float[][] parked, int channels) {
        float[] sum = sums[row];
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
