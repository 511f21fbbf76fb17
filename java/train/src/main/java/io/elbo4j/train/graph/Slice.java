package io.elbo4j.train.graph;

import io.elbo4j.Matrix;
import java.util.List;

/** A view of some columns: value and gradient lie inside those of the sliced value. */
final class Slice extends Value {
    private final Value x;
    private final long begin;

    Slice(String name, Value x, long begin, long end) {
        super(name, end - begin, x.rows(), List.of(x), x.differentiable());
        if (begin < 0 || end > x.columns()) {
            throw new IllegalArgumentException("slice '" + name + "' must lie in columns 0 to " + x.columns()
                    + " of '" + x.name() + "', not " + begin + " to " + end);
        }
        this.x = x;
        this.begin = begin;
    }

    @Override
    Matrix place(Plan plan) {
        return plan.value(x).columns(begin, begin + columns());
    }

    @Override
    Value root(Plan plan) {
        return x.root(plan);
    }

    @Override
    long rootColumn(Plan plan) {
        return x.rootColumn(plan) + begin;
    }

    @Override
    void forward(Plan plan) {
        // a view needs no launch
    }

    @Override
    void backward(Plan plan) {
        // the gradient was written in place
    }
}
