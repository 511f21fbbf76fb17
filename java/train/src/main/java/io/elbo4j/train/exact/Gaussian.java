package io.elbo4j.train.exact;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

/**
 * A Gaussian in double precision.
 *
 * @param mean of n dimensions
 * @param covariance n x n, symmetric and positive definite
 */
public record Gaussian(double[] mean, double[][] covariance) {
    public Gaussian {
        requireGiven("mean", mean);
        requireGiven("covariance", covariance);
        require(covariance.length == mean.length, "covariance", mean.length + " rows", covariance.length);
        for (double[] row : covariance) {
            require(row.length == mean.length, "covariance", mean.length + " columns", row.length);
        }
        for (int i = 0; i < mean.length; i++) {
            for (int j = 0; j < i; j++) {
                require(covariance[i][j] == covariance[j][i], "covariance", "symmetric", "with " + covariance[i][j]
                        + " and " + covariance[j][i]);
            }
        }
        new Cholesky("covariance", covariance);
    }

    /** Of independent dimensions, by the logarithms of their variances. */
    public static Gaussian diagonal(double[] mean, double[] logVariance) {
        requireGiven("mean", mean);
        requireGiven("logVariance", logVariance);
        require(logVariance.length == mean.length, "logVariance", mean.length + " numbers", logVariance.length);
        double[][] covariance = new double[mean.length][mean.length];
        for (int i = 0; i < mean.length; i++) {
            covariance[i][i] = StrictMath.exp(logVariance[i]);
        }
        return new Gaussian(mean, covariance);
    }

    /** KL(this || p) in nats: (log |S_p| / |S_q| - n + tr(S_p^-1 S_q) + d^T S_p^-1 d) / 2, d of the means. */
    public double divergence(Gaussian p) {
        requireGiven("p", p);
        require(p.mean.length == mean.length, "p", "a Gaussian of " + mean.length + " dimensions", p.mean.length);
        Cholesky ofP = new Cholesky("covariance", p.covariance);
        double[][] inverse = ofP.inverse();
        double sum = ofP.logDeterminant() - new Cholesky("covariance", covariance).logDeterminant() - mean.length;
        for (int i = 0; i < mean.length; i++) {
            for (int j = 0; j < mean.length; j++) {
                double moment = covariance[i][j] + (mean[i] - p.mean[i]) * (mean[j] - p.mean[j]);
                sum += inverse[i][j] * moment;
            }
        }
        return sum / 2;
    }

    /** In nats: (log |S| + n (1 + log 2 pi)) / 2. */
    public double entropy() {
        return (new Cholesky("covariance", covariance).logDeterminant() + mean.length * (1 + StrictMath.log(2
                * StrictMath.PI))) / 2;
    }
}
