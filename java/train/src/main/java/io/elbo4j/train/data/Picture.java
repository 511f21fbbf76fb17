package io.elbo4j.train.data;

import java.util.Arrays;

/**
 * The pixels of one file, grey where every pixel's red, green and blue are the same stored sample, else RGB.
 *
 * @param alpha whether the file has transparency, which is opaque for every pixel
 * @param values row-major: height, width, channel; each is sample/(2^depth - 1)
 */
record Picture(int height, int width, int channels, boolean alpha, float[] values) {
    /** @param channels 1 or 3 */
    static Picture of(int height, int width, int channels, boolean alpha, float[] values) {
        if (channels == 1 || !grey(values)) {
            return new Picture(height, width, channels, alpha, values);
        }
        for (int i = 0; i < values.length / 3; i++) {
            values[i] = values[3 * i];
        }
        return new Picture(height, width, 1, alpha, Arrays.copyOf(values, values.length / 3));
    }

    private static boolean grey(float[] rgb) {
        for (int i = 0; i < rgb.length; i += 3) {
            if (rgb[i] != rgb[i + 1] || rgb[i] != rgb[i + 2]) {
                return false;
            }
        }
        return true;
    }
}
