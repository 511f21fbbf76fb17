package io.elbo4j.control.imitation;

import io.elbo4j.control.dynamics.Normaliser;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Value;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is seen as networks are given it: as it is, or by mean and deviation of the demonstrations. */
final class Normalisation {
    private final @Nullable Normaliser normaliser;
    private final Set<Parameter> own;

    Normalisation(Graph graph, Imitation.Settings settings, int columns) {
        Set<Parameter> before = Set.copyOf(graph.parameters());
        normaliser = settings.normalised() ? new Normaliser(graph, "seen", columns) : null;
        own = new HashSet<>(graph.parameters());
        own.removeAll(before);
    }

    Value of(Value seen) {
        return normaliser == null ? seen : normaliser.normalise(seen);
    }

    void fit(Parameters parameters, Demonstrations shown) {
        if (normaliser != null) {
            normaliser.fit(parameters, shown.observations());
        }
    }

    /** All parameters but its own. */
    Set<Parameter> trained(Graph graph) {
        return graph.parameters().stream().filter(p -> !own.contains(p)).collect(Collectors.toSet());
    }
}
