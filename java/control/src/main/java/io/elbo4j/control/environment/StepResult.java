package io.elbo4j.control.environment;

import static io.elbo4j.ArgumentException.requireGiven;
import static io.elbo4j.control.environment.Sizes.requireSize;

/**
 * What a batch's step gave, a row for each copy.
 *
 * @param observations rows x columns of the space, of the states after the step: the last one of an episode is among
 *     them
 * @param rewards a number for each
 * @param terminated whether nothing comes after: the value of what comes after is 0
 * @param truncated whether it was stopped, though more would have come: the value of what comes after is not 0
 */
@SuppressWarnings("ArrayRecordComponent") // a place to write to, not a value
public record StepResult(float[] observations, float[] rewards, boolean[] terminated, boolean[] truncated) {
    /** @throws io.elbo4j.ArgumentException if one is not given */
    public StepResult {
        requireGiven("observations", observations);
        requireGiven("rewards", rewards);
        requireGiven("terminated", terminated);
        requireGiven("truncated", truncated);
    }

    /** Room for what a batch gives. */
    public static StepResult of(VectorEnvironment batch) {
        requireGiven("batch", batch);
        int rows = batch.rows();
        return new StepResult(new float[rows * batch.observations().columns()], new float[rows], new boolean[rows],
                new boolean[rows]);
    }

    /** Refuses a place that has not the room for so many copies. */
    static void requireRoom(StepResult result, int rows, int columns) {
        requireGiven("result", result);
        requireSize("result.observations", result.observations, rows * columns);
        requireSize("result.rewards", result.rewards, rows);
        requireSize("result.terminated", result.terminated, rows);
        requireSize("result.truncated", result.truncated, rows);
    }
}
