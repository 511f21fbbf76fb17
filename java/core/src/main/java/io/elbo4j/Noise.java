package io.elbo4j;

/**
 * Names the random numbers of one use: element (row, column) of a draw is a function of (seed, draw, row, column) and
 * of nothing else, so the same on every device, thread count and shard, and never stored (Salmon et al. 2011, Philox
 * 4x32-10; the counter is (column / 4, first row + row, draw)).
 *
 * <p>A part of a batch (a shard, a chunk) takes the noise of its rows in the whole with {@link #firstRow(long)}.
 *
 * <p>The draw is {@code stream * 2^40 + step}: a stream for each use (a latent variable, the shuffling, an initial
 * weight), a step that a training loop advances. Kernels read it when they run, so no other thread may advance it
 * meanwhile.
 */
public final class Noise {
    private static final int STEP_BITS = 40;
    private final long seed;
    private final long stream;
    private long step;
    private long firstRow;

    public Noise(long seed, int stream) {
        if (stream < 0 || stream >= 1 << 24) {
            throw new IllegalArgumentException("stream must be in [0, 2^24), not " + stream);
        }
        this.seed = seed;
        this.stream = (long) stream << STEP_BITS;
    }

    /** Moves on to the draw of a step in [0, 2^40). */
    public Noise step(long step) {
        if (step < 0 || step >= 1L << STEP_BITS) {
            throw new IllegalArgumentException("step must be in [0, 2^40), not " + step);
        }
        this.step = step;
        return this;
    }

    /**
     * Says which row of the noise row 0 of a kernel's output has, in [0, 2^32): where the output begins in a larger
     * whole. Rows count modulo 2^32, the reach of their word of the counter.
     */
    public Noise firstRow(long firstRow) {
        if (firstRow < 0 || firstRow >= 1L << 32) {
            throw new IllegalArgumentException("firstRow must be in [0, 2^32), not " + firstRow);
        }
        this.firstRow = firstRow;
        return this;
    }

    public long firstRow() {
        return firstRow;
    }

    public long seed() {
        return seed;
    }

    /** The 64-bit draw offset, words 2 and 3 of the Philox counter. */
    public long draw() {
        return stream | step;
    }
}
