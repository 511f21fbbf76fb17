package io.elbo4j.control.dynamics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.Backend;
import io.elbo4j.control.environment.Space;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A model whose members are linear, with parameters that are chosen here, against the same in double. */
class DynamicsTest {
    private static final long SEED = 9;

    /** Two members, one observation, one action. */
    private final Graph g = new Graph();
    private final Dynamics model = new Dynamics(g, "model", 1, 1, false, new Ensemble.Settings(2, List.of(), 0));
    private final double[] ofState = {0.5, -0.2};
    private final double[] ofAction = {1, 2};
    private final double[] bias = {0.3, -0.4};

    /** Mean of the change: state, action, 1; logarithm of the variance. */
    private Parameters chosen(Backend backend, double... logVariance) {
        Parameters p = new Parameters(backend, g.parameters(), SEED);
        p.all().forEach(s -> {
            for (int m = 0; m < 2; m++) {
                if (s.parameter().name().equals("model.network.0." + m + ".weight")) {
                    s.value().set((float) ofState[m], 0, (float) ofAction[m], 0);
                } else if (s.parameter().name().equals("model.network.0." + m + ".bias")) {
                    s.value().set((float) bias[m], (float) logVariance[m]);
                }
            }
        });
        return p;
    }

    private double change(int member, double state, double action) {
        return ofState[member] * state + ofAction[member] * action + bias[member];
    }

    /** Mean, variance and fourth moment of each member's draws, which know nothing of the other's. */
    @Test
    void theNextObservationIsDrawnFromEachMembersGaussian() {
        int n = 20_000;
        Value state = g.input("state", 1);
        Value action = g.input("action", 1);
        Dynamics.Outcome outcome = model.step("noise", state, action);
        double[] logVariance = {Math.log(0.09), Math.log(4)};
        try (Backend backend = new JavaBackend(1); Parameters p = chosen(backend, logVariance);
                Step step = Step.of(g, p, backend).rows(n).seed(SEED).want(outcome.drawn(), outcome.expected())
                        .compile()) {
            float[] ones = new float[n];
            Arrays.fill(ones, 1);
            step.value(state).set(ones);
            step.value(action).set(ones);
            step.run(0);
            float[] drawn = step.value(outcome.drawn()).toArray();
            float[] expected = step.value(outcome.expected()).toArray();
            double product = 0;
            for (int m = 0; m < 2; m++) {
                double mean = 1 + change(m, 1, 1);
                double variance = Math.exp(logVariance[m]);
                double sum = 0;
                double squares = 0;
                double fourth = 0;
                for (int r = 0; r < n; r++) {
                    assertEquals(mean, expected[2 * r + m], 1e-5);
                    double e = drawn[2 * r + m] - mean;
                    sum += e;
                    squares += e * e;
                    fourth += e * e * e * e;
                    product += m == 0 ? e * (drawn[2 * r + 1] - 1 - change(1, 1, 1)) : 0;
                }
                String of = "member " + m + ", seed " + SEED;
                assertEquals(0, sum / n, 5 * Math.sqrt(variance / n), of);
                // the variance is softly bounded to (e^-10, e^4): of e^1.39 that takes 7 percent
                double bounded = Math.exp(bounded(logVariance[m]));
                assertEquals(bounded, squares / n, 5 * bounded * Math.sqrt(2.0 / n), of);
                assertEquals(3 * bounded * bounded, fourth / n, 5 * bounded * bounded * Math.sqrt(96.0 / n), of);
            }
            assertEquals(0, product / n, 5 * 0.3 * 2 / Math.sqrt(n));
        }
    }

    private static double bounded(double l) {
        double below = 4 - Math.log1p(Math.exp(4 - l));
        return -10 + Math.log1p(Math.exp(below + 10));
    }

    /** Three steps, and a reward in which what is before, what is done and what is after weigh differently. */
    @Test
    void aRolloutTakesTheStepsOfAPlanInTheirOrder() {
        Value start = g.input("start", 1);
        Value plans = g.input("plans", 3);
        Rollout rollout = Rollout.of(model, Optional.of((observation, action, next) -> Add.of(RowSum.of(observation),
                Add.of(Scale.of(RowSum.of(action), 10, 0), Scale.of(RowSum.of(next), 100, 0)))), Space.Box.of(1, -2,
                        2), start, plans);
        float[][] all = {{1, -0.5f, 0.25f}, {-1, 1, 0.5f}};
        try (Backend backend = new JavaBackend(1); Parameters p = chosen(backend, -40, -40);
                Step step = Step.of(g, p, backend).rows(2).seed(SEED).want(rollout.returns(), rollout.disagreement())
                        .compile()) {
            step.value(start).set(0.7f, -1.2f);
            step.value(plans).set(all[0][0], all[0][1], all[0][2], all[1][0], all[1][1], all[1][2]);
            step.run(0);
            for (int r = 0; r < 2; r++) {
                double returns = 0;
                double disagreement = 0;
                double[] state = r == 0 ? new double[] {0.7f, 0.7f} : new double[] {-1.2f, -1.2f};
                for (int t = 0; t < 3; t++) {
                    double a = all[r][t];
                    double[] next = new double[2];
                    for (int m = 0; m < 2; m++) {
                        next[m] = state[m] + change(m, state[m], a);
                        returns += 0.5 * (state[m] + 10 * 2 * a + 100 * next[m]);
                    }
                    disagreement += Math.pow(next[0] - next[1], 2) / 4;
                    state = next;
                }
                // the least deviation is e^-5 = 0.0067
                assertEquals(returns, step.value(rollout.returns()).toArray()[r], 8);
                assertEquals(disagreement, step.value(rollout.disagreement()).toArray()[r], 0.3);
            }
        }
    }
}
