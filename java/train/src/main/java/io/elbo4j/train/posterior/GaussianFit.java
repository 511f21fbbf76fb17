package io.elbo4j.train.posterior;

/**
 * N(mean, L L^T) that was fitted.
 *
 * @param factor L, lower triangular
 * @param evaluations of the target, for the fit
 */
public record GaussianFit(double[] mean, double[][] factor, long evaluations) {
    /** By forward substitution: |L^-1 (z - mean)|^2. */
    public double logDensity(double[] z) {
        double[] eps = new double[mean.length];
        double log = -0.5 * mean.length * StrictMath.log(2 * Math.PI);
        for (int i = 0; i < mean.length; i++) {
            eps[i] = z[i] - mean[i];
            for (int j = 0; j < i; j++) {
                eps[i] -= factor[i][j] * eps[j];
            }
            eps[i] /= factor[i][i];
            log -= 0.5 * eps[i] * eps[i] + StrictMath.log(factor[i][i]);
        }
        return log;
    }

    public Moments moments() {
        int n = mean.length;
        double[][] covariance = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                for (int k = 0; k < n; k++) {
                    covariance[i][j] += factor[i][k] * factor[j][k];
                }
            }
        }
        return new Moments(mean.clone(), covariance);
    }
}
