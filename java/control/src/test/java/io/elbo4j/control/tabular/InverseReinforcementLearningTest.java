package io.elbo4j.control.tabular;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.control.environment.GridSoft;
import io.elbo4j.control.tabular.SoftValueIteration.Inference;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class InverseReinforcementLearningTest {
    private static final int HORIZON = 12;

    /** KL(demonstrator || learner) of the actions, where the demonstrator is, in nats a step. */
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

    /** The demonstrator wants to the goal, but not over cells 7 and 17; from what it does that is found out. */
    @Test
    void thePolicyIsRecovered() {
        DecisionProcess grid = DecisionProcess.ofGridSoft();
        double[][] rewards = new double[GridSoft.CELLS][GridSoft.ACTIONS];
        for (int s = 0; s < GridSoft.CELLS; s++) {
            Arrays.fill(rewards[s], s == 7 || s == 17 ? -3 : GridSoft.reward(s));
        }
        SoftValueIteration demonstrator = new SoftValueIteration(grid.withRewards(rewards), HORIZON, 1,
                Inference.VARIATIONAL);
        double[] start = new double[GridSoft.CELLS];
        Arrays.fill(start, 0, GridSoft.GOAL, 1.0 / GridSoft.GOAL);
        InverseReinforcementLearning learner = new InverseReinforcementLearning(grid, start, demonstrator
                .visits(start));
        double before = kl(demonstrator, learner.policy(), start);
        double gap = learner.fit(1e-3, 5000);
        double after = kl(demonstrator, learner.policy(), start);
        System.out.printf("inverse reinforcement learning: KL %.4f nats a step, then %.6f; visits off by %.5f%n",
                before,
                after, gap);
        assertTrue(before > 0.05, "nothing to learn: " + before);
        assertTrue(after <= 1e-3, "KL " + after);
        double[] found = learner.rewards();
        // the differences that behaviour tells: the bad cells are as much worse as they are
        assertEquals(-2, found[7] - found[12], 0.3);
        assertEquals(-2, found[17] - found[12], 0.3);
    }
}
