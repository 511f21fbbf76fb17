package io.elbo4j.train.exact;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import java.util.Arrays;

/**
 * What is known exactly of a linear-Gaussian model, factor analysis (Bishop 2006, section 12.2.4), in double precision:
 *
 * <pre>
 *   z ~ N(0, I),  x ~ N(z W + b, diag(v)),  p(x) = N(b, W^T W + diag(v))
 *   p(z | x) = N(M^-1 W (x - b) / v, M^-1),  M = I + W diag(1 / v) W^T
 * </pre>
 *
 * Everything is in nats. Data is rows x D.
 *
 * @param weight W, L x D
 * @param mean b, of D numbers
 * @param variance v, of D numbers above 0
 */
public record FactorAnalysis(double[][] weight, double[] mean, double[] variance) {
    private static final double LOG_TWO_PI = StrictMath.log(2 * StrictMath.PI);

    public FactorAnalysis {
        requireGiven("weight", weight);
        requireGiven("mean", mean);
        requireGiven("variance", variance);
        require(weight.length >= 1, "weight", "at least 1 row", weight.length);
        require(variance.length == mean.length, "variance", mean.length + " numbers", variance.length);
        for (double[] row : weight) {
            require(row.length == mean.length, "weight", mean.length + " columns", row.length);
            requireFinite("weight", row);
        }
        requireFinite("mean", mean);
        for (double v : variance) {
            require(v > 0 && v < Double.POSITIVE_INFINITY, "variance", "above 0 and finite", v);
        }
    }

    private static void requireFinite(String name, double[] values) {
        for (double value : values) {
            require(Double.isFinite(value), name, "finite", value);
        }
    }

    private void requireRow(double[] x) {
        requireGiven("x", x);
        require(x.length == mean.length, "x", mean.length + " numbers", x.length);
    }

    private static void requireRows(double[][] data) {
        requireGiven("data", data);
        require(data.length >= 1, "data", "at least 1 row", data.length);
    }

    /** log p(x), by the inverse and the determinant of L x L matrices alone. */
    public double logMarginal(double[] x) {
        return new At().logMarginal(x);
    }

    /** The mean over the rows. */
    public double logMarginal(double[][] data) {
        requireRows(data);
        At at = new At();
        double sum = 0;
        for (double[] x : data) {
            sum += at.logMarginal(x);
        }
        return sum / data.length;
    }

    /** p(z given x). */
    public Gaussian posterior(double[] x) {
        At at = new At();
        return new Gaussian(at.posteriorMean(x), at.covariance());
    }

    /** E under q of log p(x given z), less KL(q || p(z)): log p(x) less KL(q || p(z given x)), so at most log p(x). */
    public double elbo(double[] x, Gaussian q) {
        requireRow(x);
        requireGiven("q", q);
        require(q.mean().length == weight.length, "q", "a Gaussian of " + weight.length + " dimensions",
                q.mean().length);
        double sum = 0;
        for (int d = 0; d < mean.length; d++) {
            double residual = x[d] - mean[d];
            double spread = 0;
            for (int i = 0; i < weight.length; i++) {
                residual -= q.mean()[i] * weight[i][d];
                for (int j = 0; j < weight.length; j++) {
                    spread += weight[i][d] * q.covariance()[i][j] * weight[j][d];
                }
            }
            sum -= (LOG_TWO_PI + StrictMath.log(variance[d]) + (residual * residual + spread) / variance[d]) / 2;
        }
        return sum - q.divergence(prior());
    }

    /**
     * E under q of log p(x, z): the ELBO less the entropy of q. Of q = p(z given x) it is what EM maximises, with q
     * held (Bishop 2006, equation 12.53).
     */
    public double expectedLogLikelihood(double[] x, Gaussian q) {
        return elbo(x, q) - q.entropy();
    }

    private Gaussian prior() {
        return Gaussian.diagonal(new double[weight.length], new double[weight.length]);
    }

