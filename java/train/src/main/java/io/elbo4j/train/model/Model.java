package io.elbo4j.train.model;

import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.schedule.Schedule;
import java.util.Map;

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
    /** Name of the mean of p(x | z) with what lies between drawn from its prior; left out where it is {@link #MEAN}. */
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
     * What training minimises.
     *
     * @param klWeight of the KL in each training step
     * @param freeBits nats per latent dimension below which its KL is free; 0 for none
     */
    default Objective objective(Schedule klWeight, double freeBits) {
        return new Elbo(klWeight, freeBits);
    }

    /** A clause for somebody whose training met a number that is not finite, as "a larger ... may help"; or nothing. */
    default String advice() {
        return "";
    }
}
