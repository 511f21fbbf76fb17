package io.elbo4j.train.picture;

import java.awt.Color;

/** Colours that are told apart. */
public final class Palette {
    /** Tableau's ten. */
    private static final int[] TEN = {0x1f77b4, 0xff7f0e, 0x2ca02c, 0xd62728, 0x9467bd, 0x8c564b, 0xe377c2, 0x7f7f7f,
            0xbcbd22, 0x17becf};

    private Palette() {}

    /** 0xRRGGBB of one of so many. */
    public static int of(int index, int count) {
        return count <= TEN.length ? TEN[index] : Color.HSBtoRGB((float) index / count, 0.85f, index % 2 == 0 ? 0.85f
                : 0.6f) & 0xffffff;
    }

    /**
     * The mean of the colours, each with its share.
     *
     * @param shares of which so many, from the offset on, are looked at; at least 0, and not all 0
     */
    public static int mixed(float[] shares, int offset, int count) {
        double sum = 0;
        double[] mean = new double[3];
        for (int i = 0; i < count; i++) {
            int colour = of(i, count);
            sum += shares[offset + i];
            for (int c = 0; c < 3; c++) {
                mean[c] += shares[offset + i] * (double) (colour >> 8 * (2 - c) & 0xff);
            }
        }
        int colour = 0;
        for (double each : mean) {
            colour = colour << 8 | (int) Math.round(each / sum);
        }
        return colour;
    }
}
