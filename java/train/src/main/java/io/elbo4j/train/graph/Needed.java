package io.elbo4j.train.graph;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What of a graph a step runs: what its objectives and wanted values depend on. */
final class Needed {
    private final StepBuilder of;
    private final List<Objective> objectives;

    Needed(StepBuilder of) {
        this.of = of;
        objectives = new ArrayList<>(of.trainings.stream().map(Training::objective).toList());
        if (of.evaluated != null) {
            objectives.add(of.evaluated);
        }
    }

    /** Whether an objective of the step takes a term. */
    boolean takes(Term term) {
        return objectives.stream().anyMatch(o -> o.takes(term));
    }

    /** In the order in which they run. */
    List<Node> nodes() {
        Set<Node> from = new LinkedHashSet<>(of.wanted);
        Set<Value> first = new LinkedHashSet<>();
        objectives.forEach(o -> o.values().forEach(v -> first.add(of.graph.owned(v))));
        from.addAll(first);
        for (Node node : of.graph.nodes()) {
            if (node.terms().stream().anyMatch(this::takes)) {
                from.add(node);
            }
        }
        // what objectives read comes first; it is closed under inputs, so that the order stays one
        Set<Node> all = new LinkedHashSet<>(Reachable.nodes(of.graph, first, of.given, of.fromPriors));
        all.addAll(Reachable.nodes(of.graph, from, of.given, of.fromPriors));
        return List.copyOf(all);
    }
}
