package io.elbo4j.cli;

import io.elbo4j.train.ObjectiveKind;
import io.elbo4j.train.RefinementSettings;
import io.elbo4j.train.TrainingSettings;
import java.util.Objects;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a model is trained. An option not given is null: it contradicts no checkpoint. */
final class TrainingOptions {
    @Option(names = "--batch", paramLabel = "ROWS", description = "rows of a minibatch (128)")
    private Integer batch;

    @Option(names = "--learning-rate", paramLabel = "X",
            description = "of the optimiser, as the schedule has it at its height (0.001)")
    private Double learningRate;

    @Option(names = "--objective", paramLabel = "NAME", description = {
            "elbo, sampled-elbo, importance-weighted, sticking-the-landing or doubly-reparameterised (elbo)"})
    private ObjectiveKind objective;

    @Option(names = "--samples", paramLabel = "K",
            description = "samples of the latent variables for each row, in training (1)")
    private Integer samples;

    @Option(names = "--kl-weight", paramLabel = "X", description = "weight of the KL in the objective, 0 to 1e9 (1)")
    private Double klWeight;

    @Option(names = "--kl-warm-up", paramLabel = "EPOCHS",
            description = "epochs over which the KL's weight grows from 0, at most 1e9 (0)")
    private Double klWarmUp;

    @Option(names = "--kl-cycle", paramLabel = "EPOCHS",
            description = "epochs after which the KL's warm-up begins anew (never)")
    private Double klCycle;

    @Option(names = "--free-bits", paramLabel = "NATS",
            description = "KL per latent dimension, averaged over a minibatch, that costs nothing, 0 to 1e9 (0)")
    private Double freeBits;

    @Mixin
    private PenaltyOptions penalty;

    @Option(names = "--refine-steps", paramLabel = "N", description = {
            "local steps up the ELBO of each row, from the encoder's q(z | x) on, in each training step: the decoder is"
                    + " trained at the q that they lead to (Krishnan et al. 2018) (0)",
            "(what is printed is the ELBO of the encoder's q)"})
    private Integer refineSteps;

    @Option(names = "--refine-rate", paramLabel = "X", description = "learning rate of the first of these (0.03)")
    private Double refineRate;

    @Option(names = "--clip", paramLabel = "NORM",
            description = "global norm to which gradients are scaled down (no clipping)")
    private Double clip;

    @Option(names = "--clip-value", paramLabel = "X",
            description = "to which each element of a gradient is clamped, before --clip (no clipping)")
    private Double clipValue;

    @Mixin
    private OptimiserOptions optimiser;

    @Mixin
    private ScheduleOptions schedule;

    @Option(names = "--seed", paramLabel = "N", description = "of all that is random (0)")
    private Long seed;

    /**
     * The training asked for, with a default for what was not given.
     *
     * @param epochs of the run; null if its length is given otherwise
     */
    TrainingSettings settings(Long epochs) {
        ObjectiveKind kind = or(objective, ObjectiveKind.ELBO);
        requireKlWeight(kind, "--kl-weight", klWeight);
        requireKlWeight(kind, "--kl-warm-up", klWarmUp);
        requireKlWeight(kind, "--kl-cycle", klCycle);
        if (freeBits != null && kind != ObjectiveKind.ELBO) {
            throw Failure.usage("--free-bits goes with --objective elbo, not with " + Names.of(kind));
        }
        if (klCycle != null && klWarmUp == null) {
            throw Failure.usage("--kl-cycle goes with --kl-warm-up, which it begins anew");
        }
        if (refineRate != null && refineSteps == null) {
            throw Failure.usage("--refine-rate goes with --refine-steps, of which it is the rate");
        }
        return Names.checked(() -> new TrainingSettings(or(batch, 128), or(learningRate, 1e-3), or(klWeight, 1.0),
                or(klWarmUp, 0.0), or(freeBits, 0.0), or(clip, Double.POSITIVE_INFINITY), or(seed, 0L),
                or(clipValue, Double.POSITIVE_INFINITY), or(klCycle, 0.0), kind, or(samples, 1), optimiser.settings(),
                schedule.settings(epochs), penalty.settings(), new RefinementSettings(or(refineSteps,
                        RefinementSettings.NONE.refineSteps()), or(refineRate, RefinementSettings.NONE.refineRate()))));
    }

    private static void requireKlWeight(ObjectiveKind kind, String option, Object given) {
        if (given != null && !kind.hasKlWeight()) {
            throw Failure.usage(option + " goes with the objectives elbo, sampled-elbo and sticking-the-landing, not"
                    + " with " + Names.of(kind) + ", in which the KL has no weight");
        }
    }

    static <T> T or(T given, T otherwise) {
        return Objects.requireNonNullElse(given, otherwise);
    }

    /** Refuses an option that contradicts the training of a run that is resumed. */
    void check(TrainingSettings settings, Agreement agreement) {
        agreement.check("--batch", batch, settings.batch());
        agreement.check("--learning-rate", learningRate, settings.learningRate());
        agreement.check("--objective", objective, settings.objective());
        agreement.check("--samples", samples, settings.samples());
        agreement.check("--kl-weight", klWeight, settings.klWeight());
        agreement.check("--kl-warm-up", klWarmUp, settings.klWarmUp());
        agreement.check("--kl-cycle", klCycle, settings.klCycle());
        agreement.check("--free-bits", freeBits, settings.freeBits());
        penalty.check(settings.penalty(), agreement);
        agreement.check("--refine-steps", refineSteps, settings.refinement().refineSteps());
        agreement.check("--refine-rate", refineRate, settings.refinement().refineRate());
        agreement.check("--clip", clip, settings.clip());
        agreement.check("--clip-value", clipValue, settings.clipValue());
        optimiser.check(settings.optimiser(), agreement);
        schedule.check(settings.schedule(), agreement);
        agreement.check("--seed", seed, settings.seed());
    }
}
