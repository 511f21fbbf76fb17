package io.elbo4j.train.estimator;

/** Mean and variance of draws of a gradient, element by element (Welford 1962). */
final class GradientMoments {
    private final double[] mean;
    private final double[] squares;
    private long count;

    GradientMoments(int elements) {
        mean = new double[elements];
        squares = new double[elements];
    }

    void add(float[] gradient) {
        count++;
        for (int i = 0; i < mean.length; i++) {
            double before = gradient[i] - mean[i];
            mean[i] += before / count;
            squares[i] += before * (gradient[i] - mean[i]);
        }
    }

    double[] mean() {
        return mean.clone();
    }

    /** The sum of the variances of all elements; NaN of fewer than two draws. */
    double variance() {
        double sum = 0;
        for (double square : squares) {
            sum += square;
        }
        return sum / (count - 1);
    }

    static double norm(double[] of) {
        return Math.sqrt(dot(of, of));
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
