package io.elbo4j.train.exact;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import java.util.stream.DoubleStream;

/**
 * What is known exactly of a mixture of Gaussians with diagonal covariances (Bishop 2006, section 9.2), in double
 * precision: z, the component, is enumerated.
 *
 * <pre>
 *   p(x) = sum_c p(x, z = c),  p(x, z = c) = s_c N(x; m_c, diag(v_c)),  p(z = c | x) = p(x, z = c) / p(x)
 * </pre>
 *
 * Everything is in nats. Data is rows x D.
 *
 * @param share s, of C numbers of at least 0 whose sum is 1
 * @param mean m, C x D
 * @param variance v, C x D, above 0
 */
public record MixtureOfGaussians(double[] share, double[][] mean, double[][] variance) {
    private static final double LOG_TWO_PI = StrictMath.log(2 * StrictMath.PI);
    private static final double ROUNDING = 1e-9;

    public MixtureOfGaussians {
        requireGiven("share", share);
        requireGiven("mean", mean);
        requireGiven("variance", variance);
        require(share.length >= 1, "share", "at least 1 number", share.length);
        double sum = DoubleStream.of(share).sum();
        require(Math.abs(sum - 1) <= ROUNDING, "share", "numbers whose sum is 1", sum);
        require(mean.length == share.length, "mean", share.length + " rows", mean.length);
        require(variance.length == share.length, "variance", share.length + " rows", variance.length);
        for (int c = 0; c < share.length; c++) {
            require(share[c] >= 0, "share", "at least 0", share[c]);
            require(mean[c].length == mean[0].length, "mean", mean[0].length + " columns", mean[c].length);
            require(variance[c].length == mean[0].length, "variance", mean[0].length + " columns", variance[c].length);
            for (int d = 0; d < mean[c].length; d++) {
                require(Double.isFinite(mean[c][d]), "mean", "finite", mean[c][d]);
                require(variance[c][d] > 0 && variance[c][d] < Double.POSITIVE_INFINITY, "variance",
                        "above 0 and finite", variance[c][d]);
            }
        }
    }

    /** log p(x, z = c) of each c. */
    private double[] joint(double[] x) {
        requireGiven("x", x);
        require(x.length == mean[0].length, "x", mean[0].length + " numbers", x.length);
        double[] joint = new double[share.length];
        for (int c = 0; c < joint.length; c++) {
            joint[c] = StrictMath.log(share[c]);
            for (int d = 0; d < x.length; d++) {
                double off = x[d] - mean[c][d];
                joint[c] -= (LOG_TWO_PI + StrictMath.log(variance[c][d]) + off * off / variance[c][d]) / 2;
            }
        }
        return joint;
    }

    private static double logSum(double[] of) {
        double most = DoubleStream.of(of).max().orElseThrow();
        return most + StrictMath.log(DoubleStream.of(of).map(each -> StrictMath.exp(each - most)).sum());
    }

    /** log p(x). */
    public double logMarginal(double[] x) {
        return logSum(joint(x));
    }

    /** p(z = c given x) of each c: the responsibilities (Bishop 2006, equation 9.13). */
    public double[] responsibilities(double[] x) {
        double[] joint = joint(x);
        double marginal = logSum(joint);
        return DoubleStream.of(joint).map(each -> StrictMath.exp(each - marginal)).toArray();
    }

    /**
     * E under q of log p(x, z). Of q = p(z given x) it is log p(x), less the entropy of q; as a function of the model,
     * with q held, it is what EM maximises (Bishop 2006, equation 9.40).
     *
     * @param q a probability of each component
     */
    public double expectedLogLikelihood(double[] x, double[] q) {
        requireGiven("q", q);
        require(q.length == share.length, "q", share.length + " numbers", q.length);
        double[] joint = joint(x);
        double sum = 0;
        for (int c = 0; c < q.length; c++) {
            sum += q[c] == 0 ? 0 : q[c] * joint[c];
        }
        return sum;
    }

    /**
     * The parameters that maximise the expected log-likelihood under p(z given x) at these: one step of EM (Dempster et
     * al. 1977; Bishop 2006, equations 9.24 to 9.27). A component that no row belongs to stays where it is.
     *
     * @param leastVariance none goes below it, so that none shrinks to a point; above 0
     */
    public MixtureOfGaussians expectationMaximisation(double[][] data, double leastVariance) {
        requireGiven("data", data);
        require(data.length >= 1, "data", "at least 1 row", data.length);
        require(leastVariance > 0 && leastVariance < Double.POSITIVE_INFINITY, "leastVariance", "above 0 and finite",
                leastVariance);
        double[][] of = new double[data.length][];
        double[] count = new double[share.length];
        for (int i = 0; i < data.length; i++) {
            of[i] = responsibilities(data[i]);
            for (int c = 0; c < count.length; c++) {
                count[c] += of[i][c];
            }
        }
        double[] nextShare = new double[share.length];
        double[][] nextMean = new double[share.length][];
        double[][] nextVariance = new double[share.length][];
        for (int c = 0; c < share.length; c++) {
            nextShare[c] = count[c] / data.length;
            nextMean[c] = mean[c].clone();
            nextVariance[c] = variance[c].clone();
            for (int d = 0; d < mean[c].length && count[c] > 0; d++) {
                double sum = 0;
                for (int i = 0; i < data.length; i++) {
                    sum += of[i][c] * data[i][d];
                }
                nextMean[c][d] = sum / count[c];
                double squares = 0;
                for (int i = 0; i < data.length; i++) {
                    double off = data[i][d] - nextMean[c][d];
                    squares += of[i][c] * off * off;
                }
                nextVariance[c][d] = Math.max(leastVariance, squares / count[c]);
            }
        }
        return new MixtureOfGaussians(nextShare, nextMean, nextVariance);
    }
}
