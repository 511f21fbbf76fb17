package io.elbo4j.train.posterior;

/** How a Markov chain goes on. It evaluates the target once a step. */
public interface Transition {
    /** In the field's words. */
    String name();

    /**
     * One step.
     *
     * @param at where the chain is, evaluated; afterwards where it has gone
     * @param proposal room for another point
     * @param normals drawn for this step, one for each dimension
     * @param uniform drawn for this step, in (0, 1)
     * @return whether it has gone where it meant to
     */
    boolean step(Target target, Point at, Point proposal, double[] normals, double uniform);
}
