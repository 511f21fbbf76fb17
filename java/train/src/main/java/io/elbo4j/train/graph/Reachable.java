package io.elbo4j.train.graph;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What of a graph a step has to run. */
final class Reachable {
    private Reachable() {}

    /**
     * The nodes that these depend on, and they themselves, in the order of the graph. A given value is among them where
     * something needs it, but not for the sake of what it would be computed from; a latent variable that is drawn from
     * its prior needs that alone.
     */
    static List<Node> nodes(Graph graph, Iterable<? extends Node> from, Set<Value> given, boolean fromPriors) {
        Deque<Node> ahead = new ArrayDeque<>();
        from.forEach(ahead::add);
        Set<Node> reached = new HashSet<>();
        while (!ahead.isEmpty()) {
            Node node = ahead.remove();
            if (reached.add(node) && !given.contains(node)) {
                ahead.addAll(fromPriors && node instanceof Latent latent ? latent.prior().parameters()
                        : node.inputs());
            }
        }
        return graph.nodes().stream().filter(reached::contains).toList();
    }
}
