package io.elbo4j.numerics;

/**
 * Philox4x32-10: 128 random bits as a function of a counter and a key, the same words as {@code native/spec/philox.h}.
 * No state: any block can be computed anywhere, in any order, and again.
 *
 * <p>Source: Salmon, Moraes, Dror, Shaw, Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011.
 */
public final class Philox {
    /** Words in a block. */
    public static final int WORDS = 4;

    private Philox() {}

    /**
     * The block of elbo4j's noise that covers columns 4 * columnBlock to 4 * columnBlock + 3 of a row: word w belongs
     * to column 4 * columnBlock + w. The key is the seed, the counter (columnBlock, row, low and high half of draw).
     *
     * @param seed the whole 64 bits are used
     * @param draw which draw of this seed, all 64 bits used
     * @param row taken as unsigned
     * @param columnBlock column / 4, taken as unsigned
     * @param out receives four words
     * @param offset index in out of the first word
     */
    public static void block(long seed, long draw, int row, int columnBlock, int[] out, int offset) {
        block(columnBlock, row, (int) draw, (int) (draw >>> 32), (int) seed, (int) (seed >>> 32), out, offset);
    }

    /** The function itself: counter (c0, c1, c2, c3) and key (k0, k1) to out[offset] .. out[offset + 3]. */
    public static void block(int c0, int c1, int c2, int c3, int k0, int k1, int[] out, int offset) {
        for (int round = 0; round < 10; round++) {
            long product0 = (c0 & 0xffffffffL) * 0xD2511F53L;
            long product1 = (c2 & 0xffffffffL) * 0xCD9E8D57L;
            c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
            c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
            c1 = (int) product1;
            c3 = (int) product0;
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
        out[offset] = c0;
        out[offset + 1] = c1;
        out[offset + 2] = c2;
        out[offset + 3] = c3;
    }
}