    /**
     * The parameters that maximise the expected log-likelihood, E of log p(x, z) under p(z given x) at these: one step
     * of EM (Rubin and Thayer 1982; Ghahramani and Hinton 1996, equations 5 and 6, with z and a 1 in place of z).
     *
     * <p>Variances are differences of squares: data far from 0 should be centred first.
     *
     * @param leastVariance none goes below it; above 0
     */
    public FactorAnalysis expectationMaximisation(double[][] data, double leastVariance) {
        requireRows(data);
        require(leastVariance > 0 && leastVariance < Double.POSITIVE_INFINITY, "leastVariance", "above 0 and finite",
                leastVariance);
        At at = new At();
        int l = weight.length;
        double[][] covariance = at.covariance();
        double[][] second = new double[l + 1][l + 1]; // sum over the rows of E[(z, 1)^T (z, 1)]
        double[][] cross = new double[mean.length][l + 1]; // of x (z, 1)
        double[] squares = new double[mean.length];
        for (double[] x : data) {
            double[] z = Arrays.copyOf(at.posteriorMean(x), l + 1);
            z[l] = 1;
            for (int i = 0; i <= l; i++) {
                for (int j = 0; j <= l; j++) {
                    second[i][j] += z[i] * z[j] + (i < l && j < l ? covariance[i][j] : 0);
                }
                for (int d = 0; d < mean.length; d++) {
                    cross[d][i] += x[d] * z[i];
                }
            }
            for (int d = 0; d < mean.length; d++) {
                squares[d] += x[d] * x[d];
            }
        }
        Cholesky moments = new Cholesky("the moments of z", second);
        double[][] nextWeight = new double[l][mean.length];
        double[] nextMean = new double[mean.length];
        double[] nextVariance = new double[mean.length];
        for (int d = 0; d < mean.length; d++) {
            double[] solved = moments.solve(cross[d]);
            double explained = 0;
            for (int i = 0; i <= l; i++) {
                explained += solved[i] * cross[d][i];
                if (i < l) {
                    nextWeight[i][d] = solved[i];
                }
            }
            nextMean[d] = solved[l];
            nextVariance[d] = Math.max(leastVariance, (squares[d] - explained) / data.length);
        }
        return new FactorAnalysis(nextWeight, nextMean, nextVariance);
    }

    /**
     * One step of gradient ascent on the mean of log p(x), with respect to W, b and log v.
     *
     * @param rate above 0
     */
    public FactorAnalysis ascend(double[][] data, double rate) {
        require(rate > 0 && rate < Double.POSITIVE_INFINITY, "rate", "above 0 and finite", rate);
        return moved(Arrays.stream(gradient(data)).map(g -> rate * g).toArray());
    }

    /**
     * The gradient of the mean of log p(x) with respect to W, b and log v, one after the other. With C = W^T W +
     * diag(v) and a = C^-1 (x - b): d/db = mean of a, d/dC = (mean of a a^T - C^-1) / 2 (Bishop 2006, equations C.22
     * and C.28).
     */
    public double[] gradient(double[][] data) {
        requireRows(data);
        int l = weight.length;
        double[][] ofWeight = new double[l][mean.length];
        double[] ofMean = new double[mean.length];
        double[] ofVariance = new double[mean.length];
        At at = new At();
        double[][] inverse = at.covariance();
        for (int d = 0; d < mean.length; d++) {
            ofVariance[d] = -1 / variance[d];
            for (int i = 0; i < l; i++) {
                for (int j = 0; j < l; j++) {
                    ofWeight[i][d] -= inverse[i][j] * weight[j][d] / variance[d];
                }
                ofVariance[d] -= ofWeight[i][d] * weight[i][d] / variance[d];
            }
        }
        for (double[] x : data) {
            double[] a = at.whitened(x);
            for (int i = 0; i < l; i++) {
                double projected = 0;
                for (int d = 0; d < mean.length; d++) {
                    projected += a[d] * weight[i][d];
                }
                for (int d = 0; d < mean.length; d++) {
                    ofWeight[i][d] += a[d] * projected / data.length;
                }
            }
            for (int d = 0; d < mean.length; d++) {
                ofMean[d] += a[d] / data.length;
                ofVariance[d] += a[d] * a[d] / data.length;
            }
        }
        double[] gradient = new double[(l + 2) * mean.length];
        for (int d = 0; d < mean.length; d++) {
            for (int i = 0; i < l; i++) {
                gradient[i * mean.length + d] = ofWeight[i][d];
            }
            gradient[l * mean.length + d] = ofMean[d];
            gradient[(l + 1) * mean.length + d] = variance[d] * ofVariance[d] / 2;
        }
        return gradient;
    }

