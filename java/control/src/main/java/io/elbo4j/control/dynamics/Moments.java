package io.elbo4j.control.dynamics;

/** Means and deviations of columns, in float64; a column that does not change has a deviation of 1. */
final class Moments {
    private final double[] means;
    private final double[] deviations;

    private Moments(double[] means, double[] deviations) {
        this.means = means;
        this.deviations = deviations;
    }

    /** @param rows one after the other */
    static Moments of(float[] rows, int columns) {
        double[] means = new double[columns];
        double[] deviations = new double[columns];
        double count = (double) rows.length / columns;
        for (int i = 0; i < rows.length; i++) {
            means[i % columns] += rows[i] / count;
        }
        for (int i = 0; i < rows.length; i++) {
            double e = rows[i] - means[i % columns];
            deviations[i % columns] += e * e / count;
        }
        for (int c = 0; c < columns; c++) {
            double deviation = Math.sqrt(deviations[c]);
            deviations[c] = deviation > 1e-6 * (1 + Math.abs(means[c])) ? deviation : 1;
        }
        return new Moments(means, deviations);
    }

    double mean(int column) {
        return means[column];
    }

    double deviation(int column) {
        return deviations[column];
    }

    /** Rows less the means, over the deviations. */
    float[] normalised(float[] rows) {
        float[] result = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            int c = i % means.length;
            result[i] = (float) ((rows[i] - means[c]) / deviations[c]);
        }
        return result;
    }

    /** The way back. */
    float[] restored(float[] rows) {
        float[] result = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            int c = i % means.length;
            result[i] = (float) (rows[i] * deviations[c] + means[c]);
        }
        return result;
    }
}
