package io.elbo4j.train;

import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.objective.DoublyReparameterised;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.ImportanceWeighted;
import io.elbo4j.train.objective.SampledElbo;
import io.elbo4j.train.objective.StickingTheLanding;
import io.elbo4j.train.schedule.Schedule;
import java.util.Locale;

/** The objectives that a run may be asked to train with; each has a class of its own in {@code objective}. */
public enum ObjectiveKind {
    /** {@link Elbo}: the KL in closed form where it has one. */
    ELBO,
    /** {@link SampledElbo}. */
    SAMPLED_ELBO,
    /** {@link ImportanceWeighted}, the bound of K samples. */
    IMPORTANCE_WEIGHTED,
    /** {@link StickingTheLanding} of {@link SampledElbo}. */
    STICKING_THE_LANDING,
    /** {@link DoublyReparameterised}, the bound of K samples with another gradient. */
    DOUBLY_REPARAMETERISED;

    /** As on a command line. */
    public String inWords() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether the KL has a weight in it. */
    public boolean hasKlWeight() {
        return this == ELBO || this == SAMPLED_ELBO || this == STICKING_THE_LANDING;
    }

    /**
     * The objective.
     *
     * @param klWeight where {@link #hasKlWeight}; else it is 1
     * @param freeBits of {@link #ELBO}; else it is 0
     */
    public Objective of(Schedule klWeight, double freeBits) {
        return switch (this) {
            case ELBO -> new Elbo(klWeight, freeBits);
            case SAMPLED_ELBO -> new SampledElbo(klWeight);
            case IMPORTANCE_WEIGHTED -> new ImportanceWeighted();
            case STICKING_THE_LANDING -> new StickingTheLanding(new SampledElbo(klWeight));
            case DOUBLY_REPARAMETERISED -> new DoublyReparameterised();
        };
    }
}
