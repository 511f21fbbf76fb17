package io.elbo4j.train.estimator;

import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Training;
import java.util.List;

/**
 * A way to estimate the gradient of a bound of a model.
 *
 * @param name in the field's words
 * @param bound whose gradient it estimates: estimators of one bound have one mean, if they have no bias
 * @param biased whether it is known to have one
 * @param graph the model, with a treatment of its latent variable; its parameters have the model's names
 * @param objective what is minimised
 * @param leastSamples without so many it cannot be computed
 * @param classes samples of one that enumerates them, and draws nothing; 0 of the others
 * @param learned how parameters that the model does not have are learned, before anything is measured
 */
public record Estimator(String name, Bound bound, boolean biased, Graph graph, Objective objective, int leastSamples,
        int classes, List<Training> learned) {
    public Estimator {
        learned = List.copyOf(learned);
    }

    Estimator(String name, Bound bound, boolean biased, Graph graph, Objective objective, int leastSamples) {
        this(name, bound, biased, graph, objective, leastSamples, 0, List.of());
    }

    Estimator withLearned(List<Training> trainings) {
        return new Estimator(name, bound, biased, graph, objective, leastSamples, classes, trainings);
    }

    /** What is bounded from below by the mean of M samples, or of M together. */
    public enum Bound {
        /** the evidence lower bound: M samples are a mean of M estimates */
        ELBO,
        /** the importance-weighted bound of M samples: another one for each M */
        IMPORTANCE_WEIGHTED
    }
}
