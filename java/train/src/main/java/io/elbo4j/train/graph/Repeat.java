package io.elbo4j.train.graph;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Sums;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * A value of fewer axes as an operation of more axes needs it. The graph puts it there. Of axes that lie inside those
 * of x, each row of x is there n times, row after row; of axes that lie between, or outside, each block of the rows
 * inside them is there n times, block after block. The gradient is the sum of theirs. One row that all share is
 * repeated without a copy, and so is x where n is 1.
 */
public final class Repeat extends Value {
    private final Value x;
    private final io.elbo4j.train.graph.Rows inside;

    /** @throws IllegalArgumentException unless the further axes lie beside each other */
    Repeat(Value x, io.elbo4j.train.graph.Rows wider) {
        super(x.name() + " for each of " + wider, x.columns(), wider, List.of(x), List.of());
        if (!next(x, wider).equals(wider)) {
            throw new IllegalArgumentException("'" + x.name() + "' with rows of " + x.rows() + " cannot be repeated to "
                    + wider + " at once: the further axes must lie beside each other");
        }
        this.x = x;
        this.inside = new io.elbo4j.train.graph.Rows(x.rows().axes().subList(leading(x, wider), x.rows().axes()
                .size()));
    }

    private static int leading(Value x, io.elbo4j.train.graph.Rows wider) {
        List<Axis> own = x.rows().axes();
        int leading = 0;
        while (leading < own.size() && own.get(leading) == wider.axes().get(leading)) {
            leading++;
        }
        return leading;
    }

    /**
     * The rows of x with the outermost further axes that lie beside each other.
     *
     * @throws IllegalArgumentException if x has an axis that {@code wider} has not
     */
    static io.elbo4j.train.graph.Rows next(Value x, io.elbo4j.train.graph.Rows wider) {
        if (!x.rows().within(wider)) {
            throw new IllegalArgumentException("'" + x.name() + "' with rows of " + x.rows() + " cannot be repeated to "
                    + wider);
        }
        int end = leading(x, wider);
        while (end < wider.axes().size() && !x.rows().has(wider.axes().get(end))) {
            end++;
        }
        return x.rows().union(new io.elbo4j.train.graph.Rows(wider.axes().subList(0, end)));
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

    private long outer(Plan plan) {
        return plan.rows(x) / plan.rows(inside);
    }

    @Override
    protected void forward(Plan plan) {
        if (!isView(plan) && !isOneRow(plan)) {
            plan.launch(Rows.repeat(plan.value(x), plan.rows(inside), plan.value(this)));
        }
    }

    @Override
    protected void backward(Plan plan) {
        if (isView(plan) || !plan.hasGradient(this)) {
            return;
        }
        Matrix gradient = plan.gradient(this);
        Function<Matrix, Launch> sum = target -> sum(plan, gradient, target);
        x.asParameter().ifPresentOrElse(p -> plan.parameterGradient(p, sum), () -> {
            Matrix target = plan.gradientOf(x);
            boolean apart = outer(plan) == 1 && target.rows() > 1 && target.rowStride() != columns();
            Matrix ofColumns = apart ? plan.buffer(this, "sum", target.rows(), columns()) : target;
            plan.launch(sum.apply(ofColumns));
            if (apart) {
                plan.launch(Rows.copy(ofColumns, target));
            }
        });
    }

    private Launch sum(Plan plan, Matrix gradient, Matrix target) {
        // where all rows belong to the same ones, a sum of columns is the more accurate one, has work for all, and can
        // be shared by workers
        if (target.rows() == 1) {
            return Sums.columns(gradient, target);
        }
        return outer(plan) == 1 && target.rowStride() == columns()
                ? Sums.columns(gradient.reshape(gradient.rows() / target.rows(), target.rows() * columns()),
                        target.reshape(1, target.rows() * columns()))
                : Rows.sumRepeated(gradient, plan.rows(inside), target);
    }

    /**
     * For objectives: numbers of some rows for each of the rows of more axes.
     *
     * @param owner of the buffers
     * @param of rows(from) x columns
     * @param from rows within {@code to}
     */
    public static Matrix widened(Plan plan, Object owner, Matrix of, io.elbo4j.train.graph.Rows from,
            io.elbo4j.train.graph.Rows to) {
        Matrix part = of;
        io.elbo4j.train.graph.Rows now = from;
        for (Axis axis : to.axes()) {
            if (!now.has(axis)) {
                now = now.union(io.elbo4j.train.graph.Rows.of(axis));
                if (plan.rows(now) > part.rows()) {
                    Matrix repeated = plan.buffer(owner, "repeated for each " + axis, plan.rows(now), of.columns());
                    plan.launch(Rows.repeat(part, inside(plan, axis, now), repeated));
                    part = repeated;
                }
            }
        }
        return part;
    }

    /**
     * For objectives: the other way round, the sum over all rows of the axes that {@code to} has not.
     *
     * @param owner of the buffers
     * @param of rows(from) x columns
     * @param to rows within {@code from}
     */
    public static Matrix summed(Plan plan, Object owner, Matrix of, io.elbo4j.train.graph.Rows from,
            io.elbo4j.train.graph.Rows to) {
        Matrix part = of;
        io.elbo4j.train.graph.Rows now = from;
        for (Axis axis : from.axes()) {
            if (!to.has(axis)) {
                long inside = inside(plan, axis, now);
                now = new io.elbo4j.train.graph.Rows(now.axes().stream().filter(a -> a != axis).toList());
                if (plan.rows(now) < part.rows()) {
                    Matrix sum = plan.buffer(owner, "sum over " + axis, plan.rows(now), of.columns());
                    plan.launch(Rows.sumRepeated(part, inside, sum));
                    part = sum;
                }
            }
        }
        return part;
    }

    private static long inside(Plan plan, Axis axis, io.elbo4j.train.graph.Rows rows) {
        return plan.rows(new io.elbo4j.train.graph.Rows(rows.axes().stream().filter(a -> a.compareTo(axis) > 0)
                .toList()));
    }

    /** The first, the second, ... of the rows that belong to each of {@code rows} rows. */
    public static List<Matrix> each(Matrix all, long rows) {
        long columns = all.columns();
        Matrix besides = all.reshape(rows, all.rows() / rows * columns);
        return LongStream.range(0, all.rows() / rows).mapToObj(k -> besides.columns(k * columns, (k + 1) * columns))
                .toList();
    }
}
