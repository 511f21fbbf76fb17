package io.elbo4j.numerics;

/**
 * What layer and RMS normalisation make of the sums of a row, and of its elements; the same bits as {@code
 * native/spec/normalisation.h}. Sums are {@link RowSum#total}: not rounded before they are divided.
 */
public final class Normalisation {
    private Normalisation() {}

    /** sum / columns. */
    public static float mean(double sum, double columns) {
        return (float) (sum / columns);
    }

    /** 1 / sqrt(squares / columns + epsilon). */
    public static float reciprocalDeviation(double squares, double columns, float epsilon) {
        return (float) (1.0 / Math.sqrt(squares / columns + (double) epsilon));
    }

    /** xhat. */
    public static float normalised(float x, float mean, float rstd) {
        return (x - mean) * rstd;
    }

    /** rstd (g - mean of g - xhat (mean of g xhat)). */
    public static float gradient(float xhat, float rstd, float g, float meanG, float meanGx) {
        return rstd * Math.fma(-xhat, meanGx, g - meanG);
    }
}
