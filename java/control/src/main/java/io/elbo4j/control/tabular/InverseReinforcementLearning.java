package io.elbo4j.control.tabular;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.control.tabular.SoftValueIteration.Inference;
import java.util.Arrays;

/**
 * Rewards from behaviour by maximum causal entropy (Ziebart, Bagnell and Dey 2010): of all who visit each state as
 * often as the demonstrator does, the one who acts most at random, which is {@link SoftValueIteration} for some reward
 * of each state. The log-likelihood of the demonstrations is concave in it; its gradient is how much more often the
 * demonstrator was there than who acts by the reward:
 *
 * <pre>
 *   d log p(demonstrations) / d r(s) = sum over t of (p_demonstrator(s_t = s) - p_r(s_t = s))
 * </pre>
 *
 * <p>It is climbed by steps that grow while they help and are halved where they do not (in logarithms throughout, so
 * that no reward is too low). A reward is known up to what no behaviour tells; the policy is what is recovered.
 */
public final class InverseReinforcementLearning {
    private final DecisionProcess process;
    private final double[] start;
    private final double[][] demonstrated;
    private final int horizon;
    private double[] rewards;
    private SoftValueIteration policy;
    private double gap;

    /**
     * @param process whose rewards are not looked at
     * @param start p(s_0)
     * @param demonstrated where the demonstrator is when: p(s_t), horizon x S
     */
    public InverseReinforcementLearning(DecisionProcess process, double[] start, double[][] demonstrated) {
        requireGiven("process", process);
        requireGiven("start", start);
        requireGiven("demonstrated", demonstrated);
        require(demonstrated.length >= 1, "demonstrated", "of at least 1 step", demonstrated.length);
        require(start.length == process.states(), "start", "of " + process.states() + " states", start.length);
        this.process = process;
        this.start = start.clone();
        this.horizon = demonstrated.length;
        this.demonstrated = new double[horizon][];
        for (int t = 0; t < horizon; t++) {
            require(demonstrated[t].length == process.states(), "demonstrated", "of " + process.states()
                    + " states; step " + t + " has others", demonstrated[t].length);
            this.demonstrated[t] = demonstrated[t].clone();
        }
        this.rewards = new double[process.states()];
        this.policy = policyOf(rewards);
        this.gap = gap(gradient(policy));
    }

    private SoftValueIteration policyOf(double[] ofState) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double r : ofState) {
            largest = Math.max(largest, r);
        }
        double[][] shifted = new double[process.states()][process.actions()];
        for (int s = 0; s < shifted.length; s++) {
            Arrays.fill(shifted[s], ofState[s] - largest);
        }
        return new SoftValueIteration(process.withRewards(shifted), horizon, 1, Inference.VARIATIONAL);
    }

    private double[] gradient(SoftValueIteration of) {
        double[][] visits = of.visits(start);
        double[] gradient = new double[start.length];
        for (int t = 0; t < horizon; t++) {
            for (int s = 0; s < start.length; s++) {
                gradient[s] += demonstrated[t][s] - visits[t][s];
            }
        }
        return gradient;
    }

    private static double gap(double[] gradient) {
        double sum = 0;
        for (double each : gradient) {
            sum += Math.abs(each);
        }
        return sum;
    }

    /**
     * Climbs until the visits differ by less than this in sum, or for so many steps.
     *
     * @return by how much they differ: the sum over the states
     */
    public double fit(double tolerance, int steps) {
        double step = 0.1;
        for (int i = 0; i < steps && gap > tolerance; i++) {
            double[] gradient = gradient(policy);
            double[] ahead = rewards.clone();
            for (int s = 0; s < ahead.length; s++) {
                ahead[s] += step * gradient[s];
            }
            SoftValueIteration there = policyOf(ahead);
            double[] gradientThere = gradient(there);
            // concave along the way: it still rises there, so the whole step was uphill
            if (dot(gradient, gradientThere) >= 0) {
                rewards = ahead;
                policy = there;
                gap = gap(gradientThere);
                step *= 1.3;
            } else {
                step /= 2;
            }
        }
        return gap;
    }

    private static double dot(double[] x, double[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += x[i] * y[i];
        }
        return sum;
    }

    /** The reward of each state. */
    public double[] rewards() {
        return rewards.clone();
    }

    /** Who acts by these rewards. */
    public SoftValueIteration policy() {
        return policy;
    }
}
