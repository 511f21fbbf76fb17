package io.elbo4j.train.distribution;

import io.elbo4j.Matrix;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** log p(x) as a value, one column, in nats. */
public final class LogDensity extends Value {
    private final Distribution p;
    private final Value x;
    private final Value observed;

    private LogDensity(String name, Distribution p, Value x, Value observed, Rows rows) {
        super(name, 1, rows, Stream.concat(p.parameters().stream(), Stream.of(x)).toList(), List.of());
        this.p = p;
        this.x = x;
        this.observed = observed;
    }

    /**
     * Its rows have the axes of x and of the parameters.
     *
     * @throws IllegalArgumentException if p has other columns than x, or no gradient with respect to an x that depends
     *     on parameters
     */
    public static Value of(String name, Distribution p, Value x) {
        if (p.columns() != x.columns() || x.differentiable() && !p.differentiatesX()) {
            throw new IllegalArgumentException("log-density '" + name + "': a " + p.getClass().getSimpleName() + " of "
                    + p.columns() + " columns " + (p.columns() == x.columns() ? "has no gradient with respect to '"
                            + x.name() + "', which depends on parameters" : "has no density of '" + x.name()
                                    + "', which has " + x.columns()));
        }
        Graph graph = x.graph();
        Rows rows = p.rows().union(x.rows());
        Value each = graph.repeat(x, rows);
        return graph.add(new LogDensity(name, p.observed(v -> graph.repeat(v, rows)).at(each), each, x, rows));
    }

    public Distribution distribution() {
        return p;
    }

    /** What was given. */
    public Value x() {
        return observed;
    }

    @Override
    protected void forward(Plan plan) {
        p.logDensity(plan, x, plan.value(this), Optional.empty());
    }

    /** @throws IllegalArgumentException if a step is asked for the gradient of an x that the density has none of */
    @Override
    protected void backward(Plan plan) {
        if (plan.wants(x) && !p.differentiatesX()) {
            throw new IllegalArgumentException("'" + name() + "': a step gives no gradient with respect to an input"
                    + " whose density under a " + p.getClass().getSimpleName() + " it takes, as that of '" + x.name()
                    + "'");
        }
        Matrix again = plan.buffer(this, "repeated value", plan.rows(this), 1);
        p.logDensity(plan, x, again, Optional.of(plan.gradient(this)));
    }
}
