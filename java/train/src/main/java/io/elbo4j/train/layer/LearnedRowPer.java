package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import java.util.Map;

/**
 * A parameter with a row for each component of a mixture, each member of an ensemble, or each step of a sequence. It
 * fixes how long that axis is.
 */
public final class LearnedRowPer extends ParameterValue {
    private final Parameter rows;
    private final Axis axis;

    private LearnedRowPer(Axis axis, Parameter rows) {
        super(rows, Rows.of(axis));
        this.rows = rows;
        this.axis = axis;
    }

    /**
     * A parameter of that name, count x columns.
     *
     * @param spread the elements are uniform in [-spread, spread) at first, so that rows differ; above 0
     */
    public static Value of(Graph graph, Axis axis, String name, long count, long columns, float spread) {
        requireShape(graph, axis, name, count, columns);
        require(spread > 0 && Float.isFinite(spread), "spread", "above 0 and finite", spread);
        return graph.add(new LearnedRowPer(axis, new Parameter(name, count, columns, spread, 0)));
    }

    /** The same, with one number for all elements at first. */
    public static Value constant(Graph graph, Axis axis, String name, long count, long columns, float initially) {
        requireShape(graph, axis, name, count, columns);
        require(Float.isFinite(initially), "initially", "finite", initially);
        return graph.add(new LearnedRowPer(axis, Parameter.constant(name, count, columns, initially)));
    }

    private static void requireShape(Graph graph, Axis axis, String name, long count, long columns) {
        requireGiven("graph", graph);
        requireGiven("axis", axis);
        requireGiven("name", name);
        require(axis != Axis.BATCH && axis != Axis.SAMPLE, "axis", "COMPONENT, MEMBER or TIME", axis);
        require(count >= 1, "count", "at least 1", count);
        require(columns >= 1, "columns", "at least 1", columns);
    }

    @Override
    protected Map<Axis, Long> sizes() {
        return Map.of(axis, rows.rows());
    }
}
