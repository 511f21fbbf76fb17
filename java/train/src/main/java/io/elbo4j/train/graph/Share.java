package io.elbo4j.train.graph;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.operation.BatchSum;

/**
 * A worker's part of a batch. As many workers have one as there are chunks of the batch and as divide its rows: the
 * sums of a part are then sums of whole chunks, also where a row of the batch has several samples or steps. The others
 * are idle in that step, and get its sums.
 *
 * @param batch rows of all parts
 * @param parts 1, 2, 4 or 8
 */
record Share(Exchange exchange, long batch, int parts) {
    static Share of(Exchange exchange, long batch) {
        int workers = exchange.workers();
        require(workers == 1 || workers == 2 || workers == 4 || workers == 8, "workers", "1, 2, 4 or 8", workers);
        require(exchange.rank() >= 0 && exchange.rank() < workers, "rank", "0 to " + (workers - 1), exchange.rank());
        int parts = Math.min(workers, BatchSum.chunksOf(batch));
        while (batch % parts != 0) {
            parts /= 2;
        }
        return new Share(exchange, batch, parts);
    }

    long rows() {
        return batch / parts;
    }

    /** The first row of the part; an idle worker computes the first part, and keeps it for itself. */
    long first() {
        return isIdle() ? 0 : exchange.rank() * rows();
    }

    boolean isIdle() {
        return exchange.rank() >= parts;
    }

    /** Of a part with so many rows, which are as many for each row of the batch. */
    int chunks(long rows) {
        return BatchSum.chunksOf(rows * parts) / parts;
    }
}
