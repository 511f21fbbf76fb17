package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Matrix;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * Root mean square normalisation (Zhang and Sennrich 2019): y = gamma x / sqrt(mean(x^2) + epsilon), the mean over the
 * columns of each row. Its parameter is {@code name.gamma}, 1 x columns, ones at first: all rows share it. Applied
 * several times, or in several graphs, it is the same layer.
 */
public final class RmsNorm {
    private static final float EPSILON = 1e-5f;

    private final String name;
    private final Parameter gamma;
    private final float epsilon;

    /** With an epsilon of 1e-5. */
    public RmsNorm(String name, long columns) {
        this(name, columns, EPSILON);
    }

    /**
     * @param epsilon above 0
     * @throws io.elbo4j.ArgumentException if it is not
     */
    public RmsNorm(String name, long columns, float epsilon) {
        this.name = requireGiven("name", name);
        RowNorm.requireColumns(columns);
        this.gamma = Parameter.constant(name + ".gamma", 1, columns, 1);
        this.epsilon = RowNorm.epsilon(epsilon);
    }

    /** A new layer, applied to x. */
    public static Value of(String name, Value x) {
        requireGiven("x", x);
        return x.graph().add(new Applied(name, x, new RmsNorm(name, x.columns())));
    }

    /** @throws IllegalArgumentException if x has another number of columns than this layer */
    public Value apply(Value x) {
        RowNorm.columns(name, gamma, x);
        return x.graph().add(new Applied(x.graph().freeName(name), x, this));
    }

    private static final class Applied extends Value {
        private final Value x;
        private final RmsNorm layer;

        Applied(String name, Value x, RmsNorm layer) {
            super(name, x.columns(), x.rows(), List.of(x), List.of(layer.gamma));
            this.x = x;
            this.layer = layer;
        }

        private Matrix rstd(Plan plan) {
            return plan.buffer(this, "reciprocal root mean square", plan.rows(this), 1);
        }

        @Override
        protected void forward(Plan plan) {
            plan.launch(io.elbo4j.operation.RmsNorm.forward(plan.value(x), plan.parameter(layer.gamma), layer.epsilon,
                    plan.value(this), rstd(plan)));
        }

        @Override
        protected void backward(Plan plan) {
            Matrix dY = plan.gradient(this);
            if (plan.wants(x)) {
                plan.launch(io.elbo4j.operation.RmsNorm.backward(plan.value(x), plan.parameter(layer.gamma), rstd(plan),
                        dY, plan.gradientOf(x)));
            }
            plan.parameterGradient(layer.gamma, target -> io.elbo4j.operation.RmsNorm.gammaGradient(plan.value(x), rstd(
                    plan), dY, target));
        }
    }
}
