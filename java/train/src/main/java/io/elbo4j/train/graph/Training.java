package io.elbo4j.train.graph;

import static io.elbo4j.ArgumentException.require;

import java.util.Objects;
import java.util.Set;

/**
 * What a step trains: the parameters that follow the gradient of one objective. Trainings of one step share its forward
 * pass, and each parameter belongs to one of them at most.
 *
 * @param name for messages
 * @param objective what is minimised
 * @param parameters that are trained; empty for all that the objective depends on
 * @param optimiser how they follow
 * @param maximumGradientNorm the norm of the gradients of all of them together, to which they are scaled down; infinite
 *     for none
 */
public record Training(String name, Objective objective, Set<Parameter> parameters, Optimiser optimiser,
        double maximumGradientNorm) {
    public Training {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(objective, "objective");
        Objects.requireNonNull(optimiser, "optimiser");
        parameters = Set.copyOf(parameters);
        require((float) maximumGradientNorm > 0, "maximumGradientNorm", "above 0, also as a float32",
                maximumGradientNorm);
    }

    /** Trains all parameters, without clipping. */
    public static Training of(Objective objective, Optimiser optimiser) {
        return new Training("training", objective, Set.of(), optimiser, Double.POSITIVE_INFINITY);
    }

    public Training withName(String other) {
        return new Training(other, objective, parameters, optimiser, maximumGradientNorm);
    }

    public Training withParameters(Set<Parameter> trained) {
        return new Training(name, objective, trained, optimiser, maximumGradientNorm);
    }

    public Training withMaximumGradientNorm(double norm) {
        return new Training(name, objective, parameters, optimiser, norm);
    }
}
