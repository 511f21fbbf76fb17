package io.elbo4j.control.agent;

import io.elbo4j.Matrix;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Step;
import java.util.LinkedHashMap;
import java.util.Map;

/** What terms came to, for people. */
final class Losses {
    private Losses() {}

    /** Of the last run of a step: the mean of each term over its rows, by the names of their nodes. */
    static Map<String, Double> of(Graph graph, Step step) {
        Map<String, Double> losses = new LinkedHashMap<>();
        for (Node node : graph.all(Node.class)) {
            node.terms().forEach(term -> step.term(term).ifPresent(m -> losses.put(node.name(), mean(m))));
        }
        return losses;
    }

    private static double mean(Matrix of) {
        double sum = 0;
        for (float each : of.toArray()) {
            sum += each;
        }
        return sum / of.rows();
    }
}
