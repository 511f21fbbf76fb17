package io.elbo4j.train;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.train.distribution.PriorDiscrepancy;
import io.elbo4j.train.distribution.TotalCorrelation;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.objective.Capacity;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.Penalised;
import io.elbo4j.train.schedule.Schedule;
import java.util.List;

/**
 * What a run minimises beside its ELBO, of models whose graph has a term for it.
 *
 * @param totalCorrelationWeight of the total correlation in the KL, times the weight of the KL (Chen et al. 2018,
 *     equation 4, call it beta), 0 to 1e9; 1 is the plain KL
 * @param mmdWeight of the maximum mean discrepancy of the aggregated posterior and the prior (Zhao et al. 2019,
 *     equation 6, where it is alpha + lambda - 1, and the KL's weight 1 - alpha), 0 to 1e9
 * @param klCapacity nats at which the KL is held instead of being made small (Burgess et al. 2018, equation 8): the
 *     KL's weight is that of the distance, gamma, and its warm-up that of the capacity; 0 for none, at most 1e9
 */
public record PenaltySettings(double totalCorrelationWeight, double mmdWeight, double klCapacity) {
    /** Nothing beside the ELBO. */
    public static final PenaltySettings NONE = new PenaltySettings(1, 0, 0);

    private static final double MOST = 1e9;

    public PenaltySettings {
        require(totalCorrelationWeight >= 0 && totalCorrelationWeight <= MOST, "totalCorrelationWeight",
                "from 0 to 1e9", totalCorrelationWeight);
        require(mmdWeight >= 0 && mmdWeight <= MOST, "mmdWeight", "from 0 to 1e9", mmdWeight);
        require(klCapacity >= 0 && klCapacity <= MOST, "klCapacity", "from 0 to 1e9", klCapacity);
        require(klCapacity == 0 || totalCorrelationWeight == 1, "klCapacity",
                "0 with a weight of the total correlation",
                klCapacity);
    }

    public PenaltySettings withTotalCorrelationWeight(double weight) {
        return new PenaltySettings(weight, mmdWeight, klCapacity);
    }

    public PenaltySettings withMmdWeight(double weight) {
        return new PenaltySettings(totalCorrelationWeight, weight, klCapacity);
    }

    public PenaltySettings withKlCapacity(double nats) {
        return new PenaltySettings(totalCorrelationWeight, mmdWeight, nats);
    }

    private boolean hasTotalCorrelation() {
        return totalCorrelationWeight != 1;
    }

    /** For the settings that it is a part of. */
    void requireTraining(ObjectiveKind objective, int batch, double freeBits) {
        require(klCapacity == 0 || objective == ObjectiveKind.ELBO, "klCapacity", "0 with the objective " + objective
                .inWords() + " (it goes with elbo)", klCapacity);
        require(klCapacity == 0 || freeBits == 0, "klCapacity", "0 with free bits", klCapacity);
        boolean elbo = objective == ObjectiveKind.ELBO || objective == ObjectiveKind.SAMPLED_ELBO;
        require(elbo || !hasTotalCorrelation(), "totalCorrelationWeight", "1 with the objective " + objective.inWords()
                + " (it goes with elbo and sampled-elbo)", totalCorrelationWeight);
        require(batch > 1 || !hasTotalCorrelation(), "totalCorrelationWeight", "1 with a batch of 1 row, which has no"
                + " total correlation", totalCorrelationWeight);
        require(elbo || mmdWeight == 0, "mmdWeight", "0 with the objective " + objective.inWords()
                + " (it goes with elbo and sampled-elbo)", mmdWeight);
        require(batch > 1 || mmdWeight == 0, "mmdWeight", "0 with a batch of 1 row, which has no distribution",
                mmdWeight);
    }

    /** See {@link TrainingSettings#requireEffect}. */
    void requireEffect(double klWeight) {
        require(klWeight > 0 || !hasTotalCorrelation(), "totalCorrelationWeight", "1 with a KL weight of 0",
                totalCorrelationWeight);
        require(klWeight > 0 || klCapacity == 0, "klCapacity", "0 with a KL weight of 0", klCapacity);
    }

    /**
     * The objective with what is asked for beside it.
     *
     * @param highest weight of the KL, after its warm-up
     * @throws io.elbo4j.ArgumentException if the model has no such term
     */
    Objective of(Objective objective, Model model, double highest, Schedule klWeight) {
        Objective held = klCapacity > 0 ? held(objective, model, highest, klWeight) : objective;
        Objective correlated = hasTotalCorrelation() ? new Penalised(held, totalCorrelation(model),
                step -> (totalCorrelationWeight - 1) * klWeight.at(step)) : held;
        return mmdWeight > 0 ? new Penalised(correlated, discrepancy(model), mmdWeight) : correlated;
    }

    private Objective held(Objective objective, Model model, double highest, Schedule klWeight) {
        boolean hasKl = model.graph().nodes().stream().flatMap(node -> node.terms().stream()).anyMatch(term -> term
                .role() == Term.Role.KL);
        require(objective instanceof Elbo && hasKl, "klCapacity", "0 with a model whose objective is not an ELBO with a"
                + " KL", klCapacity);
        return new Capacity(Schedule.constant(highest), step -> klCapacity * (klWeight.at(step) / highest));
    }

    private Term totalCorrelation(Model model) {
        List<TotalCorrelation> terms = model.graph().all(TotalCorrelation.class);
        require(terms.size() == 1, "totalCorrelationWeight",
                "1 with a model without a total correlation (convolutional-vae"
                        + " has one, and vae with the prior standard)", totalCorrelationWeight);
        require(terms.get(0).latent().columns() > 1, "totalCorrelationWeight", "1 with a latent variable of 1"
                + " dimension, which has no total correlation", totalCorrelationWeight);
        return terms.get(0).term();
    }

    private Term discrepancy(Model model) {
        List<PriorDiscrepancy> terms = model.graph().all(PriorDiscrepancy.class);
        require(terms.size() == 1, "mmdWeight", "0 with a model without a discrepancy of posterior and prior"
                + " (convolutional-vae has one, and vae with the prior standard)", mmdWeight);
        return terms.get(0).term();
    }
}
