package io.elbo4j.train.model;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.train.ObjectiveKind;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.schedule.Schedule;
import java.util.Map;
import java.util.Optional;

/**
 * A model: a graph, with names for those of its values that others ask for. What trains, evaluates, samples and saves
 * models knows no more of them.
 *
 * <p>Each input of the graph reads the array of the data set that has its name: {@code x} is what is modelled. Each
 * {@link io.elbo4j.train.distribution.KlPerDimension} of the graph is reported by evaluations, with the active units.
 */
public interface Model {
    /** Name of the latent variable that sampling begins with. */
    String Z = "z";
    /** Name of the mean of q(z | x). */
    String POSTERIOR_MEAN = "posterior.mean";
    /** Name of the log-variance of q(z | x). */
    String POSTERIOR_LOG_VARIANCE = "posterior.logVariance";
    /** Name of the mean of p(x | z) with z drawn from q(z | x): a reconstruction. */
    String MEAN = "mean";
    /** Name of a draw of p(x | z), with z as of {@link #MEAN}; left out where that cannot be drawn. */
    String DRAWN = "drawn";
    /**
     * Name of the mean of p(x | z) with what lies between drawn from its prior, and of a library of size 1 where the
     * mean is of x's; left out where it is {@link #MEAN}.
     */
    String GENERATED_MEAN = "generated.mean";

    /** What it was made from. */
    Record settings();

    Graph graph();

    /**
     * Values of the graph by their names, the most useful first. A name that is left out, of those above, is of
     * something that the model does not have.
     */
    Map<String, Value> outputs();

    /**
     * What training minimises. A model that has terms of its own, or that one of the objectives is not for, says here
     * what it has instead, or refuses with {@link io.elbo4j.ArgumentException#require} of {@code "objective"}.
     *
     * @param kind what was asked for
     * @param klWeight of the KL in each training step, where the objective has one
     * @param freeBits as {@link #objective(Schedule, double)}; 0 with another kind than {@link ObjectiveKind#ELBO}
     */
    default Objective objective(ObjectiveKind kind, Schedule klWeight, double freeBits) {
        return kind == ObjectiveKind.ELBO ? objective(klWeight, freeBits) : kind.of(klWeight, freeBits);
    }

    /**
     * The evidence lower bound of this model.
     *
     * @param klWeight of the KL in each training step
     * @param freeBits nats per latent dimension below which its KL is free; 0 for none
     */
    default Objective objective(Schedule klWeight, double freeBits) {
        return new Elbo(klWeight, freeBits);
    }

    /** Whether a term has a number for each sample: of another model any number of samples has the same result. */
    default boolean isSampled() {
        return graph().nodes().stream().flatMap(node -> node.terms().stream()).anyMatch(term -> term.rows().has(
                Axis.SAMPLE));
    }

    /**
     * Refuses a new run that asks for what has no effect on this model, or that one of its own settings does not bear;
     * {@link #objective(ObjectiveKind, Schedule, double)} refuses the rest. A run that was begun earlier goes on.
     *
     * @throws io.elbo4j.ArgumentException naming a component of the settings
     */
    default void check(TrainingSettings training) {
        require(isSampled() || training.samples() == 1, "samples", "1 for a model that is trained without samples",
                training.samples());
        local().ifPresent(local -> local.check(training.optimiser()));
    }

    /** What of its parameters belongs to the rows of the training data; most models have nothing of the kind. */
    default Optional<Local> local() {
        return Optional.empty();
    }

    /** A clause for somebody whose training met a number that is not finite, as "a larger ... may help"; or nothing. */
    default String advice() {
        return "";
    }
}
