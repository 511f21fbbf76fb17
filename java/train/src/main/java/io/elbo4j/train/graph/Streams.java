package io.elbo4j.train.graph;

/** The noise streams of a run: who draws what under one seed. */
public final class Streams {
    /** The order of the rows; the step is the epoch. */
    public static final int SHUFFLE = 0;
    /** Draws from a prior, for pictures and samples. */
    public static final int PRIOR = 1;
    /** First stream of a graph's nodes while training; the step is the training step. */
    static final int NODES = 16;
    /** Added to a node's stream when the model is evaluated, so that a test never repeats training noise. */
    static final int EVALUATION = 1 << 20;
    /** Added to a node's stream when it is drawn from its prior, which then has nothing in common with a posterior. */
    static final int DECODING = 3 << 19;
    /** First stream of the parameters' initial values. */
    static final int INITIAL_VALUES = 1 << 21;

    private Streams() {}
}
