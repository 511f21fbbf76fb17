package io.elbo4j.train.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Values in arrays of one length, the last of which may be shorter: more than one array can hold, and none is copied
 * while more come.
 */
record SegmentedValues(List<float[]> segments) implements Values {
    /** Of an array. */
    private static final int LENGTH = 1 << 20;

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

    /** Takes them one after the other. */
    static final class Store implements RowCollector.Store {
        private final String name;
        private final List<float[]> full = new ArrayList<>();
        private float[] segment;
        private int filled;

        Store(String name) {
            this.name = name;
            this.segment = room();
        }

        private float[] room() {
            return Images.allocate(name, LENGTH, "; or leave the values in a file: --stream");
        }

        @Override
        public void add(float[] values, int count) {
            int done = 0;
            while (done < count) {
                if (filled == LENGTH) {
                    full.add(segment);
                    segment = room();
                    filled = 0;
                }
                int n = Math.min(count - done, LENGTH - filled);
                System.arraycopy(values, done, segment, filled, n);
                done += n;
                filled += n;
            }
        }

        @Override
        public Values values() {
            full.add(Arrays.copyOf(segment, filled));
            return new SegmentedValues(full);
        }

        @Override
        public void close() {
            // the collector of garbage takes it
        }
    }
}
