package io.elbo4j.operation;

import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import java.util.List;

/**
 * An operation whose results are sums over the rows of a batch: each is one chain of float32 operations for each of 1,
 * 2, 4 or 8 chunks of consecutive rows, and neighbouring chunks are added until one is left. So W workers, W a power of
 * two, that have a Wth of the rows each, with a Wth of the chunks, have between them what one of all rows has: their
 * results, added in the same way, are those of the whole batch to the bit.
 */
public interface BatchSum extends Operation {
    /** Into how many chunks a batch is cut: the largest power of two of at most a 32nd of its rows, 1 to 8. */
    static int chunksOf(long rows) {
        return rows >= 256 ? 8 : rows >= 128 ? 4 : rows >= 64 ? 2 : 1;
    }

    /** What is summed over the rows of, or one of several such. */
    Matrix batch();

    /** The sums. */
    List<Matrix> results();

    /** 1, 2, 4 or 8. */
    int chunks();

    /** The same over so many chunks: of a part of a batch, the chunks of the whole that lie in the part. */
    BatchSum withChunks(int chunks);
}
