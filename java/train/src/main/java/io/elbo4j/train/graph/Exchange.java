package io.elbo4j.train.graph;

/**
 * What the workers of one training tell each other. Each has a copy of the parameters and a part of every batch; steps
 * call this in the same order on all of them.
 *
 * <p>The order of the additions is a part of what makes 1, 2, 4 and 8 workers one model to the bit: ranks as the leaves
 * of a tree, neighbours first, ((0 + 1) + (2 + 3)) + ((4 + 5) + (6 + 7)), each a float32 addition. Recursive halving
 * and doubling, whose partners are rank xor 1, 2, 4, adds so; a ring does not.
 */
public interface Exchange {
    /** Of this worker, from 0. */
    int rank();

    /** 1, 2, 4 or 8. */
    int workers();

    /**
     * In place: afterwards every worker has the sums over all of them. Called by one thread at a time.
     *
     * @param numbers as many on every worker
     */
    void sum(float[] numbers);
}
