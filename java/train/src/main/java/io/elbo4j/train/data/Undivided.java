package io.elbo4j.train.data;

/** The bytes, 0 to 255, of values that are bytes divided by 255. */
record Undivided(Values divided) implements Values {
    @Override
    public void copy(long first, int count, float[] target, int offset) {
        divided.copy(first, count, target, offset);
        for (int i = offset; i < offset + count; i++) {
            target[i] = Math.round(255 * target[i]);
        }
    }

    @Override
    public int placeOf(int row) {
        return divided.placeOf(row);
    }

    @Override
    public void requireUnchanged() {
        divided.requireUnchanged();
    }

    @Override
    public boolean areStreamed() {
        return divided.areStreamed();
    }

    @Override
    public void close() {
        divided.close();
    }
}
