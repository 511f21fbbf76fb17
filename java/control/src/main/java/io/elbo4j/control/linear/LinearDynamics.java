package io.elbo4j.control.linear;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import java.util.List;

/**
 * Linear dynamics with Gaussian noise, of which it is known how well they are known (Zhang et al. 2019, SOLAR, section
 * 4.1; Johnson et al. 2016, Composing graphical models with neural networks),
 *
 * <pre>
 *   z_0 = W_0 (1) + e,   z_t+1 = W (z_t, a_t, 1) + e'
 * </pre>
 *
 * <p>and what follows for the states of one rollout of which each has been seen with its own noise, a potential
 * N(z_t; seen_t, 1 / precision_t): the best Gaussian q(z_0, ..., z_T) where W and the noise are known as here, by
 * Gaussian elimination along time and back, the Kalman smoother in the information form.
 *
 * @param first of z_0: one input, a 1
 * @param steps of z_t+1 for t = 0, 1, ...; one for all, or one for each
 */
public record LinearDynamics(MatrixNormalInverseWishart first, List<MatrixNormalInverseWishart> steps) {
    private static final double LOG_TWO_PI = StrictMath.log(2 * StrictMath.PI);
    /** Where little is known: the precision of each weight, the variance of a step, that of a first state. */
    private static final double WEIGHT_PRECISION = 0.01;
    private static final double STEP_VARIANCE = 0.01;
    private static final double FIRST_VARIANCE = 1;

    public LinearDynamics {
        requireGiven("first", first);
        steps = List.copyOf(requireGiven("steps", steps));
        require(!steps.isEmpty(), "steps", "at least one", "none");
        int n = first.mean().length;
        require(first.precision().length == 1, "first", "of one input, a 1", first.precision().length);
        for (MatrixNormalInverseWishart step : steps) {
            require(step.mean().length == n, "steps", n + " outputs, as first has", step.mean().length);
            require(step.precision().length > n + 1, "steps", "of a state, an action and a 1, more than " + (n + 1)
                    + " inputs", step.precision().length);
        }
    }

    /**
     * Of which little is known: a first state around 0 with a variance of 1, one step for all that stays where it is,
     * more or less.
     *
     * @param states numbers of a state, at least 1
     * @param actions numbers of an action, at least 1
     */
    public static LinearDynamics vague(int states, int actions) {
        require(states >= 1, "states", "at least 1", states);
        require(actions >= 1, "actions", "at least 1", actions);
        double[][] stays = new double[states][states + actions + 1];
        for (int i = 0; i < states; i++) {
            stays[i][i] = 1;
        }
        return new LinearDynamics(MatrixNormalInverseWishart.weak(new double[states][1], WEIGHT_PRECISION,
                FIRST_VARIANCE), List.of(MatrixNormalInverseWishart.weak(stays, WEIGHT_PRECISION, STEP_VARIANCE)));
    }

    /** Numbers of a state. */
    public int states() {
        return first.mean().length;
    }

    /** Numbers of an action. */
    public int actions() {
        return steps.get(0).precision().length - states() - 1;
    }

    /** Of step t. */
    MatrixNormalInverseWishart step(int t) {
        return steps.get(steps.size() == 1 ? 0 : t);
    }

    /**
     * The states of a rollout of T steps, n numbers each.
     *
     * @param seen (T + 1) x n, of the potentials
     * @param precision (T + 1) x n, of the potentials, above 0
     * @param actions T x m
     */
    public Rollout smoothed(double[][] seen, double[][] precision, double[][] actions) {
        int n = states();
        int length = requireGiven("seen", seen).length;
        require(length >= 2, "seen", "at least 2 states", length);
        require(requireGiven("precision", precision).length == length, "precision", length + " states, as seen",
                precision.length);
        require(requireGiven("actions", actions).length == length - 1, "actions", length - 1 + ", one fewer than"
                + " states", actions.length);
        require(steps.size() == 1 || steps.size() == length - 1, "steps", "one, or one for each of " + (length - 1),
                steps.size());

        double[][][] diagonal = new double[length][n][n];
        double[][][] below = new double[length - 1][][];
        double[][] linear = new double[length][n];
        double constant = 0;
        for (int t = 0; t < length; t++) {
            for (int i = 0; i < n; i++) {
                double p = precision[t][i];
                require(p > 0 && p < Double.POSITIVE_INFINITY, "precision", "above 0", p);
                diagonal[t][i][i] = p;
                linear[t][i] = p * seen[t][i];
                constant += (StrictMath.log(p) - LOG_TWO_PI - p * seen[t][i] * seen[t][i]) / 2;
            }
        }
        MatrixNormalInverseWishart.Expected at = first.expected();
        diagonal[0] = Dense.sum(diagonal[0], 1, at.yy());
        linear[0] = Dense.sum(linear[0], 1, Dense.transposed(at.yx())[0]);
        constant += (at.logDeterminant() - n * LOG_TWO_PI - at.xx()[0][0]) / 2;
        MatrixNormalInverseWishart.Expected same = steps.size() == 1 ? step(0).expected() : null;
        for (int t = 0; t < length - 1; t++) {
            MatrixNormalInverseWishart.Expected e = same == null ? step(t).expected() : same;
            double[] known = Dense.joined(actions[t], new double[] {1});
            int k = n + known.length;
            require(k == e.xx().length, "actions", e.xx().length - n - 1 + " numbers", actions[t].length);
            diagonal[t] = Dense.sum(diagonal[t], 1, Dense.block(e.xx(), 0, n, 0, n));
            linear[t] = Dense.sum(linear[t], -1, Dense.product(Dense.block(e.xx(), 0, n, n, k), known));
            diagonal[t + 1] = Dense.sum(diagonal[t + 1], 1, e.yy());
            linear[t + 1] = Dense.sum(linear[t + 1], 1, Dense.product(Dense.block(e.yx(), 0, n, n, k), known));
            below[t] = Dense.scaled(-1, Dense.block(e.yx(), 0, n, 0, n));
            constant += (e.logDeterminant() - n * LOG_TWO_PI - Dense.dot(known, Dense.product(Dense.block(e.xx(), n, k,
                    n, k), known))) / 2;
        }
        return Rollout.of(diagonal, below, linear, constant);
    }
}
