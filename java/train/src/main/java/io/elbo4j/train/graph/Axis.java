package io.elbo4j.train.graph;

/**
 * What the rows of a value stand for, outermost first: see {@link Rows}. All axes lie inside the row of the batch: a
 * shard of a batch is rows beside each other, with their noise. What lies inside TIME are columns of a wider row, so a
 * step in time, and a member of all rows, is a matrix with one stride.
 */
public enum Axis {
    /** Rows of the batch: the objective is a mean over them. */
    BATCH,
    /** Samples of the latent variables, for each row of the batch: the objective is a mean over them. */
    SAMPLE,
    /** Steps of a sequence: the objective is a sum over them. */
    TIME,
    /** Members of an ensemble, which do not know each other: the objective is a sum over them. */
    MEMBER,
    /** Components of a mixture: an observation or a latent variable never has them, a mixture sums them out. */
    COMPONENT
}
