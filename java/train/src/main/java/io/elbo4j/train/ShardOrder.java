package io.elbo4j.train;

import static io.elbo4j.ArgumentException.require;

import java.util.Arrays;

/**
 * The order of rows that lie in {@value #SHARDS} shards, of which a worker holds some alone. A batch has equally many
 * rows of each, shard after shard, so its parts are those of the workers that hold them, and 1, 2, 4 or 8 workers train
 * one model to the bit. In each epoch a shard is shuffled by itself, keyed by (seed, epoch, shard); what then fills no
 * batch of the smallest shard is left out of that epoch.
 */
public final class ShardOrder implements RowOrder {
    /** As many as there are workers at most. */
    public static final int SHARDS = 8;

    private final int[] shards;
    private final int batch;
    private final int first;
    private final int end;
    private final int batches;

    /**
     * @param shards rows of each, {@value #SHARDS} of them
     * @param batch rows of a batch, a multiple of {@value #SHARDS} and at least 32 for each worker
     * @param rank of the worker, from 0
     * @param workers 1, 2, 4 or 8: each holds, one after the other, the rows of {@value #SHARDS} / workers shards
     */
    public ShardOrder(int[] shards, int batch, int rank, int workers) {
        require(shards.length == SHARDS, "shards", "the rows of " + SHARDS, shards.length + " numbers");
        require(workers == 1 || workers == 2 || workers == 4 || workers == 8, "workers", "1, 2, 4 or 8", workers);
        require(rank >= 0 && rank < workers, "rank", "0 to " + (workers - 1), rank);
        requireBatch("batch", batch, workers);
        int smallest = Arrays.stream(shards).min().orElseThrow();
        require(batch / SHARDS <= smallest, "batch", "at most " + (long) SHARDS * smallest + ", " + SHARDS
                + " times the rows of the smallest shard", batch);
        this.shards = shards.clone();
        this.batch = batch;
        this.first = SHARDS / workers * rank;
        this.end = first + SHARDS / workers;
        this.batches = smallest / (batch / SHARDS);
        require((long) batches * batch <= Integer.MAX_VALUE - 8, "shards", "of fewer than 2^31 rows in all", batches
                + " batches of " + batch + " rows");
    }

    /** Refuses a batch of which not every worker has a part. */
    public static void requireBatch(String name, int batch, int workers) {
        require(batch % SHARDS == 0 && batch >= 32 * workers, name, "a multiple of " + SHARDS
                + ", and at least 32 for each of the workers, which are " + workers, batch);
    }

    @Override
    public int rows() {
        return batches * batch;
    }

    @Override
    public void fill(long seed, long epoch, int[] order) {
        int each = batch / SHARDS;
        Arrays.fill(order, 0);
        int held = 0;
        for (int shard = first; shard < end; shard++) {
            int[] own = new int[shards[shard]];
            Shuffle.permutation(seed, epoch, shard, own);
            for (int i = 0; i < batches * each; i++) {
                order[i / each * batch + shard * each + i % each] = held + own[i];
            }
            held += shards[shard];
        }
    }
}
