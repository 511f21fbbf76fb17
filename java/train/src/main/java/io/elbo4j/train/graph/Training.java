package io.elbo4j.train.graph;

import static io.elbo4j.ArgumentException.require;

import java.util.Objects;
import java.util.Set;

/**
 * What a step trains: the parameters that follow the gradient of one objective. Trainings of one step share its forward
 * pass, those of equal objectives the backward pass too, and each parameter belongs to one of them at most.
 *
 * <p>Groups of parameters, of which each has a learning rate or a weight decay of its own, are trainings of one
 * objective. Gradients are first clipped by value, then by norm: both bounds hold.
 *
 * @param name for messages
 * @param objective what is minimised
 * @param parameters that are trained; empty for all that the objective depends on, but for those that another training
 *     of the same objective names
 * @param optimiser how they follow
 * @param maximumGradient what each element of a gradient is clamped to, from -maximumGradient on; infinite for none
 * @param maximumGradientNorm the norm of the gradients of all of them together, to which they are scaled down; infinite
 *     for none
 * @param every the period: it runs in the steps whose number is a multiple of this, at least 1, so in step 0
 */
public record Training(String name, Objective objective, Set<Parameter> parameters, Optimiser optimiser,
        double maximumGradient, double maximumGradientNorm, long every) {
    public Training {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(objective, "objective");
        Objects.requireNonNull(optimiser, "optimiser");
        parameters = Set.copyOf(parameters);
        require((float) maximumGradient > 0, "maximumGradient", "above 0, also as a float32", maximumGradient);
        require((float) maximumGradientNorm > 0, "maximumGradientNorm", "above 0, also as a float32",
                maximumGradientNorm);
        require(every >= 1, "every", "at least 1", every);
    }

    /** Trains all parameters in every step, without clipping. */
    public static Training of(Objective objective, Optimiser optimiser) {
        return new Training("training", objective, Set.of(), optimiser, Double.POSITIVE_INFINITY,
                Double.POSITIVE_INFINITY, 1);
    }

    public Training withName(String other) {
        return new Training(other, objective, parameters, optimiser, maximumGradient, maximumGradientNorm, every);
    }

    public Training withParameters(Set<Parameter> trained) {
        return new Training(name, objective, trained, optimiser, maximumGradient, maximumGradientNorm, every);
    }

    /** Clipped by value: every element of a gradient is clamped to [-limit, limit]. */
    public Training withMaximumGradient(double limit) {
        return new Training(name, objective, parameters, optimiser, limit, maximumGradientNorm, every);
    }

    /** Clipped by the norm of all gradients together. */
    public Training withMaximumGradientNorm(double norm) {
        return new Training(name, objective, parameters, optimiser, maximumGradient, norm, every);
    }

    /**
     * In the steps whose number is a multiple of {@code steps} alone, as for an actor that follows its critic with a
     * delay (Fujimoto et al. 2018, TD3, algorithm 1). In all others the parameters, and what the optimiser keeps of
     * them, stay as they are to the bit. The optimiser counts the updates that it makes: its schedules and bias
     * corrections see number / every. So trainings of different periods need an optimiser each, also inside of an
     * {@link io.elbo4j.train.optimiser.Averaged}. Terms and bounds are computed in every step, a backward pass where
     * one of its trainings runs.
     */
    public Training withEvery(long steps) {
        return new Training(name, objective, parameters, optimiser, maximumGradient, maximumGradientNorm, steps);
    }
}
