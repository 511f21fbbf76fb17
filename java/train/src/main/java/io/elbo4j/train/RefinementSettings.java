package io.elbo4j.train;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.model.Model;

/**
 * Semi-amortised training: in each training step q begins with the encoder's answer and takes local steps up the
 * objective of its row; the decoder follows the gradient at the q that they lead to, and the encoder that at its own,
 * no gradient passing through the local steps (Krishnan, Liang and Hoffman 2018, On the challenges of learning with
 * inference networks on sparse, high-dimensional data, algorithm 1). Gradients of the two are clipped each by itself.
 * Both are taken at the parameters that the step begins with, as if it updated them at once; an encoder that is updated
 * after the decoder would see the decoder's new parameters. The ELBO that training and evaluation report is that of the
 * encoder's q.
 *
 * @param refineSteps local steps of each row, with {@link AmortisationGap.LocalSteps}; 0 for none
 * @param refineRate the learning rate of the first of them, above 0 and at most 1e9
 */
public record RefinementSettings(int refineSteps, double refineRate) {
    private static final double RATE = 0.03;
    /** The encoder's q as it is. */
    public static final RefinementSettings NONE = new RefinementSettings(0, RATE);

    public RefinementSettings {
        require(refineSteps >= 0, "refineSteps", "at least 0", refineSteps);
        require((float) refineRate > 0 && refineRate <= 1e9, "refineRate", "above 0 and at most 1e9", refineRate);
        require(refineSteps > 0 || refineRate == RATE, "refineRate", "left out without local steps", refineRate);
    }

    /** With so many local steps. */
    public static RefinementSettings of(int steps) {
        return new RefinementSettings(steps, RATE);
    }

    /** Whether there are no local steps. */
    public boolean isNone() {
        return refineSteps == 0;
    }

    /** For the settings that it is a part of. */
    void requireTraining(ObjectiveKind objective, PenaltySettings penalty) {
        require(isNone() || objective == ObjectiveKind.ELBO, "refineSteps", "0 with the objective " + objective
                .inWords()
                + " (they go with elbo)", refineSteps);
        require(isNone() || penalty.equals(PenaltySettings.NONE), "refineSteps",
                "0 with something to be minimised beside"
                        + " the ELBO", refineSteps);
    }

    /** @throws io.elbo4j.ArgumentException if the model has no q that could be refined */
    void requireModel(Model model) {
        if (!isNone()) {
            EncoderPosterior.of(model, "refineSteps", refineSteps);
            // encoder and decoder are trained by two steps: which of them would count them?
            require(model.graph().parameters().stream().noneMatch(Parameter::statistic), "refineSteps", "0 with a"
                    + " likelihood that keeps statistics of the data, as sigma-vae", refineSteps);
        }
    }
}
