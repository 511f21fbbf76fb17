package io.elbo4j.train.onnx;

import io.elbo4j.train.data.Standardisation;
import java.util.List;

/** The standardisation of x as nodes: (x - mean) / deviation, and back. */
final class Standardised {
    private static final String MEAN = "standardisation.mean";
    private static final String DEVIATION = "standardisation.deviation";

    private final boolean any;
    private final OnnxGraph graph;

    Standardised(Standardisation of, OnnxGraph graph) {
        this.any = of.kind() != Standardisation.Kind.NONE;
        this.graph = graph;
        if (any) {
            graph.floats(MEAN, of.mean(), of.mean().length);
            graph.floats(DEVIATION, of.deviation(), of.deviation().length);
        }
    }

    String apply(String x) {
        return any ? node("Div", node("Sub", x, MEAN), DEVIATION) : x;
    }

    String undo(String x) {
        return any ? node("Add", node("Mul", x, DEVIATION), MEAN) : x;
    }

    private String node(String type, String a, String b) {
        String result = "standardisation " + type;
        graph.node(type, result, List.of(a, b), result, List.of());
        return result;
    }
}
