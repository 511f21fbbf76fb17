package io.elbo4j.train.graph;

import io.elbo4j.Matrix;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a step computes of its terms, and what a training step minimises: it says which terms it takes, and gives each
 * of them the derivative of the loss with respect to each of its numbers. The loss is a mean over the rows of the
 * batch; nothing is averaged over dimensions.
 */
public interface Objective {
    /**
     * Values of a graph that it reads besides the terms, such as a baseline or the weights of rows. They are computed
     * before everything that they do not depend on, so before the terms that {@link #weight} weighs with them.
     */
    default List<Value> values() {
        return List.of();
    }

    /** Whether it is made of this term. */
    boolean takes(Term term);

    /**
     * d loss / d term, one for each of its numbers, where that is known before the terms are: then a likelihood
     * computes its gradients in the pass in which it computes the term. Called once for each term, in the forward pass
     * of a training step.
     */
    default Optional<Matrix> weight(Term term, Plan plan) {
        return Optional.empty();
    }

    /**
     * The weight of each column's share of a term whose owner knows it, 1 x its columns, on top of {@link #weight}:
     * free bits. Called once for each KL, after its launch.
     */
    default Optional<Matrix> columnWeight(Term term, Plan plan) {
        return Optional.empty();
    }

    /**
     * The share of the gradient of each closed KL that goes to its prior, in [0, 1], where the rest goes to the
     * posterior; empty where both get all of it. See {@link io.elbo4j.train.objective.KlBalanced}.
     */
    default OptionalDouble priorShare() {
        return OptionalDouble.empty();
    }

    /**
     * After the forward pass: launches for what is computed of all terms, as {@link Plan#bound}; and where the step
     * {@link Plan#trains} it and {@link #weight} was empty, for the weights, as {@link Plan#weigh}.
     */
    default void combine(List<Term> terms, Plan plan) {}
}
