package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Categorical;
import io.elbo4j.train.layer.LogSoftmax;
import io.elbo4j.train.layer.Softmax;
import io.elbo4j.train.objective.Elbo;
import org.junit.jupiter.api.Test;

/** What lies far from 0 is as accurate as what does not: logits of 1e5 have steps of 2^-7, and no error more. */
class SoftmaxLayerTest {
    private static final float[][] ROWS = {{0, 1, -2}, {1e5f, 1e5f + 1, 1e5f - 2}, {-3e6f, -3e6f + 0.5f, -3e6f - 1}, {
            1000.25f, 1001.5f, 995}, {0, -1e4f, 3}};

    @Test
    void probabilitiesAndTheirLogarithmsAreThoseInDoublePrecision() {
        Graph g = new Graph();
        Value x = g.input("x", 3);
        Value y = Softmax.of(x);
        Value log = LogSoftmax.of(x);
        Value data = g.input("data", 3);
        Observation observed = g.observe("o", new Categorical(x), data);
        try (Backend backend = new JavaBackend(1); Parameters none = new Parameters(backend, g.parameters(), 1);
                Step step = Step.of(g, none, backend).rows(ROWS.length).want(y, log).evaluate(new Elbo()).compile()) {
            float[] all = new float[ROWS.length * 3];
            float[] second = new float[all.length];
            for (int i = 0; i < all.length; i++) {
                all[i] = ROWS[i / 3][i % 3];
                second[i] = i % 3 == 1 ? 1 : 0;
            }
            step.value(x).set(all);
            step.value(data).set(second);
            step.run(0);
            Matrix likelihood = step.term(observed.logLikelihood()).orElseThrow();
            for (int r = 0; r < ROWS.length; r++) {
                double max = Math.max(Math.max(ROWS[r][0], ROWS[r][1]), ROWS[r][2]);
                double sum = 0;
                for (float logit : ROWS[r]) {
                    sum += Math.exp(logit - max);
                }
                for (int c = 0; c < 3; c++) {
                    double expected = ROWS[r][c] - max - Math.log(sum);
                    double bound = (2 * (max - ROWS[r][c]) + 4 * Math.log(3) + 5) * 0x1p-24;
                    assertEquals(expected, step.value(log).toArray()[r * 3 + c], bound);
                    assertEquals(Math.exp(expected), step.value(y).toArray()[r * 3 + c], (max - ROWS[r][c] + Math.log(3)
                            + 8) * 0x1p-24 * Math.exp(expected) + 0x1p-125);
                    if (c == 1) {
                        assertEquals(expected, likelihood.toArray()[r], bound);
                    }
                }
            }
        }
    }
}
