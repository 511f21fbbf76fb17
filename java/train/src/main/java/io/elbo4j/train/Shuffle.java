package io.elbo4j.train;

import io.elbo4j.Noise;
import io.elbo4j.numerics.Philox;
import io.elbo4j.train.graph.Streams;

/**
 * The order of the rows in an epoch: a Fisher-Yates shuffle whose draws are keyed by (seed, epoch, position). It is
 * made on the host, as each swap needs the one before, and sent to a device once an epoch, 4 bytes a row; rows are
 * gathered and binarised there.
 */
final class Shuffle {
    private Shuffle() {}

    /** Fills {@code order} with an epoch's permutation of 0 ... order.length - 1. */
    static void permutation(long seed, long epoch, int[] order) {
        permutation(seed, epoch, 0, order);
    }

    /** The same of one of several shards, each of which is shuffled by itself. */
    static void permutation(long seed, long epoch, int shard, int[] order) {
        fill(seed, new Noise(seed, Streams.SHUFFLE).step(epoch).draw(), shard, order);
    }

    /** A permutation that no epoch has. */
    static int[] ofHeldOut(long seed, int rows) {
        int[] order = new int[rows];
        fill(seed, new Noise(seed, Streams.HOLD_OUT).step(0).draw(), 0, order);
        return order;
    }

    private static void fill(long seed, long draw, int row, int[] order) {
        int[] words = new int[4];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        for (int i = order.length - 1; i > 0; i--) {
            if (i == order.length - 1 || (i & 1) == 1) {
                Philox.block(seed, draw, row, i >>> 1, words, 0);
            }
            int w = (i & 1) << 1;
            long random = (words[w] & 0xffffffffL) << 32 | words[w + 1] & 0xffffffffL;
            // the high word of a 64-bit by 32-bit product: biased by less than 2^-32
            int j = (int) Math.multiplyHigh(random >>> 1, (long) (i + 1) << 1);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
    }
}
