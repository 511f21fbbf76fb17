package io.elbo4j.train.layer;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a column has along its innermost axis, as the columns of a row. Where its numbers lie apart, as a slice's do
 * inside wider rows, or are one for all, there is a copy.
 */
final class Beside {
    private Beside() {}

    /** Of numbers that lie one after the other. */
    static Matrix of(Plan plan, Axis axis, Matrix column) {
        long length = plan.rows(io.elbo4j.train.graph.Rows.of(axis));
        return column.reshape(column.rows() / length, length);
    }

    private static boolean apart(Matrix column) {
        return column.rows() > 1 && column.rowStride() != 1;
    }

    private static Matrix copy(Node node, Plan plan, Value x, String role) {
        return plan.buffer(node, role, plan.rows(x), 1);
    }

    /** Copies a value forward, if it has to be. */
    static void prepare(Node node, Plan plan, Value x, String role) {
        if (apart(plan.value(x))) {
            plan.launch(Rows.copy(plan.value(x), copy(node, plan, x, role)));
        }
    }

    /** A value that is prepared. */
    static Matrix read(Node node, Plan plan, Axis axis, Value x, String role) {
        return of(plan, axis, apart(plan.value(x)) ? copy(node, plan, x, role) : plan.value(x));
    }

    /**
     * Where a value's gradient goes.
     *
     * @param after gets the launch that brings it from a copy
     * @return null if nobody wants it
     */
    static @Nullable Matrix write(Node node, Plan plan, Axis axis, Value x, String role, List<Launch> after) {
        if (!plan.wants(x)) {
            return null;
        }
        Matrix gradient = plan.gradientOf(x);
        if (!apart(gradient)) {
            return of(plan, axis, gradient);
        }
        Matrix own = copy(node, plan, x, role);
        after.add(Rows.copy(own, gradient));
        return of(plan, axis, own);
    }
}
