package io.elbo4j.train;

import org.jspecify.annotations.Nullable;

/**
 * What one epoch, or the part of one at the end of a run, came to.
 *
 * @param epoch counted from 1
 * @param step training steps done in all
 * @param complete whether the epoch ran to its end
 * @param train averages over the rows of this epoch, while the model changed
 * @param test of the model after the epoch, on the test set or the validation set of a run that has one; null if there
 *     is none
 * @param klWeight of the last step
 * @param samplesPerSecond training rows per second of wall time, the evaluation not counted; NaN if not known
 */
public record EpochReport(long epoch, long step, boolean complete, ElboTerms train, @Nullable Evaluation test,
        double klWeight, double samplesPerSecond) {}
