package io.elbo4j.train.model;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.train.OptimiserSettings;
import io.elbo4j.train.graph.Parameter;
import java.util.Set;

/**
 * Parameters that belong to the rows of the training data, as those of a q of each row's own (stochastic variational
 * inference, Hoffman et al. 2013). Training learns them beside the others, the global ones. Wherever else a model meets
 * data, trained on or not, they are fitted anew to the rows at hand, from where they begin, while the global ones stay
 * as they are: by the gradient of the ELBO, with Adam, whose learning rate falls to 0 along half a cosine. Where x is
 * drawn anew at every step, as binarised pixels, each update has another draw of x, and none is that of the evaluation.
 * Rows are fitted together with those beside them, so that the last bits of a row's result depend on these.
 *
 * @param parameters as {@link io.elbo4j.train.layer.LearnedRows} has them, each with a row for each of the training
 *     data
 * @param learningRate of theirs, in training and where they are fitted; above 0
 * @param steps updates of each row where they are fitted, at least 1
 */
public record Local(Set<Parameter> parameters, double learningRate, int steps) {
    public Local {
        parameters = Set.copyOf(parameters);
        require((float) learningRate > 0 && Float.isFinite((float) learningRate), "learningRate",
                "above 0 and finite, also as a float32", learningRate);
        require(steps >= 1, "steps", "at least 1", steps);
    }

    /** Refuses a decay of weights that {@link #learningRate} does not bear, whatever the others' does. */
    void check(OptimiserSettings optimiser) {
        double decay = optimiser.weightDecay();
        require(optimiser.optimiser() != OptimiserSettings.Kind.ADAMW || learningRate * decay < 1, "weightDecay",
                "below 1 / local rate with adamw (the local rate is " + learningRate + ")", decay);
    }
}
