package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.index;
import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.HeapAddress.values;

import io.elbo4j.ConvolutionShape;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Convolution.BiasGradient;
import io.elbo4j.operation.Convolution.Gather;
import io.elbo4j.operation.Convolution.Spread;
import io.elbo4j.operation.Convolution.WeightGradient;
import io.elbo4j.purejava.Matmul.Scratch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions as the products of {@link Matmul}: three neighbouring pixels that touch the same taps are three rows of
 * A, their taps the steps, weights the panel. Nothing is copied but weights, and what lies in the padding is skipped.
 * Results of few channels have loops of their own, {@link ConvolutionOfImages}.
 */
final class Convolution {
    private static final int ROWS = 3;

    private Convolution() {}

    /** small = gate(relu(big * weight + bias)). */
    static void gather(Gather op, long begin, long end) {
        ConvolutionShape s = op.shape();
        if (ConvolutionOfImages.pays(s.smallChannels())) {
            ConvolutionOfImages.gather(op, begin, end);
            return;
        }
        Scratch scratch = Scratch.get();
        int depth = s.weightRows();
        int width = Scratch.stripWidth(s.smallChannels(), depth);
        for (int o = 0; o < s.smallChannels(); o += width) {
            int channels = Math.min(width, s.smallChannels() - o);
            float[][] panel = scratch.panel(depth);
            for (int k = 0; k < depth; k++) {
                load(op.weight(), k, o, panel[k], channels);
            }
            Epilogue epilogue = new Epilogue(op.bias(), op.relu(), op.gate(), op.small(), s.smallChannels(), o,
                    channels);
            for (long n = begin; n < end; n++) {
                for (int i = 0; i < s.smallRows(); i++) {
                    gatherRow(op, n, i, panel, scratch, epilogue);
                }
            }
        }
    }

    private static void gatherRow(Gather op, long image, int row, float[][] panel, Scratch scratch,
            Epilogue epilogue) {
        ConvolutionShape s = op.shape();
        float[] big = values(op.big());
        int y = row * s.stride() - s.padding();
        int step = s.stride() * s.bigChannels();
        for (int j = 0, count; j < s.smallColumns(); j += count) {
            int x = j * s.stride() - s.padding();
            int firstTap = Math.max(0, -x);
            int endTap = Math.max(firstTap, Math.min(s.kernelColumns(), s.bigColumns() - x));
            count = 1;
            if (x >= 0 && endTap == s.kernelColumns()) {
                int whole = (s.bigColumns() - s.kernelColumns() + s.padding()) / s.stride() + 1 - j;
                count = Math.min(Math.min(ROWS, whole), s.smallColumns() - j);
            }
            epilogue.clear(scratch);
            for (int a = Math.max(0, -y); a < s.kernelRows() && y + a < s.bigRows(); a++) {
                int from = index(op.big(), image, ((y + a) * s.bigColumns() + x + firstTap) * s.bigChannels());
                int k = (a * s.kernelColumns() + firstTap) * s.bigChannels();
                int steps = (endTap - firstTap) * s.bigChannels();
                Matmul.accumulate(big, from - k, from + Math.min(1, count - 1) * step - k,
                        from + Math.min(2, count - 1) * step - k, 1, panel, k, k + steps, scratch.sums[0],
                        scratch.sums[1], scratch.sums[2], epilogue.channels);
            }
            for (int r = 0; r < count; r++) {
                epilogue.finish(scratch, r, image, row * s.smallColumns() + j + r);
            }
        }
    }

    /** big = gate(relu(small * weight^T + bias)). */
    static void spread(Spread op, long begin, long end) {
        ConvolutionShape s = op.shape();
        if (ConvolutionOfImages.pays(s.bigChannels())) {
            ConvolutionOfImages.spread(op, begin, end);
            return;
        }
        Scratch scratch = Scratch.get();
        int taps = s.kernelRows() * s.kernelColumns();
        int depth = taps * s.smallChannels();
        int width = Scratch.stripWidth(s.bigChannels(), depth);
        for (int c = 0; c < s.bigChannels(); c += width) {
            int channels = Math.min(width, s.bigChannels() - c);
            float[][] panel = scratch.panel(depth);
            for (int tap = 0; tap < taps; tap++) {
                transpose(op.weight(), tap * s.bigChannels() + c, channels, panel, tap * s.smallChannels());
            }
            Epilogue epilogue = new Epilogue(op.bias(), op.relu(), op.gate(), op.big(), s.bigChannels(), c, channels);
            for (long n = begin; n < end; n++) {
                for (int y = 0; y < s.bigRows(); y++) {
                    for (int first = 0; first < Math.min(s.stride(), s.bigColumns()); first++) {
                        spreadRow(op, n, y, first, panel, scratch, epilogue);
                    }
                }
            }
        }
    }

    /** Every stride-th pixel of a row of the big image, from this one on. */
    private static void spreadRow(Spread op, long image, int y, int firstPixel, float[][] panel, Scratch scratch,
            Epilogue epilogue) {
        ConvolutionShape s = op.shape();
        float[] small = values(op.small());
        int depth = s.smallChannels();
        for (int x = firstPixel, count; x < s.bigColumns(); x += count * s.stride()) {
            int first = firstColumn(s, x);
            int last = endColumn(s, x);
            count = 1;
            while (count < ROWS && x + count * s.stride() < s.bigColumns()
                    && firstColumn(s, x + count * s.stride()) == first + count
                    && endColumn(s, x + count * s.stride()) == last + count) {
                count++;
            }
            epilogue.clear(scratch);
            for (int i = firstRow(s, y); i < endRow(s, y); i++) {
                int a = y + s.padding() - i * s.stride();
                for (int j = first; j < last; j++) {
                    int k = (a * s.kernelColumns() + x + s.padding() - j * s.stride()) * depth;
                    int from = index(op.small(), image, (i * s.smallColumns() + j) * depth) - k;
                    Matmul.accumulate(small, from, from + Math.min(1, count - 1) * depth,
                            from + Math.min(2, count - 1) * depth, 1, panel, k, k + depth, scratch.sums[0],
                            scratch.sums[1], scratch.sums[2], epilogue.channels);
                }
            }
            for (int r = 0; r < count; r++) {
                epilogue.finish(scratch, r, image, y * s.bigColumns() + x + r * s.stride());
            }
        }
    }

