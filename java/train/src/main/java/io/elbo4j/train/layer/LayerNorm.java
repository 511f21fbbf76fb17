package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Matrix;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * Layer normalisation (Ba, Kiros and Hinton 2016): y = gamma (x - mean) / sqrt(variance + epsilon) + beta, the mean and
 * the variance over the columns of each row. Its parameters are {@code name.gamma}, ones at first, and {@code
 * name.beta}, zeros, 1 x columns each: all rows share them. Applied several times, or in several graphs, it is the same
 * layer.
 */
public final class LayerNorm {
    private static final float EPSILON = 1e-5f;

    private final String name;
    private final Parameter gamma;
    private final Parameter beta;
    private final float epsilon;

    /** With an epsilon of 1e-5. */
    public LayerNorm(String name, long columns) {
        this(name, columns, EPSILON);
    }

    /**
     * @param epsilon above 0
     * @throws io.elbo4j.ArgumentException if it is not
     */
    public LayerNorm(String name, long columns, float epsilon) {
        this.name = requireGiven("name", name);
        RowNorm.requireColumns(columns);
        this.gamma = Parameter.constant(name + ".gamma", 1, columns, 1);
        this.beta = Parameter.constant(name + ".beta", 1, columns, 0);
        this.epsilon = RowNorm.epsilon(epsilon);
    }

    /** A new layer, applied to x. */
    public static Value of(String name, Value x) {
        requireGiven("x", x);
        return x.graph().add(new Applied(name, x, new LayerNorm(name, x.columns())));
    }

    /** @throws IllegalArgumentException if x has another number of columns than this layer */
    public Value apply(Value x) {
        RowNorm.columns(name, gamma, x);
        return x.graph().add(new Applied(x.graph().freeName(name), x, this));
    }

    private static final class Applied extends Value {
        private final Value x;
        private final LayerNorm layer;

        Applied(String name, Value x, LayerNorm layer) {
            super(name, x.columns(), x.rows(), List.of(x), List.of(layer.gamma, layer.beta));
            this.x = x;
            this.layer = layer;
        }

        private Matrix mean(Plan plan) {
            return plan.buffer(this, "mean", plan.rows(this), 1);
        }

        private Matrix rstd(Plan plan) {
            return plan.buffer(this, "reciprocal deviation", plan.rows(this), 1);
        }

        @Override
        protected void forward(Plan plan) {
            plan.launch(io.elbo4j.operation.LayerNorm.forward(plan.value(x), plan.parameter(layer.gamma),
                    plan.parameter(layer.beta), layer.epsilon, plan.value(this), mean(plan), rstd(plan)));
        }

        @Override
        protected void backward(Plan plan) {
            Matrix dY = plan.gradient(this);
            if (plan.wants(x)) {
                plan.launch(io.elbo4j.operation.LayerNorm.backward(plan.value(x), plan.parameter(layer.gamma),
                        mean(plan), rstd(plan), dY, plan.gradientOf(x)));
            }
            plan.parameterGradients(List.of(layer.gamma, layer.beta), targets -> io.elbo4j.operation.LayerNorm
                    .parameterGradients(plan.value(x), mean(plan), rstd(plan), dY, targets.get(0), targets.get(1)));
        }
    }
}
