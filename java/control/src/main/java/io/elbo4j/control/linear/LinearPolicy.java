package io.elbo4j.control.linear;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

/**
 * A policy of T steps, each linear and Gaussian: a_t ~ N(K_t z_t + k_t, S_t).
 *
 * @param gain T x m x n
 * @param offset T x m
 * @param covariance T x m x m
 */
public record LinearPolicy(double[][][] gain, double[][] offset, double[][][] covariance) {
    public LinearPolicy {
        requireGiven("gain", gain);
        requireGiven("offset", offset);
        requireGiven("covariance", covariance);
        require(gain.length >= 1, "gain", "at least 1 step", gain.length);
        require(offset.length == gain.length, "offset", gain.length + " steps, as gain", offset.length);
        require(covariance.length == gain.length, "covariance", gain.length + " steps, as gain", covariance.length);
    }

    /** One that knows nothing: N(0, variance) at each of so many steps, of n states and m actions. */
    public static LinearPolicy blind(int steps, int n, int m, double variance) {
        double[][][] covariance = new double[steps][][];
        for (int t = 0; t < steps; t++) {
            covariance[t] = Dense.diagonal(m, variance);
        }
        return new LinearPolicy(new double[steps][m][n], new double[steps][m], covariance);
    }

    public int steps() {
        return gain.length;
    }

    /** The mean of the action at t, in a state. */
    public double[] mean(int t, double[] state) {
        return Dense.sum(Dense.product(gain[t], state), 1, offset[t]);
    }

    /**
     * The same policy of other codes of the states: by the regression of its mean actions on them.
     *
     * @param codes rollouts x at least T x n, of the states
     * @param actions rollouts x T x m, the mean actions in them
     * @param precision of a prior of gains and offsets, above 0: how little few rollouts are believed
     */
    public LinearPolicy of(double[][][] codes, double[][][] actions, double precision) {
        double[][][] gains = new double[steps()][][];
        double[][] offsets = new double[steps()][];
        int m = offset[0].length;
        int n = codes[0][0].length;
        for (int t = 0; t < steps(); t++) {
            Moments rows = new Moments(m, n + 1);
            for (int r = 0; r < codes.length; r++) {
                rows.add(1, Moments.of(actions[r][t], Dense.joined(codes[r][t], new double[] {1})));
            }
            double[][] weights = MatrixNormalInverseWishart.weak(new double[m][n + 1], precision, 1).posterior(1, rows)
                    .mean();
            gains[t] = Dense.block(weights, 0, m, 0, n);
            offsets[t] = Dense.transposed(Dense.block(weights, 0, m, n, n + 1))[0];
        }
        return new LinearPolicy(gains, offsets, covariance);
    }
}
