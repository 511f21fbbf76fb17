package io.elbo4j.control.environment;

/** Where nothing comes after, said of what is seen: for agents that imagine transitions. */
@FunctionalInterface
public interface Termination {
    /** @param next what was seen after a step, as the networks have it */
    boolean after(float[] next);
}
