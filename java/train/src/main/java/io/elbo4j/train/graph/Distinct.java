package io.elbo4j.train.graph;

import java.util.Arrays;

/** Whether numbers below some other are different ones. Asking allocates nothing. */
final class Distinct {
    private final int[] lastMet;
    private int asked;

    Distinct(int numbers) {
        lastMet = new int[numbers];
    }

    /** Of {@code source[from ... from + count)}; what is out of range is for others to refuse. */
    void require(int[] source, int from, long count) {
        if (++asked < 0) {
            Arrays.fill(lastMet, 0);
            asked = 1;
        }
        long end = Math.min(source.length, from + count);
        for (int i = Math.max(0, from); i < end; i++) {
            int row = source[i];
            if (row < 0 || row >= lastMet.length) {
                continue;
            }
            if (lastMet[row] == asked) {
                throw new IllegalArgumentException("the rows of a step that changes a learned row of each must be"
                        + " different ones, but " + row + " is there twice");
            }
            lastMet[row] = asked;
        }
    }
}
