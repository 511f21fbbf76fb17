package io.elbo4j;

import static io.elbo4j.ArgumentException.require;

/**
 * What a convolution joins: a big image and a small one, with small = floor((big + 2 padding - kernel) / stride) + 1
 * rows and columns. An image is a row of a matrix, its rows one after the other, the channels of a pixel side by side
 * (NHWC): element (row, column, channel) is column (row * width + column) * channels + channel of the matrix.
 *
 * <p>Weights are a matrix of (kernel row, kernel column, big channel) x small channel. A convolution's input is the big
 * image; a transposed convolution's is the small one.
 *
 * @param bigRows of the big image, at least 1
 * @param bigColumns of the big image, at least 1
 * @param bigChannels of the big image, at least 1
 * @param smallChannels of the small image, at least 1
 * @param kernelRows at least 1, and at most bigRows + 2 padding
 * @param kernelColumns at least 1, and at most bigColumns + 2 padding
 * @param stride from a pixel of the small image to the next, in pixels of the big one; at least 1
 * @param padding rows and columns on each side of the big image that are not there: no term of any sum; at least 0
 */
public record ConvolutionShape(int bigRows, int bigColumns, int bigChannels, int smallChannels, int kernelRows,
        int kernelColumns, int stride, int padding) {
    /** Far more than any image has, and small enough that no number of rows or columns overflows. */
    private static final int MOST = 1 << 24;

    /** @throws IllegalArgumentException if the small image would have no pixel, or an image 2^31 - 8 floats or more */
    public ConvolutionShape {
        requireSize("bigRows", bigRows, 1);
        requireSize("bigColumns", bigColumns, 1);
        requireSize("bigChannels", bigChannels, 1);
        requireSize("smallChannels", smallChannels, 1);
        requireSize("kernelRows", kernelRows, 1);
        requireSize("kernelColumns", kernelColumns, 1);
        requireSize("stride", stride, 1);
        requireSize("padding", padding, 0);
        requireInside("kernelRows", kernelRows, "bigRows", bigRows, padding);
        requireInside("kernelColumns", kernelColumns, "bigColumns", bigColumns, padding);
        requireFloats("the big image", (double) bigRows * bigColumns * bigChannels);
        requireFloats("the small image", (double) small(bigRows, kernelRows, stride, padding)
                * small(bigColumns, kernelColumns, stride, padding) * smallChannels);
        requireFloats("the weights", (double) kernelRows * kernelColumns * bigChannels * smallChannels);
    }

    private static void requireSize(String name, int size, int least) {
        require(size >= least && size <= MOST, name, "from " + least + " to 2^24", size);
    }

    private static void requireInside(String name, int kernel, String of, int big, int padding) {
        require(kernel <= big + 2L * padding, name, "at most " + of + " + 2 padding, " + (big + 2L * padding), kernel);
    }

    private static void requireFloats(String name, double floats) {
        require(floats <= Integer.MAX_VALUE - 8, name, "of at most 2^31 - 9 floats", floats);
    }

    private static int small(int big, int kernel, int stride, int padding) {
        return (big + 2 * padding - kernel) / stride + 1;
    }

    /** Rows of the small image. */
    public int smallRows() {
        return small(bigRows, kernelRows, stride, padding);
    }

    /** Columns of the small image. */
    public int smallColumns() {
        return small(bigColumns, kernelColumns, stride, padding);
    }

    /** Floats of a big image: columns of its matrix. */
    public int bigImage() {
        return bigRows * bigColumns * bigChannels;
    }

    /** Floats of a small image: columns of its matrix. */
    public int smallImage() {
        return smallRows() * smallColumns() * smallChannels;
    }

    /** Rows of the weights' matrix, which has smallChannels columns. */
    public int weightRows() {
        return kernelRows * kernelColumns * bigChannels;
    }
}
