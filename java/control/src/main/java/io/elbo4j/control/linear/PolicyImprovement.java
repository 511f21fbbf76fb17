package io.elbo4j.control.linear;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.control.environment.Draws;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a policy gets better from what is known of the states of its rollouts (Zhang et al. 2019, SOLAR, section 5): a
 * quadratic cost of each step, linear dynamics of each step, and the best policy of these that is not far from the last
 * one. States may be codes or the true ones.
 *
 * @param strength transitions that what is known of all steps counts for in the dynamics of one step, at least 0
 * @param window standard deviation, in steps, of the weights of the costs that belong to one step, from 1e-3 to 1e30
 * @param ridge of the regression of costs, from 1e-30 to 1e30
 * @param divergence of a policy from the last one, at most, in nats for each step, from 1e-30 to 1e30
 */
public record PolicyImprovement(double strength, double window, double ridge, double divergence) {
    /** Of the states of each step, to regress costs on: where states are not known, costs are flat. */
    private static final int DRAWS = 4;
    private static final double GAIN_PRECISION = 0.01;
    /** The variance of a uniform action in [-1, 1]. */
    private static final double VARIANCE = 1.0 / 3;

    public PolicyImprovement {
        require(strength >= 0 && strength <= 1e30, "strength", "from 0 to 1e30", strength);
        require(window >= 1e-3 && window <= 1e30, "window", "from 1e-3 to 1e30", window);
        require(ridge >= 1e-30 && ridge <= 1e30, "ridge", "from 1e-30 to 1e30", ridge);
        require(divergence >= 1e-30 && divergence <= 1e30, "divergence", "from 1e-30 to 1e30", divergence);
    }

    /**
     * What was done in a rollout of T steps, and what came of it.
     *
     * @param actions T x m, in [-1, 1]
     * @param means T x m, of the policy that has taken the actions; not asked for where that was none
     * @param rewards T
     */
    public record Trial(double[][] actions, double[][] means, double[] rewards) {
        public Trial {
            requireGiven("actions", actions);
            requireGiven("means", means);
            requireGiven("rewards", rewards);
            require(means.length == actions.length, "means", actions.length + " steps, as actions", means.length);
            require(rewards.length == actions.length, "rewards", actions.length + " steps, as actions",
                    rewards.length);
        }
    }

    /**
     * The next policy.
     *
     * @param last policy, or null if the actions were uniform
     * @param known states of its rollouts
     * @param trials the same rollouts
     * @param dynamics of each step: {@link #dynamics}
     * @param draws of states
     * @param round number, of which the draws are
     */
    public LinearQuadratic.Improvement improved(@Nullable LinearPolicy last, List<Rollout> known, List<Trial> trials,
            LinearDynamics dynamics, Draws draws, long round) {
        requireAlike(known, trials);
        int steps = trials.get(0).rewards().length;
        double[][][] states = known.stream().map(Rollout::mean).toArray(double[][][]::new);
        double[][][] means = trials.stream().map(Trial::means).toArray(double[][][]::new);
        LinearPolicy from = last == null ? LinearPolicy.blind(steps, dynamics.states(), dynamics.actions(), VARIANCE)
                : last.of(states, means, GAIN_PRECISION);
        return new LinearQuadratic(dynamics, costs(known, trials, draws, round), from).improved(divergence * steps);
    }

    /**
     * Dynamics of each step of some rollouts: what is known of all steps is their prior, where it counts for as many
     * transitions as {@link #strength} says, at most as many as there were. First states are alike in all rollouts.
     *
     * @param all of all rollouts, one step for all
     * @param prior of the steps, before anything was known
     */
    public LinearDynamics dynamics(LinearDynamics all, MatrixNormalInverseWishart prior, List<Rollout> known,
            List<Trial> trials) {
        requireAlike(known, trials);
        MatrixNormalInverseWishart ofAll = all.steps().get(0);
        MatrixNormalInverseWishart before = prior.towards(Math.min(1, strength / (ofAll.degrees() - prior.degrees())),
                ofAll);
        List<MatrixNormalInverseWishart> steps = new ArrayList<>();
        for (int t = 1; t <= trials.get(0).rewards().length; t++) {
            Moments moments = new Moments(all.states(), all.states() + all.actions() + 1);
            for (int r = 0; r < known.size(); r++) {
                moments.add(1, known.get(r).moments(t, trials.get(r).actions()));
            }
            steps.add(before.posterior(1, moments));
        }
        return new LinearDynamics(all.first(), steps);
    }

    private static void requireAlike(List<Rollout> known, List<Trial> trials) {
        require(!requireGiven("known", known).isEmpty(), "known", "at least 1 rollout", 0);
        require(requireGiven("trials", trials).size() == known.size(), "trials", known.size() + ", as known", trials
                .size());
        int steps = trials.get(0).rewards().length;
        for (int r = 0; r < known.size(); r++) {
            require(trials.get(r).rewards().length == steps, "trials", "of " + steps + " steps, as the first one",
                    trials.get(r).rewards().length);
            require(known.get(r).mean().length == steps + 1, "known", "of " + (steps + 1) + " states, one more than"
                    + " steps", known.get(r).mean().length);
        }
    }

    /** Of each step, by those around it in time. */
    private List<QuadraticCost> costs(List<Rollout> known, List<Trial> trials, Draws draws, long round) {
        QuadraticCost.Regression regression = regression(known, trials);
        int steps = trials.get(0).rewards().length;
        Moments[] seen = new Moments[steps];
        for (int t = 0; t < steps; t++) {
            seen[t] = regression.none();
            for (int r = 0; r < trials.size(); r++) {
                for (double[] state : known.get(r).draws(t, DRAWS, draws.at(r, round, t))) {
                    seen[t].add(1, regression.of(Dense.joined(state, trials.get(r).actions()[t]), -trials.get(r)
                            .rewards()[t]));
                }
            }
        }
        List<QuadraticCost> costs = new ArrayList<>();
        for (int t = 0; t < steps; t++) {
            Moments around = regression.none();
            for (int u = 0; u < steps; u++) {
                double away = (u - t) / window;
                around.add(StrictMath.exp(-away * away / 2), seen[u]);
            }
            costs.add(regression.fitted(around));
        }
        return costs;
    }

    /** In units of states that are the same for all of their numbers: what hardly varies is to tell little. */
    private QuadraticCost.Regression regression(List<Rollout> known, List<Trial> trials) {
        int n = known.get(0).mean()[0].length;
        int both = n + trials.get(0).actions()[0].length;
        double[] centre = new double[both];
        double[] squares = new double[both];
        double count = 0;
        for (int r = 0; r < trials.size(); r++) {
            for (int t = 0; t < trials.get(r).rewards().length; t++, count++) {
                double[] x = Dense.joined(known.get(r).mean()[t], trials.get(r).actions()[t]);
                for (int i = 0; i < both; i++) {
                    centre[i] += x[i];
                    squares[i] += x[i] * x[i];
                }
            }
        }
        double ofStates = 0;
        for (int i = 0; i < both; i++) {
            centre[i] /= count;
            squares[i] = Math.max(1e-12, squares[i] / count - centre[i] * centre[i]);
            ofStates += i < n ? squares[i] / n : 0;
        }
        double[] unit = new double[both];
        for (int i = 0; i < both; i++) {
            unit[i] = StrictMath.sqrt(i < n ? ofStates : squares[i]);
        }
        return new QuadraticCost.Regression(centre, unit, ridge);
    }
}
