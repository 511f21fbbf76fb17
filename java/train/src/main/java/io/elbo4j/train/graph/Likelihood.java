package io.elbo4j.train.graph;

import io.elbo4j.Matrix;
import java.util.List;

/**
 * A distribution of observed data: adds the launches for its log-density, summed over dimensions, with all constants,
 * in nats, one value per row; and, in training, for the gradients with respect to its parameters in the same pass.
 */
public interface Likelihood {
    /** The value whose rows the log-likelihood has: one per row of the batch, or one per sample. */
    Value location();

    /** All values that it is computed from. */
    List<Value> parameters();

    /** Launches for {@code logLikelihood}, a value per row; with gradients if the plan trains. */
    void observe(Plan plan, Value x, Matrix logLikelihood);

    /** What a picture shows: the mean of x, computed from {@link #location}'s value. */
    void mean(Plan plan, Matrix mean);
}
