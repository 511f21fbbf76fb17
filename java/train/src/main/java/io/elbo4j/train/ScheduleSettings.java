package io.elbo4j.train;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.train.schedule.Cosine;
import io.elbo4j.train.schedule.Schedule;
import io.elbo4j.train.schedule.Staircase;
import io.elbo4j.train.schedule.WarmUp;
import java.util.Objects;

/**
 * How the learning rate goes on.
 *
 * @param schedule its course
 * @param scheduleEpochs of cosine: until it has fallen; of staircase: of each stair; 0 of constant
 * @param scheduleFactor of cosine: the share that is left at the end, in [0, 1); of staircase: by which it is
 *     multiplied, in (0, 1); 0 of constant
 * @param scheduleGrowth of staircase: how much longer each stair is than the one before, 1 to 1000; 1 of the others
 * @param warmUp epochs over which it grows linearly from 0; 0 for none
 */
public record ScheduleSettings(Kind schedule, double scheduleEpochs, double scheduleFactor, double scheduleGrowth,
        double warmUp) {
    /** The courses. */
    public enum Kind {
        /** The same always. */
        CONSTANT,
        /** {@link Cosine}. */
        COSINE,
        /** {@link Staircase}. */
        STAIRCASE
    }

    private static final double MOST = 1e9;
    private static final double MOST_GROWTH = 1000;

    public ScheduleSettings {
        Objects.requireNonNull(schedule, "schedule");
        boolean constant = schedule == Kind.CONSTANT;
        require(!constant || scheduleEpochs == 0, "scheduleEpochs", "left out with a constant learning rate (it goes"
                + " with cosine and staircase)", scheduleEpochs);
        require(!constant || scheduleFactor == 0, "scheduleFactor", "left out with a constant learning rate (it goes"
                + " with cosine and staircase)", scheduleFactor);
        require(constant || scheduleEpochs > 0 && scheduleEpochs <= MOST, "scheduleEpochs",
                "above 0 and at most 1e9 epochs", scheduleEpochs);
        require(scheduleFactor >= 0 && scheduleFactor < 1 && (schedule != Kind.STAIRCASE || scheduleFactor > 0),
                "scheduleFactor", schedule == Kind.STAIRCASE ? "in (0, 1)" : "in [0, 1)", scheduleFactor);
        require(schedule == Kind.STAIRCASE || scheduleGrowth == 1, "scheduleGrowth",
                "left out with a learning rate that"
                        + " is constant or a cosine (it goes with staircase)", scheduleGrowth);
        require(scheduleGrowth >= 1 && scheduleGrowth <= MOST_GROWTH, "scheduleGrowth", "from 1 to 1000",
                scheduleGrowth);
        require(warmUp >= 0 && warmUp <= MOST, "warmUp", "from 0 to 1e9 epochs", warmUp);
    }

    /** The same learning rate always. */
    public static ScheduleSettings constant() {
        return new ScheduleSettings(Kind.CONSTANT, 0, 0, 1, 0);
    }

    /** From the learning rate to 0 in so many epochs. */
    public static ScheduleSettings cosine(double epochs) {
        return new ScheduleSettings(Kind.COSINE, epochs, 0, 1, 0);
    }

    /** Multiplied by a factor after every so many epochs. */
    public static ScheduleSettings staircase(double epochs, double factor) {
        return new ScheduleSettings(Kind.STAIRCASE, epochs, factor, 1, 0);
    }

    public ScheduleSettings withWarmUp(double epochs) {
        return new ScheduleSettings(schedule, scheduleEpochs, scheduleFactor, scheduleGrowth, epochs);
    }

    /** Of a staircase whose stairs are each longer than the one before. */
    public ScheduleSettings withGrowth(double growth) {
        return new ScheduleSettings(schedule, scheduleEpochs, scheduleFactor, growth, warmUp);
    }

    /** The learning rate of each step. */
    Schedule of(double rate, long stepsPerEpoch) {
        long steps = Math.max(1, Math.round(scheduleEpochs * stepsPerEpoch));
        Schedule course = switch (schedule) {
            case CONSTANT -> Schedule.constant(rate);
            case COSINE -> new Cosine(rate, scheduleFactor * rate, steps);
            case STAIRCASE -> new Staircase(rate, scheduleFactor, steps, scheduleGrowth);
        };
        return warmUp == 0 ? course : new WarmUp(warmUp * stepsPerEpoch, course);
    }
}
