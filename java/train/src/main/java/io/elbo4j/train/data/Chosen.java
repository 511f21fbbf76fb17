package io.elbo4j.train.data;

/**
 * Some rows of other values.
 *
 * @param rows their numbers, in the order that they are to have
 */
record Chosen(Values all, int[] rows, int columns) implements Values {
    @Override
    public void copy(long first, int count, float[] target, int offset) {
        int done = 0;
        while (done < count) {
            int row = (int) ((first + done) / columns);
            int column = (int) ((first + done) % columns);
            int last = row; // what lies together is read at once
            while (last + 1 < rows.length && rows[last + 1] == rows[last] + 1
                    && (last + 1L) * columns < first + count) {
                last++;
            }
            int n = (int) Math.min(count - done, (last + 1L) * columns - first - done);
            all.copy((long) rows[row] * columns + column, n, target, offset + done);
            done += n;
        }
    }

    @Override
    public int placeOf(int row) {
        return all.placeOf(rows[row]);
    }

    @Override
    public void requireUnchanged() {
        all.requireUnchanged();
    }

    @Override
    public boolean areStreamed() {
        return all.areStreamed();
    }

    @Override
    public void close() {
        all.close();
    }
}
