package io.elbo4j.control.tabular;

import io.elbo4j.control.environment.GridSoft;
import io.elbo4j.control.tabular.SoftValueIteration.Inference;
import java.util.Arrays;
import java.util.Locale;

/**
 * The demonstrator wants to the goal of the grid, but not over two bad cells; from what it does that is found out.
 *
 * @param before KL(demonstrator || learner) of the actions, where the demonstrator is, in nats a step
 * @param after the same, when it has learned
 * @param gap the visits that are still off
 * @param rewards that were found, of each cell
 */
@SuppressWarnings("ArrayRecordComponent") // a few numbers for people to read
record RewardsStudy(double before, double after, double gap, double[] rewards) {
    private static final int HORIZON = 12;

    static RewardsStudy of(int oneBadCell, int another) {
        DecisionProcess grid = DecisionProcess.ofGridSoft();
        double[][] rewards = new double[GridSoft.CELLS][GridSoft.ACTIONS];
        for (int s = 0; s < GridSoft.CELLS; s++) {
            Arrays.fill(rewards[s], s == oneBadCell || s == another ? -3 : GridSoft.reward(s));
        }
        SoftValueIteration demonstrator = new SoftValueIteration(grid.withRewards(rewards), HORIZON, 1,
                Inference.VARIATIONAL);
        double[] start = new double[GridSoft.CELLS];
        Arrays.fill(start, 0, GridSoft.GOAL, 1.0 / GridSoft.GOAL);
        InverseReinforcementLearning learner = new InverseReinforcementLearning(grid, start, demonstrator
                .visits(start));
        double before = kl(demonstrator, learner.policy(), start);
        double gap = learner.fit(1e-3, 5000);
        return new RewardsStudy(before, kl(demonstrator, learner.policy(), start), gap, learner.rewards());
    }

    private static double kl(SoftValueIteration of, SoftValueIteration from, double[] start) {
        double[][] visits = of.visits(start);
        double sum = 0;
        for (int t = 0; t < HORIZON; t++) {
            for (int s = 0; s < GridSoft.CELLS; s++) {
                for (int a = 0; a < GridSoft.ACTIONS; a++) {
                    sum += visits[t][s] * of.policy(t, s, a) * Math.log(of.policy(t, s, a) / from.policy(t, s, a));
                }
            }
        }
        return sum / HORIZON;
    }

    /** Prints JSON: the bad cells. */
    public static void main(String[] args) {
        RewardsStudy found = of(Integer.parseInt(args[0]), Integer.parseInt(args[1]));
        System.out.printf(Locale.ROOT, "{\"before\": %.3f, \"after\": %.2g}%n", found.before, found.after);
    }
}
