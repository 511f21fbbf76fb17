package io.elbo4j.train;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.train.distribution.PriorDiscrepancy;
import io.elbo4j.train.distribution.TotalCorrelation;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.model.Model;
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
 */
public record PenaltySettings(double totalCorrelationWeight, double mmdWeight) {
    /** Nothing beside the ELBO. */
    public static final PenaltySettings NONE = new PenaltySettings(1, 0);

    private static final double MOST = 1e9;

    public PenaltySettings {
        require(totalCorrelationWeight >= 0 && totalCorrelationWeight <= MOST, "totalCorrelationWeight",
                "from 0 to 1e9", totalCorrelationWeight);
        require(mmdWeight >= 0 && mmdWeight <= MOST, "mmdWeight", "from 0 to 1e9", mmdWeight);
    }

    public PenaltySettings withTotalCorrelationWeight(double weight) {
        return new PenaltySettings(weight, mmdWeight);
    }

    public PenaltySettings withMmdWeight(double weight) {
        return new PenaltySettings(totalCorrelationWeight, weight);
    }

    private boolean hasTotalCorrelation() {
        return totalCorrelationWeight != 1;
    }

    /** For the settings that it is a part of. */
    void requireTraining(ObjectiveKind objective, int batch) {
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
    }

    /**
     * The objective with what is asked for beside it.
     *
     * @throws io.elbo4j.ArgumentException if the model has no such term
     */
    Objective of(Objective objective, Model model, Schedule klWeight) {
        Objective correlated = hasTotalCorrelation() ? new Penalised(objective, totalCorrelation(model),
                step -> (totalCorrelationWeight - 1) * klWeight.at(step)) : objective;
        return mmdWeight > 0 ? new Penalised(correlated, discrepancy(model), mmdWeight) : correlated;
    }

    private Term totalCorrelation(Model model) {
        List<TotalCorrelation> terms = model.graph().all(TotalCorrelation.class);
        require(terms.size() == 1, "totalCorrelationWeight", "1 with a model without a total correlation (vae and"
                + " convolutional-vae have one)", totalCorrelationWeight);
        require(terms.get(0).latent().columns() > 1, "totalCorrelationWeight", "1 with a latent variable of 1"
                + " dimension, which has no total correlation", totalCorrelationWeight);
        return terms.get(0).term();
    }

    private Term discrepancy(Model model) {
        List<PriorDiscrepancy> terms = model.graph().all(PriorDiscrepancy.class);
        require(terms.size() == 1, "mmdWeight", "0 with a model without a discrepancy of posterior and prior (vae and"
                + " convolutional-vae have one)", mmdWeight);
        return terms.get(0).term();
    }
}
