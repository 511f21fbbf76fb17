package io.elbo4j.train.graph;

import io.elbo4j.Matrix;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A distribution of observed data: adds the launches for its log-density, summed over dimensions, with all constants,
 * in nats, one value per row; and, in training, for the gradients with respect to its parameters in the same pass.
 */
public interface Likelihood {
    /** The value whose rows the log-likelihood has. */
    Value location();

    /** All values that it is computed from. */
    List<Value> parameters();

    /**
     * The same distribution of other values: {@code each} repeats a parameter that has fewer axes than the
     * log-likelihood. What the kernel takes as one row for all may stay as it is.
     */
    Likelihood withParameters(UnaryOperator<Value> each);

    /**
     * Whether {@link #observe} also writes the gradient with respect to x, where x depends on parameters; if not, the
     * graph refuses to observe such a value. x then has as many rows as {@link #location}.
     */
    default boolean differentiatesX() {
        return false;
    }

    /** Launches for {@code logLikelihood}, a value per row; with gradients if the plan trains. */
    void observe(Plan plan, Value x, Matrix logLikelihood);

    /** What a picture shows: the mean of x, computed from {@link #location}'s value. */
    void mean(Plan plan, Matrix mean);
}
