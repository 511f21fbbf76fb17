package io.elbo4j.cli;

import static io.elbo4j.cli.TrainingOptions.or;

import io.elbo4j.train.ScheduleSettings;
import io.elbo4j.train.ScheduleSettings.Kind;
import picocli.CommandLine.Option;

/** How the learning rate goes on. An option not given is null: it contradicts no checkpoint. */
final class ScheduleOptions {
    private static final double STAIR = 0.1;

    @Option(names = "--schedule", paramLabel = "NAME",
            description = "of the learning rate: constant, cosine or staircase (constant)")
    private Kind schedule;

    @Option(names = "--schedule-epochs", paramLabel = "EPOCHS", description = {
            "of cosine: until the learning rate has fallen, at any resumption as well; of staircase: of each stair",
            "(the run's --epochs with cosine, with staircase it must be given)"})
    private Double epochs;

    @Option(names = "--schedule-factor", paramLabel = "X", description = {
            "of cosine: the share of the learning rate that is left at the end (0); of staircase: by which it is",
            "multiplied after each stair (0.1)"})
    private Double factor;

    @Option(names = "--schedule-growth", paramLabel = "X",
            description = "of staircase: how much longer each stair is than the one before (1)")
    private Double growth;

    @Option(names = "--warm-up", paramLabel = "EPOCHS",
            description = "epochs over which the learning rate grows from 0 to where the schedule has it (0)")
    private Double warmUp;

    /** @param run epochs of the run; null if its length is given otherwise */
    ScheduleSettings settings(Long run) {
        Kind kind = or(schedule, Kind.CONSTANT);
        if (kind == Kind.CONSTANT && (epochs != null || factor != null)) {
            throw Failure.usage((epochs != null ? "--schedule-epochs" : "--schedule-factor")
                    + " goes with --schedule cosine or staircase, not with constant");
        }
        if (kind != Kind.CONSTANT && epochs == null && (run == null || kind == Kind.STAIRCASE)) {
            throw Failure.usage("--schedule " + Names.of(kind) + (kind == Kind.COSINE ? " with --steps" : "")
                    + " needs --schedule-epochs");
        }
        if (kind != Kind.STAIRCASE && growth != null) {
            throw Failure.usage("--schedule-growth goes with --schedule staircase, not with " + Names.of(kind));
        }
        return new ScheduleSettings(kind, kind == Kind.CONSTANT ? 0 : epochs == null ? run : epochs,
                or(factor, kind == Kind.STAIRCASE ? STAIR : 0), or(growth, 1.0), or(warmUp, 0.0));
    }

    void check(ScheduleSettings settings, Agreement agreement) {
        agreement.check("--schedule", schedule, settings.schedule());
        agreement.check("--schedule-epochs", epochs, settings.scheduleEpochs());
        agreement.check("--schedule-factor", factor, settings.scheduleFactor());
        agreement.check("--schedule-growth", growth, settings.scheduleGrowth());
        agreement.check("--warm-up", warmUp, settings.warmUp());
    }
}
