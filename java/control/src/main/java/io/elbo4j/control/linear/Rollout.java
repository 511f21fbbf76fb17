package io.elbo4j.control.linear;

import io.elbo4j.control.environment.Draws;
import io.elbo4j.train.exact.Cholesky;

/**
 * What is known of the states of one rollout, a Gaussian of all of them.
 *
 * @param mean (T + 1) x n
 * @param covariance of each state, n x n
 * @param lagged the covariance of z_t+1 with z_t, n x n, for t below T
 * @param logNormaliser the logarithm of the integral of all potentials times the exponential of the dynamics' expected
 *     log-density: less the divergence of the dynamics from their prior, the bound that smoothing and {@link
 *     MatrixNormalInverseWishart#posterior} in turns never lower
 */
public record Rollout(double[][] mean, double[][][] covariance, double[][][] lagged, double logNormaliser) {
    /**
     * Of exp(-z^T J z / 2 + h^T z + constant), where J has blocks on its diagonal and beside it alone.
     *
     * @param below blocks of J of row t + 1 and column t
     */
    static Rollout of(double[][][] diagonal, double[][][] below, double[][] linear, double constant) {
        int length = diagonal.length;
        int n = linear[0].length;
        double[][][] known = new double[length][][];
        double[][][] gain = new double[length - 1][][];
        double[][] h = new double[length][];
        double log = constant + length * n * StrictMath.log(2 * StrictMath.PI) / 2;
        for (int t = 0; t < length; t++) {
            double[][] j = diagonal[t];
            h[t] = linear[t];
            if (t > 0) {
                j = Dense.symmetric(Dense.sum(j, -1, Dense.product(gain[t - 1], Dense.transposed(below[t - 1]))));
                h[t] = Dense.sum(h[t], -1, Dense.product(gain[t - 1], h[t - 1]));
            }
            Cholesky factor = new Cholesky("precision", j);
            known[t] = Dense.symmetric(factor.inverse());
            log += (Dense.dot(h[t], Dense.product(known[t], h[t])) - factor.logDeterminant()) / 2;
            if (t < length - 1) {
                gain[t] = Dense.product(below[t], known[t]);
            }
        }
        double[][] mean = new double[length][];
        double[][][] covariance = new double[length][][];
        double[][][] lagged = new double[length - 1][][];
        for (int t = length - 1; t >= 0; t--) {
            mean[t] = Dense.product(known[t], h[t]);
            covariance[t] = known[t];
            if (t < length - 1) {
                double[][] back = Dense.transposed(gain[t]);
                mean[t] = Dense.sum(mean[t], -1, Dense.product(back, mean[t + 1]));
                double[][] ahead = Dense.product(covariance[t + 1], gain[t]);
                covariance[t] = Dense.symmetric(Dense.sum(known[t], 1, Dense.product(back, ahead)));
                lagged[t] = Dense.scaled(-1, ahead);
            }
        }
        return new Rollout(mean, covariance, lagged, log);
    }

    /** What the state at t tells of the dynamics' first state, or of step t - 1. */
    public Moments moments(int t, double[][] actions) {
        int n = mean[t].length;
        if (t == 0) {
            return Moments.of(mean[0], new double[] {1}, covariance[0]);
        }
        double[][] both = new double[2 * n][2 * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                both[i][j] = covariance[t][i][j];
                both[i][n + j] = lagged[t - 1][i][j];
                both[n + j][i] = lagged[t - 1][i][j];
                both[n + i][n + j] = covariance[t - 1][i][j];
            }
        }
        return Moments.of(mean[t], Dense.joined(mean[t - 1], actions[t - 1], new double[] {1}), both);
    }

    /**
     * Draws of one state.
     *
     * @param draws that belong to this state
     */
    public double[][] draws(int t, int count, Draws draws) {
        double[][] factor = new Cholesky("covariance", covariance[t]).factor();
        double[][] drawn = new double[count][];
        for (int d = 0; d < count; d++) {
            double[] e = new double[mean[t].length];
            for (int i = 0; i < e.length; i++) {
                e[i] = draws.normal();
            }
            drawn[d] = Dense.sum(mean[t], 1, Dense.product(factor, e));
        }
        return drawn;
    }

    /**
     * What everything but its own potential says of a state, a message of the dynamics to whoever has seen it.
     *
     * @param mean of n numbers
     * @param precision the diagonal of the inverse covariance, n numbers
     */
    public record Message(double[] mean, double[] precision) {}

    /** The message to the state at t, of which this was seen. */
    public Message message(int t, double[] seen, double[] precision) {
        double[][] j = Dense.inverse("covariance", covariance[t]);
        double[] h = Dense.product(j, mean[t]);
        double[] rest = new double[h.length];
        for (int i = 0; i < h.length; i++) {
            j[i][i] -= precision[i];
            h[i] -= precision[i] * seen[i];
            rest[i] = j[i][i];
        }
        return new Message(new Cholesky("precision without what was seen", j).solve(h), rest);
    }
}
