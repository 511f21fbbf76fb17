package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.operation.LayerNorm;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Sums;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Sgd;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A launch of gamma's gradient alone comes before one of both; what is written first must not be lost. */
class SharedAfterOneAloneTest {
    private static final int ROWS = 3;
    private static final int X = 4;

    /** y = x, with parameters whose gradients are made up: gamma's is a sum of two, beta's of one. */
    private static final class MadeUp extends Value {
        private final Value x;
        private final Parameter gamma;
        private final Parameter beta;

        MadeUp(Value x, Parameter gamma, Parameter beta) {
            super("made up", x.columns(), x.rows(), List.of(x), List.of(gamma, beta));
            this.x = x;
            this.gamma = gamma;
            this.beta = beta;
        }

        @Override
        protected void forward(Plan plan) {
            plan.launch(Rows.copy(plan.value(x), plan.value(this)));
        }

        @Override
        protected void backward(Plan plan) {
            Matrix dY = plan.gradient(this);
            Matrix ones = plan.constant(this, "ones", ROWS, 1, 1);
            Matrix zeros = plan.constant(this, "zeros", ROWS, 1, 0);
            plan.parameterGradient(gamma, target -> Sums.columns(dY, target));
            plan.parameterGradients(List.of(gamma, beta), targets -> LayerNorm.parameterGradients(plan.value(x), zeros,
                    ones, dY, targets.get(0), targets.get(1)));
        }
    }

    private static float[] gamma(String first) {
        Graph g = new Graph();
        Value x = g.input("x", X);
        Parameter gamma = Parameter.constant(first.equals("gamma") ? "a" : "b", 1, X, 0);
        Parameter beta = Parameter.constant(first.equals("gamma") ? "b" : "a", 1, X, 0);
        Value y = g.add(new MadeUp(x, gamma, beta));
        g.observe("x given y", new DiagonalGaussian(y, ConstantRow.of(g, "log variance", X, 0)), g.input("other", X));
        List<Parameter> order = first.equals("gamma") ? List.of(gamma, beta) : List.of(beta, gamma);
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, order, 1);
                Step step = Step.of(g, parameters, backend).rows(ROWS).minimise(Training.of(new Elbo(), new Sgd(
                        at -> 1, 0, 0)).withParameters(Set.copyOf(order))).compile()) {
            step.value(x).set(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
            step.value(g.all(Input.class).get(1)).set(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2);
            step.run(0);
            return parameters.get(gamma).value().toArray();
        }
    }

    @Test
    void whicheverParameterComesFirst() {
        float[] expected = new float[X];
        float[][] x = {{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}};
        for (int r = 0; r < ROWS; r++) {
            for (int c = 0; c < X; c++) {
                float dY = (x[r][c] - r) / ROWS; // of the mean over the rows of (x - other)^2 / 2
                expected[c] -= dY + dY * x[r][c];
            }
        }
        assertArrayEquals(expected, gamma("gamma"), 1e-4f);
        assertArrayEquals(expected, gamma("beta"), 1e-4f);
    }
}
