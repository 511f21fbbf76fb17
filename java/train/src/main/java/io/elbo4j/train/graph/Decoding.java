package io.elbo4j.train.graph;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A model run from its latent variables to the means of its observations: what these reach and is not given. A latent
 * variable that is not given is drawn from its prior, so its posterior is not run.
 */
final class Decoding {
    private Decoding() {}

    static void forward(Graph graph, Set<Value> given, Plan plan) {
        Set<Value> reached = reached(graph, given);
        for (Node node : graph.nodes()) {
            if (!(node instanceof Value v) || !reached.contains(v) || given.contains(v)) {
                continue;
            }
            if (v instanceof Latent latent) {
                latent.drawFromPrior(plan);
            } else {
                v.forward(plan);
            }
        }
    }

    private static Set<Value> reached(Graph graph, Set<Value> given) {
        Deque<Value> ahead = new ArrayDeque<>();
        graph.observations().forEach(o -> ahead.add(o.likelihood().location()));
        Set<Value> reached = new HashSet<>();
        while (!ahead.isEmpty()) {
            Value v = ahead.remove();
            if (reached.add(v) && !given.contains(v)) {
                List<Value> from = v instanceof Latent latent ? latent.priorValues() : v.inputs();
                ahead.addAll(from);
            }
        }
        return reached;
    }
}
