package io.elbo4j.control.linear;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.exact.Cholesky;
import java.util.Arrays;
import java.util.List;

/**
 * The policy of linear dynamics and quadratic costs that is best among those that are near the last one (Levine and
 * Abbeel 2014, Learning neural network policies with guided policy search under unknown dynamics, section 3): it
 * minimises
 *
 * <pre>
 *   sum over t of E[cost_t(z_t, a_t)] + eta KL(policy(a_t | z_t) || last(a_t | z_t))
 * </pre>
 *
 * <p>by dynamic programming, where eta is the least at which the sum of the divergences is at most a bound. Of the
 * dynamics their means are taken; noise is added to states.
 *
 * @param dynamics of T steps
 * @param costs of these, the first T ones being of (z_t, a_t)
 * @param last policy of T steps
 */
public record LinearQuadratic(LinearDynamics dynamics, List<QuadraticCost> costs, LinearPolicy last) {
    private static final double LEAST_ETA = 1e-6;
    private static final double MOST_ETA = 1e8;
    private static final int HALVINGS = 60;

    public LinearQuadratic {
        requireGiven("dynamics", dynamics);
        requireGiven("last", last);
        costs = List.copyOf(requireGiven("costs", costs));
        require(costs.size() == last.steps(), "costs", last.steps() + ", one for each step of last", costs.size());
        require(dynamics.steps().size() == 1 || dynamics.steps().size() >= costs.size() - 1, "dynamics",
                "one step, or as many as costs", dynamics.steps().size());
        int both = dynamics.states() + dynamics.actions();
        for (QuadraticCost cost : costs) {
            require(cost.slope().length == both, "costs", "of " + both + " numbers, states and actions", cost
                    .slope().length);
        }
        require(last.gain()[0].length == dynamics.actions() && last.gain()[0][0].length == dynamics.states(), "last",
                "of " + dynamics.states() + " states and " + dynamics.actions() + " actions", last.gain()[0][0].length
                        + " and " + last.gain()[0].length);
    }

    /**
     * What to expect of a policy.
     *
     * @param cost the sum over the steps
     * @param divergence from the last policy, the sum over the steps
     */
    public record Expectation(double cost, double divergence) {}

    /**
     * What was found.
     *
     * @param eta what the divergence costs there
     */
    public record Improvement(LinearPolicy policy, double eta, Expectation expected) {}

