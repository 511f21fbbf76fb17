package io.elbo4j.control.tabular;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.control.environment.GridSoft;
import io.elbo4j.control.tabular.SoftValueIteration.Inference;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Against the sum over all trajectories, and against each other. */
class SoftValueIterationTest {
    @Test
    void thePosteriorIsThatOfAllTrajectories() {
        assertEquals(0, PosteriorStudy.difference(3), 1e-12);
    }

    /** Its value is the largest E[sum of r] - alpha KL(pi || prior) that there is; any other policy has less. */
    @Test
    void theVariationalOneIsTheBestOfAllPolicies() {
        SplittableRandom random = new SplittableRandom(4);
        double alpha = 0.7;
        DecisionProcess process = PosteriorStudy.random(random, 3, 2, true);
        int horizon = 4;
        SoftValueIteration best = new SoftValueIteration(process, horizon, alpha, Inference.VARIATIONAL);
        double[][][] own = new double[horizon][3][2];
        for (int t = 0; t < horizon; t++) {
            for (int s = 0; s < 3; s++) {
                for (int a = 0; a < 2; a++) {
                    own[t][s][a] = best.policy(t, s, a);
                }
            }
        }
        assertEquals(best.value(0, 0), objective(process, own, 0, 0, alpha), 1e-12);
        for (int trial = 0; trial < 200; trial++) {
            double[][][] other = new double[horizon][3][2];
            for (int t = 0; t < horizon; t++) {
                for (int s = 0; s < 3; s++) {
                    double moved = own[t][s][0] + (random.nextDouble() - 0.5) * (trial % 2 == 0 ? 0.02 : 1);
                    other[t][s][0] = Math.max(1e-6, Math.min(1 - 1e-6, moved));
                    other[t][s][1] = 1 - other[t][s][0];
                }
            }
            assertTrue(objective(process, other, 0, 0, alpha) < best.value(0, 0));
        }
    }

    private static double objective(DecisionProcess process, double[][][] policy, int t, int s, double alpha) {
        if (t == policy.length) {
            return 0;
        }
        double sum = 0;
        for (int a = 0; a < 2; a++) {
            double ahead = 0;
            for (int next = 0; next < 3; next++) {
                ahead += process.probability(s, a, next) * objective(process, policy, t + 1, next, alpha);
            }
            sum += policy[t][s][a] * (process.reward(s, a) - alpha * Math.log(2 * policy[t][s][a]) + ahead);
        }
        return sum;
    }

    @Test
    void withoutChanceBothAreTheSameAndWithItThePosteriorTakesRisks() {
        DecisionProcess certain = PosteriorStudy.random(new SplittableRandom(5), 4, 3, false);
        SoftValueIteration posterior = new SoftValueIteration(certain, 6, 1, Inference.POSTERIOR);
        SoftValueIteration variational = new SoftValueIteration(certain, 6, 1, Inference.VARIATIONAL);
        for (int s = 0; s < 4; s++) {
            for (int a = 0; a < 3; a++) {
                assertEquals(posterior.policy(0, s, a), variational.policy(0, s, a), 1e-12);
            }
        }
        // a sure -1, or nothing and -10 by the throw of a coin
        double[][][] p = {{{0, 0, 0, 1}, {0, 0.5, 0.5, 0}}, {{0, 0, 0, 1}, {0, 0, 0, 1}}, {{0, 0, 0, 1}, {0, 0, 0, 1}},
                {{0, 0, 0, 1}, {0, 0, 0, 1}}};
        double[][] r = {{-1, 0}, {0, 0}, {-10, -10}, {0, 0}};
        DecisionProcess gamble = new DecisionProcess(p, r);
        SoftValueIteration hopes = new SoftValueIteration(gamble, 2, 1, Inference.POSTERIOR);
        SoftValueIteration counts = new SoftValueIteration(gamble, 2, 1, Inference.VARIATIONAL);
        assertEquals((1 + Math.exp(-10)) / 2 / ((1 + Math.exp(-10)) / 2 + Math.exp(-1)), hopes.policy(0, 0, 1), 1e-12);
        assertEquals(Math.exp(-5) / (Math.exp(-5) + Math.exp(-1)), counts.policy(0, 0, 1), 1e-12);
        double[] start = {1, 0, 0, 0};
        assertTrue(counts.expectedReturn(start) > hopes.expectedReturn(start) + 1);
        System.out.printf(
                "gamble: the posterior takes it with %.3f (return %.2f), the variational with %.3f (%.2f)%n",
                hopes.policy(0, 0, 1), hopes.expectedReturn(start), counts.policy(0, 0, 1), counts.expectedReturn(
                        start));
    }

    /** Cold, it goes to the goal by the shortest way: as far as dynamic programming without entropy. */
    @Test
    void onTheGridItComesToTheGoal() {
        DecisionProcess grid = DecisionProcess.ofGridSoft();
        SoftValueIteration cold = new SoftValueIteration(grid, 20, 1e-3, Inference.VARIATIONAL);
        double[] v = new double[GridSoft.CELLS];
        for (int t = 0; t < 20; t++) {
            double[] next = v.clone();
            for (int s = 0; s < GridSoft.CELLS; s++) {
                v[s] = Double.NEGATIVE_INFINITY;
                for (int a = 0; a < GridSoft.ACTIONS; a++) {
                    double q = GridSoft.reward(s);
                    for (int i = 0; i < GridSoft.CELLS; i++) {
                        q += GridSoft.transitions(s, a)[i] * next[i];
                    }
                    v[s] = Math.max(v[s], q);
                }
            }
        }
        for (int s = 0; s < GridSoft.CELLS; s++) {
            assertEquals(v[s], cold.value(0, s), 20 * 1e-3 * Math.log(5) + 1e-9);
            double[] start = new double[GridSoft.CELLS];
            start[s] = 1;
            assertEquals(v[s], cold.expectedReturn(start), 0.02);
        }
    }

    @Test
    void badArgumentsAreNamed() {
        double[][][] p = {{{1}}};
        refused("process must be of rewards of at most 0, as exp(r) is a probability; subtract the largest one first;"
                + " state 0, action 0 is another, not 0.5", () -> new SoftValueIteration(new DecisionProcess(p,
                        new double[][] {{0.5}}), 1, 1, Inference.POSTERIOR));
        DecisionProcess one = new DecisionProcess(p, new double[][] {{0}});
        refused("horizon must be at least 1, not 0", () -> new SoftValueIteration(one, 0, 1, Inference.POSTERIOR));
        refused("temperature must be above 0 and finite, not 0.0", () -> new SoftValueIteration(one, 1, 0,
                Inference.POSTERIOR));
        refused("transitions must be distributions, of sum 1; state 0, action 0 is not, not 0.5",
                () -> new DecisionProcess(new double[][][] {{{0.5}}}, new double[][] {{0}}));
        refused("transitions must be probabilities; state 0, action 0 is not, not -1.0", () -> new DecisionProcess(
                new double[][][] {{{-1, 2}}, {{1, 0}}}, new double[][] {{0}, {0}}));
        refused("rewards must be finite; state 0, action 0 is not, not NaN", () -> new DecisionProcess(p,
                new double[][] {{Double.NaN}}));
        refused("rewards must be of 1 states, as transitions are, not 2", () -> new DecisionProcess(p,
                new double[2][1]));
        refused("action must be from 0 to 4, not 5", () -> GridSoft.transitions(0, 5));
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }
}
