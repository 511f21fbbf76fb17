package io.elbo4j.control.imitation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.ValueTerm;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.objective.Elbo;
import org.junit.jupiter.api.Test;

/** The logarithm of a sum of exponentials, and its derivative, in float64. */
class MixtureDensityPolicyTest {
    private static final float[][] ROWS = {{0.3f, -1.2f, 2, 0.1f}, {-500, 3, -4000, 2.5f}, {-1e5f, -1e5f, -2e5f, -1e5f},
            {700, 699, 0, -700}, {0, 0, 0, 0}};

    @Test
    void itIsExactWhereverTheTermsLie() {
        Graph graph = new Graph();
        Value x = graph.input("x", 4);
        ValueTerm term = ValueTerm.of("term", Term.Role.LOG_LIKELIHOOD, MixtureDensityPolicy.logSumExp(x));
        try (Backend backend = new JavaBackend(1);
                Parameters none = new Parameters(backend, graph.parameters(), 1);
                Step step = Step.of(graph, none, backend).rows(ROWS.length).evaluate(new Elbo()).differentiate(x)
                        .compile()) {
            float[] all = new float[ROWS.length * 4];
            for (int i = 0; i < all.length; i++) {
                all[i] = ROWS[i / 4][i % 4];
            }
            step.value(x).set(all);
            step.run(0);
            float[] found = step.term(term.term()).orElseThrow().toArray();
            float[] gradient = step.gradient(x).toArray();
            for (int r = 0; r < ROWS.length; r++) {
                double most = Double.NEGATIVE_INFINITY;
                for (float each : ROWS[r]) {
                    most = Math.max(most, each);
                }
                double sum = 0;
                for (float each : ROWS[r]) {
                    sum += Math.exp(each - most);
                }
                assertEquals(most + Math.log(sum), found[r], 1e-6 * Math.max(1, Math.abs(most)), "row " + r);
                for (int c = 0; c < 4; c++) { // the loss is minus the mean over the rows
                    double share = Math.exp(ROWS[r][c] - most) / sum;
                    assertEquals(-share / ROWS.length, gradient[4 * r + c], 1e-7, "row " + r + ", column " + c);
                }
            }
        }
    }
}
