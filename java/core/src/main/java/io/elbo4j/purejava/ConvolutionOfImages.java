package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.index;
import static io.elbo4j.purejava.HeapAddress.values;

import io.elbo4j.ConvolutionShape;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Convolution.Gather;
import io.elbo4j.operation.Convolution.Spread;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions whose result has few channels: loops over channels would be too short, so these run over images. Some
 * tens of images are transposed, an array for each of their elements, and are the panel; weights are A.
 */
final class ConvolutionOfImages {
    private static final int FEW = 4;
    private static final int ROWS = 3;
    /** At once: a loop's length. */
    private static final int IMAGES = 64;

    private static final ThreadLocal<ConvolutionOfImages> PER_THREAD =
            ThreadLocal.withInitial(ConvolutionOfImages::new);

    private final float[][] sums = new float[FEW][IMAGES];
    private final float[] operand = new float[IMAGES];
    private float[][] panel = {};

    private ConvolutionOfImages() {}

    static boolean pays(int channels) {
        return channels <= FEW;
    }

    static void gather(Gather op, long begin, long end) {
        ConvolutionShape s = op.shape();
        ConvolutionOfImages of = PER_THREAD.get();
        int channels = s.smallChannels();
        for (long n = begin; n < end; n += IMAGES) {
            int images = (int) Math.min(IMAGES, end - n);
            of.transpose(op.big(), n, images);
            for (int i = 0; i < s.smallRows(); i++) {
                int y = i * s.stride() - s.padding();
                for (int j = 0; j < s.smallColumns(); j++) {
                    int x = j * s.stride() - s.padding();
                    int firstTap = Math.max(0, -x);
                    int taps = Math.min(s.kernelColumns(), s.bigColumns() - x) - firstTap;
                    of.clear(channels, images);
                    for (int a = Math.max(0, -y); a < s.kernelRows() && y + a < s.bigRows() && taps > 0; a++) {
                        int k = ((y + a) * s.bigColumns() + x + firstTap) * s.bigChannels();
                        int w = (a * s.kernelColumns() + firstTap) * s.bigChannels();
                        of.accumulate(op.weight(), index(op.weight(), w, 0), 1, (int) op.weight().rowStride(), k,
                                taps * s.bigChannels(), channels, images);
                    }
                    of.finish(op.bias(), op.relu(), op.gate(), op.small(), n, images,
                            (i * s.smallColumns() + j) * channels, channels);
                }
            }
        }
    }

    static void spread(Spread op, long begin, long end) {
        ConvolutionShape s = op.shape();
        ConvolutionOfImages of = PER_THREAD.get();
        int channels = s.bigChannels();
        int depth = s.smallChannels();
        for (long n = begin; n < end; n += IMAGES) {
            int images = (int) Math.min(IMAGES, end - n);
            of.transpose(op.small(), n, images);
            for (int y = 0; y < s.bigRows(); y++) {
                for (int x = 0; x < s.bigColumns(); x++) {
                    of.clear(channels, images);
                    for (int i = Convolution.firstRow(s, y); i < Convolution.endRow(s, y); i++) {
                        int a = y + s.padding() - i * s.stride();
                        for (int j = Convolution.firstColumn(s, x); j < Convolution.endColumn(s, x); j++) {
                            int tap = a * s.kernelColumns() + x + s.padding() - j * s.stride();
                            of.accumulate(op.weight(), index(op.weight(), tap * channels, 0), (int) op.weight()
                                    .rowStride(), 1, (i * s.smallColumns() + j) * depth, depth, channels, images);
                        }
                    }
                    of.finish(op.bias(), op.relu(), op.gate(), op.big(), n, images, (y * s.bigColumns() + x)
                            * channels, channels);
                }
            }
        }
    }

    /** panel[k][i] = element k of image first + i. */
    private void transpose(Matrix of, long first, int images) {
        int elements = (int) of.columns();
        if (panel.length < elements) {
            panel = new float[elements][IMAGES];
        }
        float[] from = values(of);
        for (int i = 0; i < images; i++) {
            int at = index(of, first + i, 0);
            for (int k = 0; k < elements; k++) {
                panel[k][i] = from[at + k];
            }
        }
    }

    private void clear(int channels, int images) {
        for (int c = 0; c < channels; c++) {
            Arrays.fill(sums[c], 0, images, 0f);
        }
    }

    /** Continues each channel's chain over the steps of the panel from k on; a weight is at w + channel + step. */
    private void accumulate(Matrix weight, int w, int channelStride, int stepStride, int k, int steps, int channels,
            int images) {
        float[] a = values(weight);
        int from = w - k * stepStride;
        int c = 0;
        for (; c + ROWS <= channels; c += ROWS) {
            int row = from + c * channelStride;
            Matmul.accumulate(a, row, row + channelStride, row + 2 * channelStride, stepStride, panel, k, k + steps,
                    sums[c], sums[c + 1], sums[c + 2], images);
        }
        for (; c < channels; c++) {
            accumulate(a, from + c * channelStride, stepStride, k, k + steps, sums[c], images);
        }
    }

    private void accumulate(float[] a, int row, int stride, int begin, int end, float[] sum, int images) {
        int k = begin;
        for (; k + 4 <= end; k += 4) {
            int at = row + k * stride;
            four(a[at], a[at + stride], a[at + 2 * stride], a[at + 3 * stride], panel[k], panel[k + 1], panel[k + 2],
                    panel[k + 3], sum, images);
        }
        for (; k < end; k++) {
            one(a[row + k * stride], panel[k], sum, images);
        }
    }

    private static void four(float a0, float a1, float a2, float a3, float[] x0, float[] x1, float[] x2, float[] x3,
            float[] sum, int n) {
        for (int i = 0; i < n; i++) {
            sum[i] = Math.fma(a3, x3[i], Math.fma(a2, x2[i], Math.fma(a1, x1[i], Math.fma(a0, x0[i], sum[i]))));
        }
    }

    private static void one(float a, float[] x, float[] sum, int n) {
        for (int i = 0; i < n; i++) {
            sum[i] = Math.fma(a, x[i], sum[i]);
        }
    }

    private void finish(@Nullable Matrix bias, boolean relu, @Nullable Matrix gate, Matrix result, long first,
            int images, int element, int channels) {
        for (int c = 0; c < channels; c++) {
            float[] sum = sums[c];
            if (bias != null) {
                Arrays.fill(operand, 0, images, values(bias)[index(bias, 0, c)]);
                Matmul.add(operand, sum, images);
            }
            if (relu) {
                Matmul.relu(sum, images);
            }
            if (gate != null) {
                for (int i = 0; i < images; i++) {
                    operand[i] = values(gate)[index(gate, first + i, element + c)];
                }
                Matmul.clearWhereNotPositive(operand, sum, images);
            }
            float[] to = values(result);
            for (int i = 0; i < images; i++) {
                to[index(result, first + i, element + c)] = sum[i];
            }
        }
    }
}