    /** With numbers added to W, b and log v, in the order of {@link #gradient}. */
    public FactorAnalysis moved(double[] by) {
        requireGiven("by", by);
        int l = weight.length;
        int columns = mean.length;
        require(by.length == (l + 2) * columns, "by", (l + 2) * columns + " numbers", by.length);
        double[][] nextWeight = new double[l][columns];
        double[] nextMean = new double[columns];
        double[] nextVariance = new double[columns];
        for (int d = 0; d < columns; d++) {
            for (int i = 0; i < l; i++) {
                nextWeight[i][d] = weight[i][d] + by[i * columns + d];
            }
            nextMean[d] = mean[d] + by[l * columns + d];
            nextVariance[d] = variance[d] * StrictMath.exp(by[(l + 1) * columns + d]);
        }
        return new FactorAnalysis(nextWeight, nextMean, nextVariance);
    }

    /** What does not depend on x. */
    private final class At {
        final Cholesky precision; // M
        final double logDeterminant; // of the covariance of x

        At() {
            int l = weight.length;
            double[][] m = new double[l][l];
            double sum = 0;
            for (int d = 0; d < mean.length; d++) {
                sum += StrictMath.log(variance[d]);
            }
            for (int i = 0; i < l; i++) {
                for (int j = 0; j < l; j++) {
                    m[i][j] = i == j ? 1 : 0;
                    for (int d = 0; d < mean.length; d++) {
                        m[i][j] += weight[i][d] * weight[j][d] / variance[d];
                    }
                }
            }
            precision = new Cholesky("I + W diag(1 / v) W^T", m);
            logDeterminant = sum + precision.logDeterminant();
        }

        /** Of p(z | x): M^-1, symmetric. */
        double[][] covariance() {
            double[][] inverse = precision.inverse();
            for (int i = 0; i < inverse.length; i++) {
                for (int j = 0; j < i; j++) {
                    inverse[j][i] = inverse[i][j];
                }
            }
            return inverse;
        }

        double[] posteriorMean(double[] x) {
            requireRow(x);
            double[] projected = new double[weight.length];
            for (int i = 0; i < weight.length; i++) {
                for (int d = 0; d < mean.length; d++) {
                    projected[i] += weight[i][d] * (x[d] - mean[d]) / variance[d];
                }
            }
            return precision.solve(projected);
        }

        /** C^-1 (x - b) = (x - b - E[z | x] W) / v. */
        double[] whitened(double[] x) {
            double[] z = posteriorMean(x);
            double[] a = new double[mean.length];
            for (int d = 0; d < mean.length; d++) {
                a[d] = x[d] - mean[d];
                for (int i = 0; i < z.length; i++) {
                    a[d] -= z[i] * weight[i][d];
                }
                a[d] /= variance[d];
            }
            return a;
        }

        double logMarginal(double[] x) {
            double[] a = whitened(x);
            double distance = 0;
            for (int d = 0; d < mean.length; d++) {
                distance += a[d] * (x[d] - mean[d]);
            }
            return -(mean.length * LOG_TWO_PI + logDeterminant + distance) / 2;
        }
    }
}
