package io.elbo4j.control.tabular;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.control.environment.GridSoft;

/**
 * A Markov decision process of S states and A actions.
 *
 * <p>What it is given is copied.
 */
public final class DecisionProcess {
    /** A sum of probabilities may be off by that. */
    private static final double TOLERANCE = 1e-9;

    private final double[][][] transitions;
    private final double[][] rewards;

    /**
     * @param transitions p(next state | state, action), S x A x S
     * @param rewards r(state, action), S x A
     * @throws io.elbo4j.ArgumentException if the shapes do not fit, a row is no distribution, or a reward not finite
     */
    public DecisionProcess(double[][][] transitions, double[][] rewards) {
        requireGiven("transitions", transitions);
        requireGiven("rewards", rewards);
        int states = transitions.length;
        require(states >= 1, "transitions", "of at least 1 state", states);
        int actions = transitions[0].length;
        require(actions >= 1, "transitions", "of at least 1 action", actions);
        require(rewards.length == states, "rewards", "of " + states + " states, as transitions are", rewards.length);
        this.transitions = new double[states][actions][];
        this.rewards = new double[states][];
        for (int s = 0; s < states; s++) {
            require(transitions[s].length == actions, "transitions", actions + " actions in each state; state " + s
                    + " has another number", transitions[s].length);
            require(rewards[s].length == actions, "rewards", actions + " actions in each state; state " + s
                    + " has another number", rewards[s].length);
            this.rewards[s] = rewards[s].clone();
            for (int a = 0; a < actions; a++) {
                require(Double.isFinite(rewards[s][a]), "rewards", "finite; state " + s + ", action " + a + " is not",
                        rewards[s][a]);
                this.transitions[s][a] = distribution(transitions[s][a], states, s, a);
            }
        }
    }

    private static double[] distribution(double[] p, int states, int s, int a) {
        String of = "; state " + s + ", action " + a + " is not";
        require(p.length == states, "transitions", "to " + states + " states" + of, p.length);
        double sum = 0;
        for (double each : p) {
            require(each >= 0, "transitions", "probabilities" + of, each);
            sum += each;
        }
        require(Math.abs(sum - 1) < TOLERANCE, "transitions", "distributions, of sum 1" + of, sum);
        return p.clone();
    }

    /** {@link GridSoft}, where the goal is never left and costs nothing. */
    public static DecisionProcess ofGridSoft() {
        double[][][] transitions = new double[GridSoft.CELLS][GridSoft.ACTIONS][];
        double[][] rewards = new double[GridSoft.CELLS][GridSoft.ACTIONS];
        for (int s = 0; s < GridSoft.CELLS; s++) {
            for (int a = 0; a < GridSoft.ACTIONS; a++) {
                transitions[s][a] = GridSoft.transitions(s, a);
                rewards[s][a] = GridSoft.reward(s);
            }
        }
        return new DecisionProcess(transitions, rewards);
    }

    /** The same with other rewards. */
    public DecisionProcess withRewards(double[][] others) {
        return new DecisionProcess(transitions, others);
    }

    public int states() {
        return transitions.length;
    }

    public int actions() {
        return transitions[0].length;
    }

    public double reward(int state, int action) {
        return rewards[state][action];
    }

    /** p(next | state, action). */
    public double probability(int state, int action, int next) {
        return transitions[state][action][next];
    }
}
