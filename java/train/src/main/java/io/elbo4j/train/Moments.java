package io.elbo4j.train;

/** Running variance of each column (Welford 1962), in float64. */
final class Moments {
    private final double[] mean;
    private final double[] squares;
    private long count;

    Moments(int columns) {
        mean = new double[columns];
        squares = new double[columns];
    }

    /** Adds rows of as many values as there are columns. */
    void add(float[] rows) {
        for (int at = 0; at < rows.length; at += mean.length) {
            count++;
            for (int j = 0; j < mean.length; j++) {
                double delta = rows[at + j] - mean[j];
                mean[j] += delta / count;
                squares[j] += delta * (rows[at + j] - mean[j]);
            }
        }
    }

    /** The population variance of a column. */
    double variance(int column) {
        return squares[column] / count;
    }

    /** How many columns vary by more than that. */
    int above(double least) {
        int n = 0;
        for (int j = 0; j < mean.length; j++) {
            n += variance(j) > least ? 1 : 0;
        }
        return n;
    }
}