    /**
     * The best policy within a bound.
     *
     * @param bound of the divergence, in nats, above 0
     */
    public Improvement improved(double bound) {
        require(bound > 0 && Double.isFinite(bound), "bound", "above 0", bound);
        double low = StrictMath.log(LEAST_ETA);
        double high = StrictMath.log(MOST_ETA);
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (expected(best(StrictMath.exp(middle))).divergence() <= bound) {
                high = middle;
            } else {
                low = middle;
            }
        }
        double eta = StrictMath.exp(high);
        LinearPolicy policy = best(eta);
        return new Improvement(policy, eta, expected(policy));
    }

    /** The policy that minimises the sum for this eta, above 0. */
    public LinearPolicy best(double eta) {
        int n = dynamics.states();
        int m = dynamics.actions();
        int steps = costs.size();
        double[][][] gain = new double[steps][][];
        double[][] offset = new double[steps][];
        double[][][] covariance = new double[steps][][];
        double[][] valueCurvature = new double[n][n];
        double[] valueSlope = new double[n];
        for (int t = steps - 1; t >= 0; t--) {
            // all divided by eta: q(z, a) = cost / eta - log last(a | z) + value(z')
            double[][] q = Dense.scaled(1 / eta, costs.get(t).curvature());
            double[] slope = Dense.sum(new double[n + m], 1 / eta, costs.get(t).slope());
            double[][] precision = Dense.inverse("covariance of last", last.covariance()[t]);
            double[][] off = new double[m][];
            for (int i = 0; i < m; i++) {
                off[i] = new double[n + m];
                for (int j = 0; j < n; j++) {
                    off[i][j] = -last.gain()[t][i][j];
                }
                off[i][n + i] = 1;
            }
            double[][] pull = Dense.product(Dense.transposed(off), precision);
            q = Dense.sum(q, 1, Dense.product(pull, off));
            slope = Dense.sum(slope, -1, Dense.product(pull, last.offset()[t]));
            if (t < steps - 1) {
                double[][] w = dynamics.step(t).mean();
                double[][] f = Dense.block(w, 0, n, 0, n + m);
                double[] drift = Dense.transposed(Dense.block(w, 0, n, n + m, n + m + 1))[0];
                double[][] back = Dense.transposed(f);
                q = Dense.sum(q, 1, Dense.product(back, Dense.product(valueCurvature, f)));
                slope = Dense.sum(slope, 1, Dense.product(back, Dense.sum(valueSlope, 1, Dense.product(valueCurvature,
                        drift))));
            }
            q = Dense.symmetric(q);
            double[][] cross = Dense.block(q, n, n + m, 0, n);
            covariance[t] = Dense.inverse("curvature of actions", Dense.block(q, n, n + m, n, n + m));
            gain[t] = Dense.scaled(-1, Dense.product(covariance[t], cross));
            offset[t] = Dense.sum(new double[m], -1, Dense.product(covariance[t], Arrays.copyOfRange(slope, n, n
                    + m)));
            double[][] across = Dense.transposed(cross);
            valueCurvature = Dense.symmetric(Dense.sum(Dense.block(q, 0, n, 0, n), 1, Dense.product(across, gain[t])));
            valueSlope = Dense.sum(Arrays.copyOf(slope, n), 1, Dense.product(across, offset[t]));
        }
        return new LinearPolicy(gain, offset, covariance);
    }

    /** Of a policy of the same sizes, along the states that it leads to. */
    public Expectation expected(LinearPolicy policy) {
        int n = dynamics.states();
        int m = dynamics.actions();
        double[] z = Dense.transposed(dynamics.first().mean())[0];
        double[][] spread = dynamics.first().noise();
        double cost = 0;
        double divergence = 0;
        for (int t = 0; t < costs.size(); t++) {
            divergence += divergence(policy, t, z, spread);
            double[] x = Dense.joined(z, policy.mean(t, z));
            double[][] joint = new double[n + m][n + m];
            double[][] across = Dense.product(policy.gain()[t], spread);
            double[][] acts = Dense.sum(Dense.product(across, Dense.transposed(policy.gain()[t])), 1, policy
                    .covariance()[t]);
            for (int i = 0; i < n + m; i++) {
                for (int j = 0; j < n + m; j++) {
                    joint[i][j] = i < n && j < n ? spread[i][j] : i < n ? across[j - n][i] : j < n ? across[i - n][j]
                            : acts[i - n][j - n];
                }
            }
            cost += costs.get(t).expected(x, joint);
            if (t < costs.size() - 1) {
                MatrixNormalInverseWishart step = dynamics.step(t);
                double[][] f = Dense.block(step.mean(), 0, n, 0, n + m);
                z = Dense.product(step.mean(), Dense.joined(x, new double[] {1}));
                spread = Dense.symmetric(Dense.sum(Dense.product(f, Dense.product(joint, Dense.transposed(f))), 1, step
                        .noise()));
            }
        }
        return new Expectation(cost, divergence);
    }

    /** E over z of KL(policy(a_t | z) || last(a_t | z)). */
    private double divergence(LinearPolicy policy, int t, double[] z, double[][] spread) {
        double[][] gain = Dense.sum(policy.gain()[t], -1, last.gain()[t]);
        double[] away = Dense.sum(policy.mean(t, z), -1, last.mean(t, z));
        double[][] squares = Dense.sum(Dense.outer(away, away), 1, Dense.product(gain, Dense.product(spread, Dense
                .transposed(gain))));
        Cholesky ofLast = new Cholesky("covariance of last", last.covariance()[t]);
        Cholesky ofThis = new Cholesky("covariance", policy.covariance()[t]);
        return (Dense.inner(ofLast.inverse(), Dense.sum(squares, 1, policy.covariance()[t])) - away.length + ofLast
                .logDeterminant() - ofThis.logDeterminant()) / 2;
    }
}
