package io.elbo4j.train.torch;

/**
 * What PyTorch's documentation says that its modules compute, in double precision: plain loops over its own layouts.
 * Images are NCHW, one after the other.
 */
final class PyTorch {
    private PyTorch() {}

    /** y = x W^T + b, W: outputs x inputs. */
    static double[] linear(double[] x, int rows, int inputs, float[] weight, float[] bias) {
        int outputs = bias.length;
        double[] y = new double[rows * outputs];
        for (int n = 0; n < rows; n++) {
            for (int o = 0; o < outputs; o++) {
                double sum = bias[o];
                for (int i = 0; i < inputs; i++) {
                    sum += x[n * inputs + i] * weight[o * inputs + i];
                }
                y[n * outputs + o] = sum;
            }
        }
        return y;
    }

    /** An image's size and its channels. */
    record Size(int channels, int height, int width) {
        int values() {
            return channels * height * width;
        }

        int at(int n, int c, int h, int w) {
            return ((n * channels + c) * height + h) * width + w;
        }

        boolean has(int h, int w) {
            return h >= 0 && h < height && w >= 0 && w < width;
        }
    }

    /** Conv2d: W is (out, in, kernel height, kernel width). */
    static double[] conv2d(double[] x, int images, Size in, Size out, int kh, int kw, int stride, int padding,
            float[] weight, float[] bias) {
        double[] y = new double[images * out.values()];
        for (int n = 0; n < images; n++) {
            for (int o = 0; o < out.channels; o++) {
                for (int h = 0; h < out.height; h++) {
                    for (int w = 0; w < out.width; w++) {
                        double sum = bias[o];
                        for (int c = 0; c < in.channels; c++) {
                            for (int i = 0; i < kh; i++) {
                                for (int j = 0; j < kw; j++) {
                                    int row = h * stride - padding + i;
                                    int column = w * stride - padding + j;
                                    if (in.has(row, column)) {
                                        sum += x[in.at(n, c, row, column)] * weight[((o * in.channels + c) * kh + i)
                                                * kw + j];
                                    }
                                }
                            }
                        }
                        y[out.at(n, o, h, w)] = sum;
                    }
                }
            }
        }
        return y;
    }

    /** ConvTranspose2d: each pixel is spread by W, (in, out, kernel height, kernel width). */
    static double[] convTranspose2d(double[] x, int images, Size in, Size out, int kh, int kw, int stride, int padding,
            float[] weight, float[] bias) {
        double[] y = new double[images * out.values()];
        for (int k = 0; k < y.length; k++) {
            y[k] = bias[k / (out.height * out.width) % out.channels];
        }
        for (int n = 0; n < images; n++) {
            for (int c = 0; c < in.channels; c++) {
                for (int h = 0; h < in.height; h++) {
                    for (int w = 0; w < in.width; w++) {
                        for (int o = 0; o < out.channels; o++) {
                            for (int i = 0; i < kh; i++) {
                                for (int j = 0; j < kw; j++) {
                                    int row = h * stride - padding + i;
                                    int column = w * stride - padding + j;
                                    if (out.has(row, column)) {
                                        y[out.at(n, o, row, column)] += x[in.at(n, c, h, w)] * weight[((c
                                                * out.channels + o) * kh + i) * kw + j];
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        return y;
    }

    /** LayerNorm over the last axis, with an epsilon of 1e-5. */
    static double[] layerNorm(double[] x, int rows, float[] weight, float[] bias) {
        int columns = weight.length;
        double[] y = new double[x.length];
        for (int n = 0; n < rows; n++) {
            double mean = 0;
            double variance = 0;
            for (int i = 0; i < columns; i++) {
                mean += x[n * columns + i] / columns;
            }
            for (int i = 0; i < columns; i++) {
                variance += Math.pow(x[n * columns + i] - mean, 2) / columns;
            }
            for (int i = 0; i < columns; i++) {
                y[n * columns + i] = (x[n * columns + i] - mean) / Math.sqrt(variance + 1e-5) * weight[i] + bias[i];
            }
        }
        return y;
    }

    /** GRUCell: rows r, z, n of the weights; n = tanh(W_n x + b_n + r (U_n h + c_n)), h' = (1 - z) n + z h. */
    static double[] gruCell(double[] x, double[] h, int rows, float[] wIh, float[] wHh, float[] bIh, float[] bHh) {
        int units = bIh.length / 3;
        double[] ofX = linear(x, rows, x.length / rows, wIh, bIh);
        double[] ofH = linear(h, rows, units, wHh, bHh);
        double[] next = new double[rows * units];
        for (int n = 0; n < rows; n++) {
            for (int k = 0; k < units; k++) {
                int r = n * 3 * units + k;
                double reset = sigmoid(ofX[r] + ofH[r]);
                double update = sigmoid(ofX[r + units] + ofH[r + units]);
                double candidate = Math.tanh(ofX[r + 2 * units] + reset * ofH[r + 2 * units]);
                next[n * units + k] = (1 - update) * candidate + update * h[n * units + k];
            }
        }
        return next;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** The values of NCHW images in the order of NHWC. */
    static double[] nhwc(double[] nchw, int images, Size size) {
        double[] y = new double[nchw.length];
        int k = 0;
        for (int n = 0; n < images; n++) {
            for (int h = 0; h < size.height; h++) {
                for (int w = 0; w < size.width; w++) {
                    for (int c = 0; c < size.channels; c++) {
                        y[k++] = nchw[size.at(n, c, h, w)];
                    }
                }
            }
        }
        return y;
    }
}
