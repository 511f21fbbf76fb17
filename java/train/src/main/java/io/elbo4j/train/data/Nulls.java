package io.elbo4j.train.data;

/** Values that are missing: NaN in the columns that may have NULLs, until something stands for them. */
public final class Nulls {
    private Nulls() {}

    /** The mean of each column's values that are there, in float64 in the order of the rows; NaN where none is. */
    public static double[] means(Images images) {
        double[] sums = new double[images.columns()];
        long[] counts = new long[images.columns()];
        images.forEachRow((row, number) -> {
            for (int c = 0; c < row.length; c++) {
                if (!Float.isNaN(row[c])) {
                    sums[c] += row[c];
                    counts[c]++;
                }
            }
        });
        for (int c = 0; c < sums.length; c++) {
            sums[c] /= counts[c];
        }
        return sums;
    }

    /** The images with a value of each column for what is missing. */
    public static Images filled(Images images, float[] fill) {
        return images.with(values -> new Filled(values, fill.clone()));
    }

    private record Filled(Values values, float[] fill) implements Values {
        @Override
        public void copy(long first, int count, float[] target, int offset) {
            values.copy(first, count, target, offset);
            for (int i = 0; i < count; i++) {
                if (Float.isNaN(target[offset + i])) {
                    target[offset + i] = fill[(int) ((first + i) % fill.length)];
                }
            }
        }

        @Override
        public int placeOf(int row) {
            return values.placeOf(row);
        }

        @Override
        public void requireUnchanged() {
            values.requireUnchanged();
        }

        @Override
        public boolean areStreamed() {
            return values.areStreamed();
        }

        @Override
        public void close() {
            values.close();
        }
    }
}
