package io.elbo4j.purejava;

import io.elbo4j.numerics.RowSum;

/** Working memory of one thread: tiles for pieces of rows, so that kernels allocate nothing. */
final class Scratch {
    /** Columns of a tile: all tiles of a kernel stay in the first-level cache. A multiple of {@link RowSum#TILE}. */
    static final int TILE = 512;

    private static final int MOST_TILES = 12;
    private static final ThreadLocal<Scratch> PER_THREAD = ThreadLocal.withInitial(Scratch::new);

    private final float[][] tiles = new float[MOST_TILES][TILE];

    /** The lanes of two row sums at a time. */
    final double[] lanes = new double[RowSum.LANES];

    final double[] otherLanes = new double[RowSum.LANES];

    /** A sum for each column of a tile. */
    final double[] sums = new double[TILE];

    private final int[][] numbers = {{}, {}};

    /** Random words of a tile. */
    final int[] words = new int[TILE];

    /** Tiles 0 to 2 and 3 to 5. */
    final float[][] three = {tiles[0], tiles[1], tiles[2]};

    final float[][] nextThree = {tiles[3], tiles[4], tiles[5]};

    static Scratch get() {
        return PER_THREAD.get();
    }

    float[] tile(int i) {
        return tiles[i];
    }

    /** At least {@code count} row numbers of list i, 0 or 1; it grows to the most that was ever asked for. */
    int[] numbers(int i, int count) {
        if (numbers[i].length < count) {
            numbers[i] = new int[count];
        }
        return numbers[i];
    }

    /** How many columns the tile that starts at a column has. */
    static int width(int column, int columns) {
        return Math.min(TILE, columns - column);
    }
}