    /** The rows of the small image that touch row y of the big one, from the first ... */
    static int firstRow(ConvolutionShape s, int y) {
        return first(y, s.kernelRows(), s);
    }

    /** ... to this one, excluded. */
    static int endRow(ConvolutionShape s, int y) {
        return end(y, s.kernelRows(), s.smallRows(), s);
    }

    static int firstColumn(ConvolutionShape s, int x) {
        return first(x, s.kernelColumns(), s);
    }

    static int endColumn(ConvolutionShape s, int x) {
        return end(x, s.kernelColumns(), s.smallColumns(), s);
    }

    private static int first(int at, int kernel, ConvolutionShape s) {
        return Math.max(0, Math.floorDiv(at + s.padding() - kernel, s.stride()) + 1);
    }

    private static int end(int at, int kernel, int small, ConvolutionShape s) {
        return Math.max(first(at, kernel, s), Math.min(small, (at + s.padding()) / s.stride() + 1));
    }

    private static void transpose(Matrix weight, int row, int rows, float[][] panel, int k) {
        float[] from = values(weight);
        for (int c = 0; c < rows; c++) {
            int at = index(weight, row + c, 0);
            for (int o = 0; o < weight.columns(); o++) {
                panel[k + o][c] = from[at + o];
            }
        }
    }

    /** What comes after a chain, of the channels {@code first} on of an image's pixel. */
    private record Epilogue(@Nullable Matrix bias, boolean relu, @Nullable Matrix gate, Matrix result, int all,
            int first, int channels) {
        void clear(Scratch scratch) {
            for (float[] sum : scratch.sums) {
                Arrays.fill(sum, 0, channels, 0f);
            }
        }

        void finish(Scratch scratch, int row, long image, int pixel) {
            float[] sum = scratch.sums[row];
            int at = pixel * all + first;
            if (bias != null) {
                load(bias, 0, first, scratch.operand, channels);
                Matmul.add(scratch.operand, sum, channels);
            }
            if (relu) {
                Matmul.relu(sum, channels);
            }
            if (gate != null) {
                load(gate, image, at, scratch.operand, channels);
                Matmul.clearWhereNotPositive(scratch.operand, sum, channels);
            }
            store(sum, result, image, at, channels);
        }
    }

    /** dWeight = the sum over images and pixels of big times small. */
    static void weightGradient(WeightGradient op, long begin, long end) {
        new ConvolutionWeights(op).run((int) begin, (int) end);
    }

    /** dBias = the sum of images over images and pixels. */
    static void biasGradient(BiasGradient op, long begin, long end) {
        Matrix images = op.images();
        int channels = (int) op.dBias().columns();
        int width = (int) (end - begin);
        Leaves leaves = new Leaves(images.rows(), op.chunks(), op.rows(), op.columns());
        float[][] parked = new float[Leaves.MOST_LEVELS][width];
        float[] sum = new float[width];
        // pixels of few channels are read many at a time: for each alone the call would take longer than the sum
        int pixels = Math.max(1, io.elbo4j.purejava.Scratch.TILE / channels);
        float[] x = pixels == 1 ? new float[width] : io.elbo4j.purejava.Scratch.get().tile(0);
        for (int leaf = 0; leaf < leaves.count(); leaf++) {
            Arrays.fill(sum, 0f);
            for (long row = leaves.begin(leaf); row < leaves.begin(leaf + 1); row++) {
                int at = (int) (row % op.rows()) * op.columns() * channels + (int) begin;
                for (int j = 0; j < op.columns(); j += pixels) {
                    int count = Math.min(pixels, op.columns() - j);
                    load(images, row / op.rows(), at + j * channels, x, (count - 1) * channels + width);
                    add(x, count, channels, sum, width);
                }
            }
            int level = Integer.numberOfTrailingZeros(~leaf);
            for (int l = 0; l < level; l++) {
                Matmul.add(parked[l], sum, width);
            }
            System.arraycopy(sum, 0, parked[level], 0, width);
        }
        store(sum, op.dBias(), 0, (int) begin, width);
    }

    /** Pixels one after the other, so many floats apart. */
    private static void add(float[] x, int pixels, int channels, float[] sum, int width) {
        if (width == 1) {
            float one = sum[0];
            for (int j = 0; j < pixels; j++) {
                one += x[j * channels];
            }
            sum[0] = one;
            return;
        }
        int j = 0;
        for (; j + 4 <= pixels; j += 4) {
            int at = j * channels;
            for (int c = 0; c < width; c++) {
                sum[c] = sum[c] + x[at + c] + x[at + channels + c] + x[at + 2 * channels + c] + x[at + 3 * channels
                        + c];
            }
        }
        for (; j < pixels; j++) {
            for (int c = 0; c < width; c++) {
                sum[c] += x[j * channels + c];
            }
        }
    }
}
