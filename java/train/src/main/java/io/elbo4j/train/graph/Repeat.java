package io.elbo4j.train.graph;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Sums;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * A value of fewer axes as an operation of more axes needs it. The graph puts it there: each row of x is there n times,
 * row after row, and its gradient is the sum of theirs. One row that all share is repeated without a copy, and so is x
 * where n is 1.
 */
public final class Repeat extends Value {
    private final Value x;

    /** @throws IllegalArgumentException unless the further axes lie inside those of x */
    Repeat(Value x, io.elbo4j.train.graph.Rows wider) {
        super(x.name() + " for each of " + wider, x.columns(), wider, List.of(x), List.of());
        if (!x.rows().lead(wider)) {
            throw new IllegalArgumentException("'" + x.name() + "' with rows of " + x.rows() + " cannot be repeated to "
                    + wider + ": the further axes must be inside");
        }
        this.x = x;
    }

    private boolean isView(Plan plan) {
        return plan.rows(this) == plan.rows(x);
    }

    private boolean isOneRow(Plan plan) {
        return plan.rows(x) == 1;
    }

    @Override
    protected Optional<View> view(Plan plan) {
        return isView(plan) ? Optional.of(new View(x, 0)) : Optional.empty();
    }

    @Override
    protected Matrix place(Plan plan) {
        return !isView(plan) && isOneRow(plan) ? plan.value(x).repeatRow(plan.rows(this)) : super.place(plan);
    }

    @Override
    protected void forward(Plan plan) {
        if (!isView(plan) && !isOneRow(plan)) {
            each(plan.value(this), plan.rows(x)).forEach(part -> plan.launch(Rows.copy(plan.value(x), part)));
        }
    }

    @Override
    protected void backward(Plan plan) {
        if (isView(plan) || !plan.hasGradient(this)) {
            return;
        }
        Matrix gradient = plan.gradient(this);
        if (x.asParameter().isPresent()) {
            plan.parameterGradient(x.asParameter().get(), target -> Sums.columns(gradient, target));
        } else if (isOneRow(plan)) {
            plan.launch(Sums.columns(gradient, plan.gradientOf(x)));
        } else {
            plan.launch(sum(each(gradient, plan.rows(x)), plan.gradientOf(x)).toArray(Launch[]::new));
        }
    }

    private static List<Launch> sum(List<Matrix> parts, Matrix target) {
        List<Launch> sum = new ArrayList<>();
        for (Matrix part : parts) {
            sum.add(sum.isEmpty() ? Rows.copy(part, target) : Rows.add(part, target));
        }
        return sum;
    }

    /** The first, the second, ... of the rows that belong to each of {@code rows} rows. */
    public static List<Matrix> each(Matrix all, long rows) {
        long columns = all.columns();
        Matrix besides = all.reshape(rows, all.rows() / rows * columns);
        return LongStream.range(0, all.rows() / rows).mapToObj(k -> besides.columns(k * columns, (k + 1) * columns))
                .toList();
    }
}
