package io.elbo4j.control.linear;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.exact.Cholesky;
import io.elbo4j.train.quantity.Special;

/**
 * What is known of a linear regression with Gaussian noise, y = W x + e, e ~ N(0, S), with n numbers of y and k of x:
 * the conjugate distribution of both (Gelman et al. 2013, Bayesian data analysis, section 14.2, for several y),
 *
 * <pre>
 *   S ~ inverse Wishart(scale, degrees),   W | S ~ N(mean, S, precision^-1)
 *   E[S^-1] = degrees scale^-1,   E[S^-1 W] = E[S^-1] mean,   E[W^T S^-1 W] = mean^T E[S^-1] mean + n precision^-1
 *   E[log |S^-1|] = sum over i = 1..n of digamma((degrees + 1 - i) / 2) + n log 2 - log |scale|
 * </pre>
 *
 * @param mean of W, n x k
 * @param precision of its columns, k x k, symmetric and positive definite
 * @param scale n x n, symmetric and positive definite
 * @param degrees of freedom, above n - 1
 */
public record MatrixNormalInverseWishart(double[][] mean, double[][] precision, double[][] scale, double degrees) {
    public MatrixNormalInverseWishart {
        requireGiven("mean", mean);
        requireGiven("precision", precision);
        requireGiven("scale", scale);
        require(mean.length >= 1, "mean", "at least 1 row", mean.length);
        require(scale.length == mean.length, "scale", mean.length + " rows, as mean has", scale.length);
        require(precision.length == mean[0].length, "precision", mean[0].length + " rows, as mean has columns",
                precision.length);
        require(degrees > mean.length - 1 && Double.isFinite(degrees), "degrees", "above " + (mean.length - 1),
                degrees);
        new Cholesky("precision", precision);
        new Cholesky("scale", scale);
    }

    /**
     * Little knowledge: W is about this, S about that.
     *
     * @param mean of W
     * @param precision of each of its columns, above 0
     * @param variance of each number of e, above 0
     */
    public static MatrixNormalInverseWishart weak(double[][] mean, double precision, double variance) {
        requireGiven("mean", mean);
        require(precision > 0 && Double.isFinite(precision), "precision", "above 0", precision);
        require(variance > 0 && Double.isFinite(variance), "variance", "above 0", variance);
        double degrees = mean.length + 2;
        return new MatrixNormalInverseWishart(mean, Dense.diagonal(mean[0].length, precision), Dense.diagonal(
                mean.length, variance * degrees), degrees);
    }

    /**
     * What is known after some rows.
     *
     * @param weight what each row counts, at least 0: below 1 a power prior (Ibrahim and Chen 2000)
     */
    public MatrixNormalInverseWishart posterior(double weight, Moments rows) {
        requireGiven("rows", rows);
        require(rows.yy().length == scale.length && rows.xx().length == precision.length, "rows", scale.length
                + " outputs and " + precision.length + " inputs", rows.yy().length + " and " + rows.xx().length);
        double[][] k = Dense.sum(precision, weight, rows.xx());
        double[][] before = Dense.product(mean, precision);
        double[][] m = Dense.product(Dense.sum(before, weight, rows.yx()), Dense.inverse("precision", k));
        double[][] s = Dense.sum(scale, weight, rows.yy());
        s = Dense.sum(s, 1, Dense.product(before, Dense.transposed(mean)));
        s = Dense.sum(s, -1, Dense.product(Dense.product(m, k), Dense.transposed(m)));
        return new MatrixNormalInverseWishart(m, k, Dense.symmetric(s), degrees + weight * rows.count());
    }

