package io.elbo4j.cli;

import io.elbo4j.train.run.RunPlan;
import picocli.CommandLine.Option;

/** How long a run is, counted from its beginning also when it is resumed. */
final class LengthOptions {
    private static final int SPRITES_EPOCHS = 30;
    private static final int EPOCHS = 10;

    @Option(names = "--epochs", paramLabel = "N", description = "passes over the data, counted from the run's beginning"
            + " also with --resume (10; for sprites 30; with --resume as many as before)")
    private Long epochs;

    @Option(names = "--steps", paramLabel = "N", description = "training steps instead, counted likewise")
    private Long steps;

    /** Refuses lengths below 1, and two of them. */
    void check() {
        if (epochs != null && steps != null) {
            throw Failure.usage("--epochs " + epochs + " and --steps " + steps + " are mutually exclusive: give one of"
                    + " them");
        }
        require("--epochs", epochs);
        require("--steps", steps);
    }

    /** Refuses another length than that of the run that this worker takes part in. */
    void check(RunPlan plan, Agreement agreement) {
        long perEpoch = plan.stepsPerEpoch();
        agreement.check("--steps", steps, plan.steps());
        if (epochs != null && plan.steps() % perEpoch != 0) {
            throw Failure.usage("--epochs " + epochs + " contradicts " + agreement.file() + ", which is of a run of "
                    + plan.steps() + " steps: leave the option out, or start another run");
        }
        agreement.check("--epochs", epochs, plan.steps() / perEpoch);
    }

    private static void require(String option, Long given) {
        if (given != null && given < 1) {
            throw Failure.usage(option + " must be at least 1, not " + given);
        }
    }

    /** Of a run from its beginning; null if its length is given in steps. */
    Long epochs(boolean sprites) {
        return steps != null ? null : epochs != null ? epochs : (Long) (long) (sprites ? SPRITES_EPOCHS : EPOCHS);
    }

    /**
     * The run's last step, counted from 1.
     *
     * @param planned what the run was to do before it was resumed; 0 if that is not known
     */
    long lastStep(boolean sprites, long stepsPerEpoch, long planned) {
        if (steps != null) {
            return steps;
        }
        if (epochs == null && planned > 0) {
            return planned;
        }
        long passes = epochs(sprites);
        try {
            return Math.multiplyExact(passes, stepsPerEpoch);
        } catch (ArithmeticException e) {
            throw Failure.usage("--epochs " + passes + " of " + stepsPerEpoch + " steps are more than 2^63 steps");
        }
    }
}
