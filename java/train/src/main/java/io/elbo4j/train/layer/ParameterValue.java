package io.elbo4j.train.layer;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.Optional;

/** A value that is a parameter, without a copy. */
abstract class ParameterValue extends Value {
    private final Parameter parameter;

    ParameterValue(Parameter parameter, io.elbo4j.train.graph.Rows rows) {
        super(parameter.name(), parameter.columns(), rows, List.of(), List.of(parameter));
        this.parameter = parameter;
    }

    @Override
    public final Optional<Parameter> asParameter() {
        return Optional.of(parameter);
    }

    @Override
    protected final Matrix place(Plan plan) {
        return plan.parameter(parameter);
    }

    @Override
    protected final void forward(Plan plan) {
        // the parameter itself is the value
    }

    @Override
    protected final void backward(Plan plan) {
        // what repeats the rows, or takes one row for all, writes the parameter's gradient itself
        if (plan.hasGradient(this)) {
            Matrix gradient = plan.gradient(this);
            plan.parameterGradient(parameter, target -> Rows.copy(gradient, target));
        }
    }
}
