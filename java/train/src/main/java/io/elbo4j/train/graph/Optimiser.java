package io.elbo4j.train.graph;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a parameter follows its gradient. */
public interface Optimiser {
    /** Names of what it keeps for each parameter: matrices of the parameter's shape, zero at first. */
    List<String> slots();

    /**
     * Before a step that trains a parameter is compiled: sets what it keeps that does not begin with zero, unless it is
     * there already, as from a checkpoint.
     *
     * @param state of the whole parameter
     */
    default void begin(Parameters.State state) {}

    /**
     * The launches that change a parameter.
     *
     * @param scale 1 x 1, what the gradient is multiplied by; null for 1
     */
    List<Launch> update(Parameters.State state, @Nullable Matrix scale);

    /** What counts the updates: this, or of an optimiser around another one the innermost. */
    default Optimiser counting() {
        return this;
    }

    /** Before each update, counted from 0: what changes between updates. */
    void at(long update);
}
