package io.elbo4j.purejava;

import io.elbo4j.ConvolutionShape;

/** Convolutions as native/spec/README.md defines them: plain loops over dense arrays. */
final class ConvolutionDefinition {
    private ConvolutionDefinition() {}

    static float[] gather(ConvolutionShape s, int images, float[] big, float[] w, float[] bias, boolean relu,
            float[] gate) {
        float[] small = new float[images * s.smallImage()];
        for (int n = 0; n < images; n++) {
            for (int i = 0; i < s.smallRows(); i++) {
                for (int j = 0; j < s.smallColumns(); j++) {
                    for (int o = 0; o < s.smallChannels(); o++) {
                        float sum = 0;
                        for (int a = 0; a < s.kernelRows(); a++) {
                            for (int b = 0; b < s.kernelColumns(); b++) {
                                int y = i * s.stride() + a - s.padding();
                                int x = j * s.stride() + b - s.padding();
                                if (y < 0 || y >= s.bigRows() || x < 0 || x >= s.bigColumns()) {
                                    continue;
                                }
                                for (int c = 0; c < s.bigChannels(); c++) {
                                    sum = Math.fma(big[big(s, n, y, x, c)], w[weight(s, a, b, c, o)], sum);
                                }
                            }
                        }
                        int at = small(s, n, i, j, o);
                        small[at] = finish(sum, bias, o, relu, gate, at);
                    }
                }
            }
        }
        return small;
    }

    static float[] spread(ConvolutionShape s, int images, float[] small, float[] w, float[] bias, boolean relu,
            float[] gate) {
        float[] big = new float[images * s.bigImage()];
        for (int n = 0; n < images; n++) {
            for (int y = 0; y < s.bigRows(); y++) {
                for (int x = 0; x < s.bigColumns(); x++) {
                    for (int c = 0; c < s.bigChannels(); c++) {
                        float sum = 0;
                        for (int i = 0; i < s.smallRows(); i++) {
                            for (int j = 0; j < s.smallColumns(); j++) {
                                int a = y + s.padding() - i * s.stride();
                                int b = x + s.padding() - j * s.stride();
                                if (a < 0 || a >= s.kernelRows() || b < 0 || b >= s.kernelColumns()) {
                                    continue;
                                }
                                for (int o = 0; o < s.smallChannels(); o++) {
                                    sum = Math.fma(small[small(s, n, i, j, o)], w[weight(s, a, b, c, o)], sum);
                                }
                            }
                        }
                        int at = big(s, n, y, x, c);
                        big[at] = finish(sum, bias, c, relu, gate, at);
                    }
                }
            }
        }
        return big;
    }

    static float[] weightGradient(ConvolutionShape s, int images, float[] big, float[] small) {
        float[] dw = new float[s.weightRows() * s.smallChannels()];
        int[] leaves = leaves(images, s.smallRows(), s.smallColumns());
        for (int a = 0; a < s.kernelRows(); a++) {
            for (int b = 0; b < s.kernelColumns(); b++) {
                for (int c = 0; c < s.bigChannels(); c++) {
                    for (int o = 0; o < s.smallChannels(); o++) {
                        float[] sums = new float[leaves.length - 1];
                        for (int leaf = 0; leaf < sums.length; leaf++) {
                            for (int row = leaves[leaf]; row < leaves[leaf + 1]; row++) {
                                int n = row / s.smallRows();
                                int i = row % s.smallRows();
                                int y = i * s.stride() + a - s.padding();
                                for (int j = 0; j < s.smallColumns(); j++) {
                                    int x = j * s.stride() + b - s.padding();
                                    if (y >= 0 && y < s.bigRows() && x >= 0 && x < s.bigColumns()) {
                                        sums[leaf] = Math.fma(big[big(s, n, y, x, c)], small[small(s, n, i, j, o)],
                                                sums[leaf]);
                                    }
                                }
                            }
                        }
                        dw[weight(s, a, b, c, o)] = tree(sums);
                    }
                }
            }
        }
        return dw;
    }

    static float[] biasGradient(int images, int rows, int columns, int channels, float[] x) {
        float[] db = new float[channels];
        int[] leaves = leaves(images, rows, columns);
        for (int c = 0; c < channels; c++) {
            float[] sums = new float[leaves.length - 1];
            for (int leaf = 0; leaf < sums.length; leaf++) {
                for (int at = leaves[leaf] * columns; at < leaves[leaf + 1] * columns; at++) {
                    sums[leaf] += x[at * channels + c];
                }
            }
            db[c] = tree(sums);
        }
        return db;
    }

    /** The first row of pixels, image * rows + row, of each leaf, and the end. */
    static int[] leaves(int images, int rows, int columns) {
        int chunks = images < 64 ? 1 : Math.min(8, Integer.highestOneBit(images / 32));
        int each = 1;
        while (each < 64 && each * 2L * 256 <= (long) (images / chunks) * rows * columns) {
            each *= 2;
        }
        int[] begins = new int[chunks * each + 1];
        for (int chunk = 0; chunk < chunks; chunk++) {
            int first = (int) ((long) chunk * images / chunks) * rows;
            int end = (int) ((chunk + 1L) * images / chunks) * rows;
            for (int i = 0; i < each; i++) {
                begins[chunk * each + i] = first + (int) ((long) i * (end - first) / each);
            }
        }
        begins[chunks * each] = images * rows;
        return begins;
    }

    private static float tree(float[] leaves) {
        for (int count = leaves.length; count > 1; count /= 2) {
            for (int i = 0; i < count / 2; i++) {
                leaves[i] = leaves[2 * i] + leaves[2 * i + 1];
            }
        }
        return leaves[0];
    }

    private static float finish(float sum, float[] bias, int channel, boolean relu, float[] gate, int at) {
        float x = bias == null ? sum : sum + bias[channel];
        x = relu && x <= 0 ? 0 : x;
        return gate != null && gate[at] <= 0 ? 0 : x;
    }

    private static int big(ConvolutionShape s, int image, int row, int column, int channel) {
        return image * s.bigImage() + (row * s.bigColumns() + column) * s.bigChannels() + channel;
    }

    private static int small(ConvolutionShape s, int image, int row, int column, int channel) {
        return image * s.smallImage() + (row * s.smallColumns() + column) * s.smallChannels() + channel;
    }

    private static int weight(ConvolutionShape s, int a, int b, int c, int o) {
        return ((a * s.kernelColumns() + b) * s.bigChannels() + c) * s.smallChannels() + o;
    }
}
