package io.elbo4j.control.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.control.environment.Draws;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyImprovementTest {
    private static final int STEPS = 4;
    private static final int ROLLOUTS = 400;
    private static final PolicyImprovement USUAL = new PolicyImprovement(50, 2, 0.1, 0.3);

    /** Rollouts of z' = 0.9 z + gain_t a + 0.1 with uniform actions, and rewards -(z^2 + a^2 / 10). */
    private static final class Lives {
        final List<Rollout> known = new ArrayList<>();
        final List<PolicyImprovement.Trial> trials = new ArrayList<>();

        Lives(long seed) {
            Draws draws = new Draws(seed, "test");
            System.out.println("seed " + seed);
            for (int r = 0; r < ROLLOUTS; r++) {
                double[][] states = new double[STEPS + 1][1];
                double[][] actions = new double[STEPS][1];
                double[] rewards = new double[STEPS];
                draws.at(r, 0, 0);
                states[0][0] = 1 + 0.1 * draws.normal();
                for (int t = 0; t < STEPS; t++) {
                    actions[t][0] = draws.uniform(-1, 1);
                    states[t + 1][0] = 0.9 * states[t][0] + gain(t) * actions[t][0] + 0.1 + 0.01 * draws.normal();
                    rewards[t] = -(states[t][0] * states[t][0] + actions[t][0] * actions[t][0] / 10);
                }
                double[][][] sure = new double[STEPS + 1][1][1];
                for (double[][] each : sure) {
                    each[0][0] = 1e-10;
                }
                known.add(new Rollout(states, sure, new double[STEPS][1][1], 0));
                trials.add(new PolicyImprovement.Trial(actions, new double[STEPS][1], rewards));
            }
        }

        static double gain(int t) {
            return 0.2 + 0.2 * t;
        }

        LinearDynamics all() {
            LinearDynamics vague = LinearDynamics.vague(1, 1);
            Moments first = new Moments(1, 1);
            Moments steps = new Moments(1, 3);
            for (int r = 0; r < ROLLOUTS; r++) {
                first.add(1, known.get(r).moments(0, trials.get(r).actions()));
                for (int t = 1; t <= STEPS; t++) {
                    steps.add(1, known.get(r).moments(t, trials.get(r).actions()));
                }
            }
            return new LinearDynamics(vague.first().posterior(1, first), List.of(vague.steps().get(0).posterior(1,
                    steps)));
        }

        LinearDynamics ofEachStep(double strength) {
            return new PolicyImprovement(strength, 2, 0.1, 0.3).dynamics(all(), LinearDynamics.vague(1, 1).steps().get(
                    0), known, trials);
        }
    }

    /** Each step has its own dynamics; what is known of all pulls them together by its strength. */
    @Test
    void dynamicsAreOfEachStep() {
        Lives lives = new Lives(2);
        LinearDynamics own = lives.ofEachStep(0);
        LinearDynamics alike = lives.ofEachStep(1e30);
        for (int t = 0; t < STEPS; t++) {
            double[] w = own.steps().get(t).mean()[0];
            assertEquals(0.9, w[0], 0.02);
            assertEquals(Lives.gain(t), w[1], 0.01);
            assertEquals(0.1, w[2], 0.03);
            // the mean gain of all steps is 0.5, and all count for four times as much as one
            assertEquals(0.8 * 0.5 + 0.2 * Lives.gain(t), alike.steps().get(t).mean()[0][1], 0.02);
        }
        assertEquals(1, own.first().mean()[0][0], 0.02);
    }

    /** It costs less than the actions by chance, within the bound. */
    @Test
    void thePolicyIsBetterAndNotFarFromTheLast() {
        Lives lives = new Lives(3);
        LinearQuadratic.Improvement found = USUAL.improved(null, lives.known, lives.trials, lives.ofEachStep(50),
                new Draws(3, "costs"), 0);
        double before = 0;
        for (PolicyImprovement.Trial trial : lives.trials) {
            for (double reward : trial.rewards()) {
                before -= reward / ROLLOUTS;
            }
        }
        assertTrue(found.expected().cost() < 0.9 * before, found.expected().cost() + " of " + before);
        assertEquals(0.3 * STEPS, found.expected().divergence(), 1e-3, "the bound, as more would cost less");
        for (int t = 0; t < STEPS - 1; t++) {
            assertTrue(found.policy().gain()[t][0][0] < 0, "back to 0");
        }
    }

    @Test
    void whatDoesNotFitIsNamed() {
        Lives lives = new Lives(4);
        LinearDynamics dynamics = lives.ofEachStep(50);
        refused("trials must be 400, as known, not 1", () -> USUAL.improved(null, lives.known, lives.trials.subList(0,
                1), dynamics, new Draws(4, "costs"), 0));
        refused("known must be at least 1 rollout, not 0", () -> USUAL.improved(null, List.of(), List.of(), dynamics,
                new Draws(4, "costs"), 0));
        PolicyImprovement.Trial shorter = new PolicyImprovement.Trial(new double[2][1], new double[2][1],
                new double[2]);
        refused("known must be of 3 states, one more than steps, not 5", () -> USUAL.improved(null, lives.known.subList(
                0, 1), List.of(shorter), dynamics, new Draws(4, "costs"), 0));
        refused("trials must be of 4 steps, as the first one, not 2", () -> USUAL.improved(null, lives.known.subList(0,
                2), List.of(lives.trials.get(0), shorter), dynamics, new Draws(4, "costs"), 0));
        refused("means must be 2 steps, as actions, not 1", () -> new PolicyImprovement.Trial(new double[2][1],
                new double[1][1], new double[2]));
        refused("rewards must be 2 steps, as actions, not 3", () -> new PolicyImprovement.Trial(new double[2][1],
                new double[2][1], new double[3]));
        refused("strength must be from 0 to 1e30, not -1.0", () -> new PolicyImprovement(-1, 1, 1, 1));
        refused("window must be from 1e-3 to 1e30, not 0.0", () -> new PolicyImprovement(1, 0, 1, 1));
        refused("ridge must be from 1e-30 to 1e30, not 0.0", () -> new PolicyImprovement(1, 1, 0, 1));
        refused("divergence must be from 1e-30 to 1e30, not 0.0", () -> new PolicyImprovement(1, 1, 1, 0));
        refused("states must be at least 1, not 0", () -> LinearDynamics.vague(0, 1));
        refused("actions must be at least 1, not 0", () -> LinearDynamics.vague(1, 0));
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }
}
