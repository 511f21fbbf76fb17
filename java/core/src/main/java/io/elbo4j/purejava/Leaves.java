package io.elbo4j.purejava;

/**
 * The leaves of a sum over images and pixels, see {@link io.elbo4j.operation.Convolution#leaves}. A row here is a row
 * of pixels, image * rows + row; leaves are cut between them.
 */
final class Leaves {
    /** 2^9 leaves at most, which the tree, as a binary counter, parks on so many levels and one for the end. */
    static final int MOST_LEVELS = 10;

    private final long images;
    private final int rows;
    private final int chunks;
    private final int each;

    Leaves(long images, int chunks, int rows, int columns) {
        this.images = images;
        this.rows = rows;
        this.chunks = chunks;
        this.each = io.elbo4j.operation.Convolution.leaves(images, chunks, rows, columns) / chunks;
    }

    int count() {
        return chunks * each;
    }

    /** The first row of a leaf; the last leaf ends at begin(count()). */
    long begin(int leaf) {
        int chunk = leaf / each;
        if (chunk == chunks) {
            return images * rows;
        }
        long first = chunk * images / chunks * rows;
        long end = (chunk + 1) * images / chunks * rows;
        return first + leaf % each * (end - first) / each;
    }
}