    /**
     * On the way to another one, along a line of natural parameters: of the posterior of some rows of many, each of
     * which counts for several, a step of the natural gradient (Hoffman et al. 2013, Stochastic variational inference);
     * from a prior to the posterior of many rows, the posterior where each counts less.
     *
     * @param share of the way, from 0 to 1
     */
    public MatrixNormalInverseWishart towards(double share, MatrixNormalInverseWishart other) {
        requireGiven("other", other);
        require(share >= 0 && share <= 1, "share", "from 0 to 1", share);
        require(other.scale.length == scale.length && other.precision.length == precision.length, "other", scale.length
                + " outputs and " + precision.length + " inputs", other.scale.length + " and "
                        + other.precision.length);
        double[][] k = mixed(share, precision, other.precision);
        double[][] m = Dense.product(mixed(share, Dense.product(mean, precision), Dense.product(other.mean,
                other.precision)), Dense.inverse("precision", k));
        double[][] s = Dense.sum(mixed(share, square(), other.square()), -1, Dense.product(Dense.product(m, k), Dense
                .transposed(m)));
        return new MatrixNormalInverseWishart(m, k, Dense.symmetric(s), (1 - share) * degrees + share * other.degrees);
    }

    private static double[][] mixed(double share, double[][] a, double[][] b) {
        return Dense.sum(Dense.scaled(1 - share, a), share, b);
    }

    private double[][] square() {
        return Dense.sum(scale, 1, Dense.product(Dense.product(mean, precision), Dense.transposed(mean)));
    }

    /** The inverse of E[S^-1]. */
    public double[][] noise() {
        return Dense.scaled(1 / degrees, scale);
    }

    /**
     * What log N(y; W x, S) is on average, as a function of (y, x).
     *
     * @param yy E[S^-1]
     * @param yx E[S^-1 W]
     * @param xx E[W^T S^-1 W]
     * @param logDeterminant E[log |S^-1|]
     */
    record Expected(double[][] yy, double[][] yx, double[][] xx, double logDeterminant) {}

    Expected expected() {
        double[][] yy = Dense.scaled(degrees, Dense.inverse("scale", scale));
        double[][] yx = Dense.product(yy, mean);
        double[][] xx = Dense.sum(Dense.product(Dense.transposed(mean), yx), scale.length, Dense.inverse("precision",
                precision));
        return new Expected(yy, yx, Dense.symmetric(xx), expectedLogDeterminant());
    }

    private double expectedLogDeterminant() {
        double sum = scale.length * StrictMath.log(2) - new Cholesky("scale", scale).logDeterminant();
        for (int i = 0; i < scale.length; i++) {
            sum += Special.digamma((degrees - i) / 2);
        }
        return sum;
    }

    /** KL(this || p) in nats. */
    public double divergence(MatrixNormalInverseWishart p) {
        requireGiven("p", p);
        require(p.scale.length == scale.length && p.precision.length == precision.length, "p", scale.length
                + " outputs and " + precision.length + " inputs", p.scale.length + " and " + p.precision.length);
        int n = scale.length;
        double[][] noisePrecision = Dense.scaled(degrees, Dense.inverse("scale", scale));
        double[][] away = Dense.sum(mean, -1, p.mean);
        double ofWeights = n * (Dense.inner(p.precision, Dense.inverse("precision", precision)) - precision.length
                + logDeterminant(precision) - logDeterminant(p.precision)) + Dense.inner(noisePrecision, Dense.product(
                        Dense.product(away, p.precision), Dense.transposed(away)));
        double ofNoise = (degrees - p.degrees) * expectedLogDeterminant() - Dense.inner(Dense.sum(scale, -1, p.scale),
                noisePrecision) + 2 * (logNormaliser() - p.logNormaliser());
        return (ofWeights + ofNoise) / 2;
    }

    private static double logDeterminant(double[][] of) {
        return new Cholesky("precision", of).logDeterminant();
    }

    /** Of the Wishart density of S^-1, but for what all of n dimensions have. */
    private double logNormaliser() {
        double sum = degrees / 2 * new Cholesky("scale", scale).logDeterminant() - degrees * scale.length / 2
                * StrictMath.log(2);
        for (int i = 0; i < scale.length; i++) {
            sum -= Special.logGamma((degrees - i) / 2);
        }
        return sum;
    }
}
