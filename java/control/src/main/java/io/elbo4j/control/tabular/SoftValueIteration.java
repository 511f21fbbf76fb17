package io.elbo4j.control.tabular;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

/**
 * Control as inference (Levine 2018, Reinforcement learning and control as probabilistic inference): with p(O_t = 1 |
 * s, a) = exp(r / alpha), r at most 0, and actions a priori alike, how does one act, given that all of O_1..T are 1? In
 * units of alpha, backward from V_T = 0:
 *
 * <pre>
 *   V_t(s) = log of the mean over the actions of exp(Q_t(s, a)),  pi_t(a | s) = exp(Q_t(s, a) - V_t(s)) / A
 *   POSTERIOR    Q_t(s, a) = r / alpha + log E[exp(V_t+1(s'))]     equations 6 to 10
 *   VARIATIONAL  Q_t(s, a) = r / alpha + E[V_t+1(s')]              equations 20 to 23
 * </pre>
 *
 * <p>The posterior is p(a_t | s_t, O_t..T) itself. It takes risks: what the system does by chance it explains by luck
 * that will come. The variational one keeps the system's dynamics and maximises E[sum of r] + alpha entropy. Where the
 * system does nothing by chance both are the same.
 *
 * <p>Exact but for rounding: within 1e-12 of enumeration on processes of some states, in a test.
 */
public final class SoftValueIteration {
    /** What is inferred besides the actions. */
    public enum Inference {
        /** the system's chance, too: p(trajectory | O) */
        POSTERIOR,
        /** the actions alone: q(trajectory) has the system's dynamics */
        VARIATIONAL
    }

    private final DecisionProcess process;
    private final double temperature;
    private final double[][][] q;
    private final double[][] v;

    /**
     * @param horizon steps, at least 1
     * @param temperature alpha, above 0
     * @throws io.elbo4j.ArgumentException if a reward is above 0: subtract the largest one first
     */
    public SoftValueIteration(DecisionProcess process, int horizon, double temperature, Inference inference) {
        requireGiven("process", process);
        requireGiven("inference", inference);
        require(horizon >= 1, "horizon", "at least 1", horizon);
        require(temperature > 0 && Double.isFinite(temperature), "temperature", "above 0 and finite", temperature);
        this.process = process;
        this.temperature = temperature;
        int states = process.states();
        int actions = process.actions();
        for (int s = 0; s < states; s++) {
            for (int a = 0; a < actions; a++) {
                require(process.reward(s, a) <= 0, "process",
                        "of rewards of at most 0, as exp(r) is a probability; subtract"
                                + " the largest one first; state " + s + ", action " + a + " is another", process
                                        .reward(s, a));
            }
        }
        this.q = new double[horizon][states][actions];
        this.v = new double[horizon + 1][states];
        for (int t = horizon - 1; t >= 0; t--) {
            for (int s = 0; s < states; s++) {
                for (int a = 0; a < actions; a++) {
                    q[t][s][a] = process.reward(s, a) / temperature + ahead(s, a, v[t + 1], inference);
                }
                v[t][s] = logSumExp(q[t][s]) - Math.log(actions);
            }
        }
    }

    private double ahead(int s, int a, double[] next, Inference inference) {
        double[] terms = new double[next.length];
        double mean = 0;
        for (int i = 0; i < next.length; i++) {
            double p = process.probability(s, a, i);
            terms[i] = Math.log(p) + next[i];
            mean += p * next[i];
        }
        return inference == Inference.POSTERIOR ? logSumExp(terms) : mean;
    }

    private static double logSumExp(double[] terms) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double term : terms) {
            largest = Math.max(largest, term);
        }
        double sum = 0;
        for (double term : terms) {
            sum += Math.exp(term - largest);
        }
        return largest + Math.log(sum);
    }

    public int horizon() {
        return q.length;
    }

    /** V_t(s), in the unit of the rewards. */
    public double value(int t, int state) {
        return temperature * v[t][state];
    }

    /** Q_t(s, a), in the unit of the rewards. */
    public double actionValue(int t, int state, int action) {
        return temperature * q[t][state][action];
    }

    /** pi_t(a | s). */
    public double policy(int t, int state, int action) {
        return Math.exp(q[t][state][action] - v[t][state]) / process.actions();
    }

    /**
     * Where one is when one acts so: p(s_t) for t from 0 to horizon - 1, by the system's own dynamics.
     *
     * @param start p(s_0), of all states
     */
    public double[][] visits(double[] start) {
        require(start.length == process.states(), "start", "of " + process.states() + " states", start.length);
        double[][] visits = new double[horizon()][process.states()];
        visits[0] = start.clone();
        for (int t = 0; t + 1 < horizon(); t++) {
            for (int s = 0; s < start.length; s++) {
                for (int a = 0; visits[t][s] > 0 && a < process.actions(); a++) {
                    for (int next = 0; next < start.length; next++) {
                        visits[t + 1][next] += visits[t][s] * policy(t, s, a) * process.probability(s, a, next);
                    }
                }
            }
        }
        return visits;
    }

    /** E[sum of the rewards] of one who acts so, from there. */
    public double expectedReturn(double[] start) {
        double[][] visits = visits(start);
        double sum = 0;
        for (int t = 0; t < horizon(); t++) {
            for (int s = 0; s < start.length; s++) {
                for (int a = 0; a < process.actions(); a++) {
                    sum += visits[t][s] * policy(t, s, a) * process.reward(s, a);
                }
            }
        }
        return sum;
    }
}
