package io.elbo4j.train.data;

import java.util.List;

/**
 * Values in arrays of one length, the last of which may be shorter: more than one array can hold, and none is copied
 * while more come.
 */
record SegmentedValues(List<float[]> segments) implements Values {
    /** Of an array. */
    static final int LENGTH = 1 << 20;

    SegmentedValues {
        segments = List.copyOf(segments);
    }

    @Override
    public void copy(long first, int count, float[] target, int offset) {
        int done = 0;
        while (done < count) {
            int at = (int) ((first + done) % LENGTH);
            int n = Math.min(count - done, LENGTH - at);
            System.arraycopy(segments.get((int) ((first + done) / LENGTH)), at, target, offset + done, n);
            done += n;
        }
    }
}
