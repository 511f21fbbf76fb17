package io.elbo4j.cli;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How long a run is, counted from its beginning also when it is resumed. */
final class LengthOptions {
    private static final int SPRITES_EPOCHS = 30;
    private static final int EPOCHS = 10;

    @ArgGroup(exclusive = true)
    private final Either either = new Either();

    private static final class Either {
        @Option(names = "--epochs", paramLabel = "N", description =
                "passes over the data, counted from the run's beginning also with --resume (10; for sprites 30)")
        private Long epochs;

        @Option(names = "--steps", paramLabel = "N", description = "training steps, counted likewise")
        private Long steps;
    }

    /** Refuses lengths below 1. */
    void check() {
        require("--epochs", either.epochs);
        require("--steps", either.steps);
    }

    private static void require(String option, Long given) {
        if (given != null && given < 1) {
            throw Failure.usage(option + " must be at least 1, not " + given);
        }
    }

    /** The run's last step, counted from 1. */
    long lastStep(boolean sprites, long stepsPerEpoch) {
        if (either.steps != null) {
            return either.steps;
        }
        long epochs = either.epochs != null ? either.epochs : sprites ? SPRITES_EPOCHS : EPOCHS;
        try {
            return Math.multiplyExact(epochs, stepsPerEpoch);
        } catch (ArithmeticException e) {
            throw Failure.usage("--epochs " + epochs + " of " + stepsPerEpoch + " steps are more than 2^63 steps");
        }
    }

    /** The options as they were given, to be given again. */
    String given() {
        return either.steps != null ? " --steps " + either.steps
                : either.epochs != null ? " --epochs " + either.epochs : "";
    }
}
