package io.elbo4j.train.graph;

/** What the rows of a value stand for, outermost first: see {@link Rows}. */
public enum Axis {
    /** Members of an ensemble, or draws of a network's weights. */
    MEMBER,
    /** Rows of the batch. */
    BATCH,
    /** Samples of the latent variables, for each row of the batch. */
    SAMPLE,
    /** Steps of a sequence. */
    TIME
}
