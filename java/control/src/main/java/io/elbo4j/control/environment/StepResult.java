package io.elbo4j.control.environment;

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
    /** Room for what a batch gives. */
    public static StepResult of(VectorEnvironment batch) {
        int rows = batch.rows();
        return new StepResult(new float[rows * batch.observations().columns()], new float[rows], new boolean[rows],
                new boolean[rows]);
    }
}
