package io.elbo4j.train.torch;

import static io.elbo4j.ArgumentException.require;

import java.util.stream.IntStream;

/** Where the elements of an axis of PyTorch's are here: the place of each in turn. */
public final class Order {
    private Order() {}

    /** The same here as there. */
    public static int[] same(long count) {
        require(count >= 0 && count <= Integer.MAX_VALUE - 8, "count", "0 to 2^31 - 9", count);
        return IntStream.range(0, Math.toIntExact(count)).toArray();
    }

    /**
     * Of the values of an image, or of a kernel: (channel, row, column) in PyTorch (NCHW), (row, column, channel) here
     * (NHWC), the last running fastest.
     *
     * @throws io.elbo4j.ArgumentException if a size is below 1, or their product above 2^31 - 9
     */
    public static int[] channelsFirst(int channels, int height, int width) {
        require(channels >= 1, "channels", "at least 1", channels);
        require(height >= 1, "height", "at least 1", height);
        require(width >= 1, "width", "at least 1", width);
        double values = (double) channels * height * width;
        require(values <= Integer.MAX_VALUE - 8, "channels x height x width", "at most 2^31 - 9", values);
        int pixels = height * width;
        return IntStream.range(0, channels * pixels).map(i -> i % pixels * channels + i / pixels).toArray();
    }
}
