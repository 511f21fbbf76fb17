package io.elbo4j.cli;

import io.elbo4j.train.TrainingSettings;
import java.util.Objects;
import picocli.CommandLine.Option;

/** How a model is trained. An option not given is null: it contradicts no checkpoint. */
final class TrainingOptions {
    @Option(names = "--batch", paramLabel = "ROWS", description = "rows of a minibatch (128)")
    private Integer batch;

    @Option(names = "--learning-rate", paramLabel = "X", description = "of Adam (0.001)")
    private Double learningRate;

    @Option(names = "--kl-weight", paramLabel = "X", description = "weight of the KL in the objective, 0 to 1e9 (1)")
    private Double klWeight;

    @Option(names = "--kl-warm-up", paramLabel = "EPOCHS",
            description = "epochs over which the KL's weight grows from 0, at most 1e9 (0)")
    private Double klWarmUp;

    @Option(names = "--free-bits", paramLabel = "NATS",
            description = "KL per latent dimension, averaged over a minibatch, that costs nothing, 0 to 1e9 (0)")
    private Double freeBits;

    @Option(names = "--clip", paramLabel = "NORM",
            description = "global norm to which gradients are scaled down (no clipping)")
    private Double clip;

    @Option(names = "--seed", paramLabel = "N", description = "of all that is random (0)")
    private Long seed;

    /** The training asked for, with a default for what was not given. */
    TrainingSettings settings() {
        return Names.checked(() -> new TrainingSettings(or(batch, 128), or(learningRate, 1e-3), or(klWeight, 1.0),
                or(klWarmUp, 0.0), or(freeBits, 0.0), or(clip, Double.POSITIVE_INFINITY), or(seed, 0L)));
    }

    private static <T> T or(T given, T otherwise) {
        return Objects.requireNonNullElse(given, otherwise);
    }

    /** Refuses an option that contradicts the training of a run that is resumed. */
    void check(TrainingSettings settings, Agreement agreement) {
        agreement.check("--batch", batch, settings.batch());
        agreement.check("--learning-rate", learningRate, settings.learningRate());
        agreement.check("--kl-weight", klWeight, settings.klWeight());
        agreement.check("--kl-warm-up", klWarmUp, settings.klWarmUp());
        agreement.check("--free-bits", freeBits, settings.freeBits());
        agreement.check("--clip", clip, settings.clip());
        agreement.check("--seed", seed, settings.seed());
    }
}
