package io.elbo4j.control.agent;

import io.elbo4j.train.NonFiniteException;
import io.elbo4j.train.graph.Parameters;

/** Whether what was learned at once is numbers. */
final class Finite {
    private Finite() {}

    /**
     * Looks at all parameters.
     *
     * @param of what the updates were of
     * @param setting which may be too large, in words
     * @throws NonFiniteException naming the first one that is none
     */
    static void require(Parameters parameters, long updates, String of, String setting) {
        for (Parameters.State each : parameters.all()) {
            for (float number : each.value().toArray()) {
                if (!Float.isFinite(number)) {
                    throw new NonFiniteException("after " + updates + " updates of " + of + " its parameter '" + each
                            .parameter().name() + "' is " + number, "A smaller " + setting + " may help");
                }
            }
        }
    }
}
