package io.elbo4j.control.agent;

import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.linear.LinearDynamics;
import io.elbo4j.control.linear.LinearPolicy;
import io.elbo4j.control.linear.LinearQuadratic;
import io.elbo4j.control.linear.MatrixNormalInverseWishart;
import io.elbo4j.control.linear.Moments;
import io.elbo4j.control.linear.QuadraticCost;
import io.elbo4j.control.linear.Rollout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How {@link Solar} makes its policy better (Zhang et al. 2019, section 5), from what is known of the codes of the last
 * one's rollouts: a quadratic cost of each step, linear dynamics of each step, and the best policy of these that is not
 * far from the last one. It knows nothing of pictures, and serves true states as well.
 */
final class SolarPolicy {
    /** Of the codes of each step, to regress costs on: where codes are not known, costs are flat. */
    private static final int DRAWS = 4;
    private static final double GAIN_PRECISION = 0.01;
    /** The variance of a uniform action in [-1, 1]. */
    private static final double VARIANCE = 1.0 / 3;

    private SolarPolicy() {}

    /**
     * The next policy.
     *
     * @param last policy, or null if the actions were uniform
     * @param draws of codes
     * @param round number, of which the draws are
     */
    static LinearQuadratic.Improvement improved(Solar.Settings settings, @Nullable LinearPolicy last,
            List<Rollout> known,
            List<SolarModel.Lived> rollouts, LinearDynamics dynamics, Draws draws, long round) {
        double[][][] codes = known.stream().map(Rollout::mean).toArray(double[][][]::new);
        double[][][] means = rollouts.stream().map(SolarModel.Lived::means).toArray(double[][][]::new);
        LinearPolicy from = last == null ? LinearPolicy.blind(settings.horizon(), dynamics.states(), dynamics
                .actions(), VARIANCE) : last.of(codes, means, GAIN_PRECISION);
        return new LinearQuadratic(dynamics, costs(settings, known, rollouts, draws, round), from).improved(settings
                .divergence() * settings.horizon());
    }

    /**
     * Dynamics of each step of some rollouts: what is known of all steps is their prior, where it counts for as many
     * transitions as the settings say, at most as many as there were. First states are alike in all rollouts.
     *
     * @param all of all rollouts
     * @param prior of the steps, before anything was known
     */
    static LinearDynamics dynamics(Solar.Settings settings, LinearDynamics all, MatrixNormalInverseWishart prior,
            List<Rollout> known, List<SolarModel.Lived> rollouts) {
        MatrixNormalInverseWishart ofAll = all.steps().get(0);
        MatrixNormalInverseWishart before = prior.towards(Math.min(1, settings.strength() / (ofAll.degrees() - prior
                .degrees())), ofAll);
        List<MatrixNormalInverseWishart> steps = new ArrayList<>();
        for (int t = 1; t <= settings.horizon(); t++) {
            Moments moments = new Moments(all.states(), all.states() + all.actions() + 1);
            for (int r = 0; r < known.size(); r++) {
                moments.add(1, known.get(r).moments(t, rollouts.get(r).actions()));
            }
            steps.add(before.posterior(1, moments));
        }
        return new LinearDynamics(all.first(), steps);
    }

    /** Of each step, by those around it in time. */
    private static List<QuadraticCost> costs(Solar.Settings settings, List<Rollout> known,
            List<SolarModel.Lived> rollouts, Draws draws, long round) {
        QuadraticCost.Regression regression = regression(settings.ridge(), known, rollouts);
        int steps = settings.horizon();
        Moments[] seen = new Moments[steps];
        for (int t = 0; t < steps; t++) {
            seen[t] = regression.none();
            for (int r = 0; r < rollouts.size(); r++) {
                for (double[] code : known.get(r).draws(t, DRAWS, draws.at(r, round, t))) {
                    seen[t].add(1, regression.of(joined(code, rollouts.get(r).actions()[t]), -rollouts.get(r)
                            .rewards()[t]));
                }
            }
        }
        List<QuadraticCost> costs = new ArrayList<>();
        for (int t = 0; t < steps; t++) {
            Moments around = regression.none();
            for (int u = 0; u < steps; u++) {
                double away = (u - t) / settings.window();
                around.add(StrictMath.exp(-away * away / 2), seen[u]);
            }
            costs.add(regression.fitted(around));
        }
        return costs;
    }

    /** In units of codes that are the same for all of their numbers: what hardly varies is to tell little. */
    private static QuadraticCost.Regression regression(double ridge, List<Rollout> known,
            List<SolarModel.Lived> rollouts) {
        int n = known.get(0).mean()[0].length;
        int both = n + rollouts.get(0).actions()[0].length;
        double[] centre = new double[both];
        double[] squares = new double[both];
        double count = 0;
        for (int r = 0; r < rollouts.size(); r++) {
            for (int t = 0; t < rollouts.get(r).rewards().length; t++, count++) {
                double[] x = joined(known.get(r).mean()[t], rollouts.get(r).actions()[t]);
                for (int i = 0; i < both; i++) {
                    centre[i] += x[i];
                    squares[i] += x[i] * x[i];
                }
            }
        }
        double ofCodes = 0;
        for (int i = 0; i < both; i++) {
            centre[i] /= count;
            squares[i] = Math.max(1e-12, squares[i] / count - centre[i] * centre[i]);
            ofCodes += i < n ? squares[i] / n : 0;
        }
        double[] unit = new double[both];
        for (int i = 0; i < both; i++) {
            unit[i] = StrictMath.sqrt(i < n ? ofCodes : squares[i]);
        }
        return new QuadraticCost.Regression(centre, unit, ridge);
    }

    private static double[] joined(double[] code, double[] action) {
        double[] both = Arrays.copyOf(code, code.length + action.length);
        System.arraycopy(action, 0, both, code.length, action.length);
        return both;
    }
}
