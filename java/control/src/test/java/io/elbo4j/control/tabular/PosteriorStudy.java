package io.elbo4j.control.tabular;

import io.elbo4j.control.tabular.SoftValueIteration.Inference;
import java.util.Locale;
import java.util.SplittableRandom;

/** The posterior of soft value iteration beside the sum over all trajectories, of a random process and three alphas. */
final class PosteriorStudy {
    private static final int HORIZON = 5;

    private PosteriorStudy() {}

    static DecisionProcess random(SplittableRandom random, int states, int actions, boolean byChance) {
        double[][][] p = new double[states][actions][states];
        double[][] r = new double[states][actions];
        for (int s = 0; s < states; s++) {
            for (int a = 0; a < actions; a++) {
                r[s][a] = -3 * random.nextDouble();
                double sum = 0;
                for (int next = 0; next < states; next++) {
                    p[s][a][next] = byChance ? random.nextDouble() : 0;
                    sum += p[s][a][next];
                }
                if (!byChance) {
                    p[s][a][random.nextInt(states)] = 1;
                    sum = 1;
                }
                for (int next = 0; next < states; next++) {
                    p[s][a][next] /= sum;
                }
            }
        }
        return new DecisionProcess(p, r);
    }

    /** The sum of p(actions) p(states) exp(sum of r / alpha) over all that may follow from (s, a) in so many steps. */
    private static double weight(DecisionProcess process, int s, int a, int steps, double alpha) {
        double ahead = 0;
        for (int next = 0; next < process.states(); next++) {
            double after = steps == 1 ? 1 : 0;
            for (int b = 0; steps > 1 && b < process.actions(); b++) {
                after += weight(process, next, b, steps - 1, alpha) / process.actions();
            }
            ahead += process.probability(s, a, next) * after;
        }
        return Math.exp(process.reward(s, a) / alpha) * ahead;
    }

    /** The largest difference of any probability, action value or value. */
    static double difference(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double worst = 0;
        for (double alpha : new double[] {0.3, 1, 4}) {
            DecisionProcess process = random(random, 3, 2, true);
            SoftValueIteration found = new SoftValueIteration(process, HORIZON, alpha, Inference.POSTERIOR);
            for (int t = 0; t < HORIZON; t++) {
                for (int s = 0; s < 3; s++) {
                    double[] w = {weight(process, s, 0, HORIZON - t, alpha), weight(process, s, 1, HORIZON - t, alpha)};
                    for (int a = 0; a < 2; a++) {
                        worst = Math.max(worst, Math.abs(w[a] / (w[0] + w[1]) - found.policy(t, s, a)));
                        worst = Math.max(worst, Math.abs(alpha * Math.log(w[a]) - found.actionValue(t, s, a)));
                    }
                    double value = alpha * Math.log((w[0] + w[1]) / 2);
                    worst = Math.max(worst, Math.abs(value - found.value(t, s)));
                }
            }
        }
        return worst;
    }

    /** Prints JSON: seed. */
    public static void main(String[] args) {
        System.out.printf(Locale.ROOT, "{\"difference\": %.2g}%n", difference(Long.parseLong(args[0])));
    }
}
