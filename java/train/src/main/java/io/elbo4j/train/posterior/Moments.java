package io.elbo4j.train.posterior;

/** Mean and covariance of a distribution. */
public record Moments(double[] mean, double[][] covariance) {
    /** Points with weights, added up. */
    static final class Sum {
        private final double[] first;
        private final double[][] second;
        private double weights;

        Sum(int dimensions) {
            first = new double[dimensions];
            second = new double[dimensions][dimensions];
        }

        void add(double[] z, double weight) {
            weights += weight;
            for (int i = 0; i < first.length; i++) {
                first[i] += weight * z[i];
                for (int j = 0; j < first.length; j++) {
                    second[i][j] += weight * z[i] * z[j];
                }
            }
        }

        Moments moments() {
            int n = first.length;
            double[] mean = new double[n];
            double[][] covariance = new double[n][n];
            for (int i = 0; i < n; i++) {
                mean[i] = first[i] / weights;
            }
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    covariance[i][j] = second[i][j] / weights - mean[i] * mean[j];
                }
            }
            return new Moments(mean, covariance);
        }
    }

    /** How far this mean is from the other one. */
    public double meanError(Moments exact) {
        double squares = 0;
        for (int i = 0; i < mean.length; i++) {
            squares += square(mean[i] - exact.mean[i]);
        }
        return StrictMath.sqrt(squares);
    }

    /** The Frobenius norm of the difference of the covariances. */
    public double covarianceError(Moments exact) {
        double squares = 0;
        for (int i = 0; i < mean.length; i++) {
            for (int j = 0; j < mean.length; j++) {
                squares += square(covariance[i][j] - exact.covariance[i][j]);
            }
        }
        return StrictMath.sqrt(squares);
    }

    private static double square(double x) {
        return x * x;
    }
}
