package io.elbo4j.train.distribution;

import io.elbo4j.Matrix;
import io.elbo4j.operation.LogLikelihood;
import io.elbo4j.operation.LogLikelihood.Likelihood;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.Optional;

/** The log-density of independent elements whose function is in the list of the operation {@link LogLikelihood}. */
final class Elements {
    private Elements() {}

    /** See {@link io.elbo4j.train.graph.Distribution#logDensity}. */
    static void logDensity(Plan plan, Likelihood of, List<Value> parameters, Value x, Matrix result,
            Optional<Matrix> weight) {
        List<Matrix> p = parameters.stream().map(plan::value).toList();
        if (weight.isPresent() && parameters.stream().anyMatch(plan::wants)) {
            List<Matrix> gradients = parameters.stream().map(v -> plan.wants(v) ? plan.gradientOf(v) : null).toList();
            plan.launch(LogLikelihood.fused(of, p, plan.value(x), weight.get(), result, gradients));
        } else {
            plan.launch(LogLikelihood.forward(of, p, plan.value(x), result));
        }
    }

    /** For distributions of parameters that must fit together. */
    static void sameColumns(String name, Value a, String other, Value b) {
        if (a.columns() != b.columns()) {
            throw new IllegalArgumentException(name + " '" + a.name() + "' (" + a.columns() + " columns) and " + other
                    + " '" + b.name() + "' (" + b.columns() + " columns) must have the same number of columns");
        }
    }
}
