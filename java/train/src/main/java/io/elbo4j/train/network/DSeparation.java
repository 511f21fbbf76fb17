package io.elbo4j.train.network;

import static io.elbo4j.ArgumentException.require;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which variables may depend on which, by the graph alone: a trail is blocked by an observed variable, but where two
 * arrows meet by one that is not observed and has no observed descendant. A ball runs along the trails and bounces back
 * from what is observed (Shachter 1998), which finds what Koller and Friedman 2009, algorithm 3.1, find.
 */
public final class DSeparation {
    private DSeparation() {}

    private record Visit(int variable, boolean up) {}

    /** Whether x and y are independent given the observed ones, whatever the probabilities. */
    public static boolean separated(BayesianNetwork network, String x, String y, Set<String> observed) {
        require(!x.equals(y), "y", "another variable than x", "'" + y + "'");
        require(!observed.contains(x) && !observed.contains(y), "observed", "neither x nor y", observed);
        network.number(y);
        return !reachable(network, x, observed).contains(y);
    }

    /** What has an active trail from a variable, the variable among it. */
    public static Set<String> reachable(BayesianNetwork network, String from, Set<String> observed) {
        List<List<Integer>> children = children(network);
        boolean[] seen = new boolean[network.size()];
        observed.forEach(name -> seen[network.number(name)] = true);
        Set<String> reached = new LinkedHashSet<>();
        Set<Visit> visited = new LinkedHashSet<>();
        Deque<Visit> next = new ArrayDeque<>();
        next.add(new Visit(network.number(from), true));
        while (!next.isEmpty()) {
            Visit visit = next.remove();
            int v = visit.variable;
            if (!visited.add(visit)) {
                continue;
            }
            if (!seen[v]) {
                reached.add(network.names().get(v));
                children.get(v).forEach(child -> next.add(new Visit(child, false)));
            }
            // from a child past what is not observed; from a parent back from what is, also to where arrows meet above
            if (visit.up != seen[v]) {
                for (int parent : network.parents(v)) {
                    next.add(new Visit(parent, true));
                }
            }
        }
        return reached;
    }

    private static List<List<Integer>> children(BayesianNetwork network) {
        List<List<Integer>> children = new ArrayList<>();
        for (int v = 0; v < network.size(); v++) {
            children.add(new ArrayList<>());
            for (int parent : network.parents(v)) {
                children.get(parent).add(v);
            }
        }
        return children;
    }
}
