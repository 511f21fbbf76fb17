package io.elbo4j.train.posterior;

/** How a Markov chain goes on. */
public interface Transition {
    /** In the field's words. */
    String name();

    /** How often a step evaluates the target. */
    default int evaluations() {
        return 1;
    }

    /**
     * One step.
     *
     * @param at where the chain is, evaluated; afterwards where it has gone
     * @param proposal room for another point
     * @param normals drawn for this step, one for each dimension
     * @param uniform drawn for this step, in (0, 1)
     * @return whether it has gone where it meant to
     */
    boolean step(Density target, Point at, Point proposal, double[] normals, double uniform);
}
