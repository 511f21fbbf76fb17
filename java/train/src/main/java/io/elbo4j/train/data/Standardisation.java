package io.elbo4j.train.data;

import java.util.Arrays;

/**
 * How data is brought to mean 0 and standard deviation 1 before a model sees it: (x - mean) / deviation. Log-densities
 * are still those of the data as given: x has the density of its standardised value divided by the deviation, so
 * {@link #logVolume} is subtracted from every log-likelihood of a row.
 *
 * @param mean one number, or one for each column; empty for data that is taken as it is
 * @param deviation as many, above 0
 */
public record Standardisation(float[] mean, float[] deviation) {
    /** What has a mean and a deviation of its own. */
    public enum Kind {
        /** nothing: the data is taken as it is */
        NONE,
        /** every column */
        COLUMN,
        /** the data set */
        WHOLE
    }

    /** The data as it is. */
    public static final Standardisation NONE = new Standardisation(new float[0], new float[0]);

    /** @throws IllegalArgumentException if a number is not finite, a deviation not above 0, or one is missing */
    public Standardisation {
        mean = mean.clone();
        deviation = deviation.clone();
        if (mean.length != deviation.length) {
            throw new IllegalArgumentException("standardisation must have as many means as deviations, not "
                    + mean.length + " and " + deviation.length);
        }
        for (int i = 0; i < mean.length; i++) {
            if (!Float.isFinite(mean[i]) || !(deviation[i] > 0) || !Float.isFinite(deviation[i])) {
                throw new IllegalArgumentException("standardisation must have finite means and deviations above 0, not "
                        + mean[i] + " and " + deviation[i] + " (number " + i + ", counted from 0)");
            }
        }
    }

    /**
     * The mean and the standard deviation (of the population, computed in float64) of training data. What does not vary
     * keeps a deviation of 1. Of data of one column both kinds are {@link Kind#WHOLE}.
     */
    public static Standardisation of(Images images, Kind kind) {
        if (kind == Kind.NONE) {
            return NONE;
        }
        int columns = images.columns();
        int parts = kind == Kind.COLUMN ? columns : 1;
        double count = (double) images.rows() * columns / parts;
        float[] first = images.copyRows(0, 1);
        double[] means = new double[parts];
        boolean[] varies = new boolean[parts];
        images.forEachRow((row, number) -> {
            for (int c = 0; c < columns; c++) {
                int part = c % parts;
                means[part] += row[c];
                varies[part] |= row[c] != first[part];
            }
        });
        Arrays.setAll(means, part -> means[part] / count);
        double[] squares = new double[parts];
        images.forEachRow((row, number) -> {
            for (int c = 0; c < columns; c++) {
                double d = row[c] - means[c % parts];
                squares[c % parts] += d * d;
            }
        });
        float[] mean = new float[parts];
        float[] deviation = new float[parts];
        for (int i = 0; i < parts; i++) {
            mean[i] = varies[i] ? (float) means[i] : first[i];
            float d = (float) Math.sqrt(squares[i] / count);
            deviation[i] = varies[i] && d > 0 ? d : 1;
        }
        return new Standardisation(mean, deviation);
    }

    public Kind kind() {
        return mean.length == 0 ? Kind.NONE : mean.length == 1 ? Kind.WHOLE : Kind.COLUMN;
    }

    /** Copies; a mean for every column, or one, or none. */
    @Override
    public float[] mean() {
        return mean.clone();
    }

    @Override
    public float[] deviation() {
        return deviation.clone();
    }

    /**
     * Rows of images, standardised.
     *
     * @throws DataException if a value comes to lie outside float32's range
     */
    public float[] apply(Images images, int firstRow, int rows) {
        float[] values = images.copyRows(firstRow, rows);
        for (int r = 0; r < rows; r++) {
            apply(images, firstRow + r, values, r * images.columns());
        }
        return values;
    }

    /**
     * Rows of images, standardised, as {@link Images#copyRows(int[], int, int, float[], int)} copies them.
     *
     * @throws DataException if a value comes to lie outside float32's range
     */
    public void apply(Images images, int[] rows, int from, int rowCount, float[] target, int offset) {
        images.copyRows(rows, from, rowCount, target, offset);
        for (int r = 0; r < rowCount; r++) {
            apply(images, rows[from + r], target, offset + r * images.columns());
        }
    }

    private void apply(Images images, int row, float[] values, int offset) {
        int columns = mean.length == 0 ? 0 : images.columns();
        for (int c = 0; c < columns; c++) {
            int part = part(c, columns);
            float given = values[offset + c];
            float value = (float) (((double) given - mean[part]) / deviation[part]);
            if (!Float.isFinite(value)) {
                throw new DataException(String.format("%s: the value at row %d, column %d (counted from 0) is %s, too"
                        + " far from a mean of %s with a standard deviation of %s to be standardised", images.name(),
                        row, c, given, mean[part], deviation[part]));
            }
            values[offset + c] = value;
        }
    }

    /** One row, standardised: a copy, or the row itself if this changes nothing. */
    public float[] apply(float[] row) {
        float[] values = mean.length == 0 ? row : row.clone();
        for (int i = 0; i < values.length && mean.length > 0; i++) {
            int part = part(i, values.length);
            values[i] = (float) (((double) values[i] - mean[part]) / deviation[part]);
        }
        return values;
    }

    /** Rows of {@code columns} standardised values, in place, as they would be given. */
    public float[] undo(float[] values, int columns) {
        for (int i = 0; i < values.length && mean.length > 0; i++) {
            int part = part(i, columns);
            values[i] = (float) ((double) values[i] * deviation[part] + mean[part]);
        }
        return values;
    }

    private int part(int i, int columns) {
        return mean.length == 1 ? 0 : i % columns;
    }

    /** The sum of the logarithms of a row's deviations. */
    public double logVolume(int columns) {
        double sum = 0;
        for (float d : deviation) {
            sum += StrictMath.log(d);
        }
        return mean.length == 1 ? columns * sum : sum;
    }

    /** @throws IllegalArgumentException if this is of data of another number of columns */
    public void requireColumns(long columns) {
        if (mean.length > 1 && mean.length != columns) {
            throw new IllegalArgumentException("standardisation must be of " + columns + " columns, not "
                    + mean.length);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Standardisation s && Arrays.equals(mean, s.mean)
                && Arrays.equals(deviation, s.deviation);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(mean) + Arrays.hashCode(deviation);
    }

    @Override
    public String toString() {
        return "standardisation " + kind() + " of " + mean.length + " means";
    }
}
