package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.Optional;

/** A view of some columns: value and gradient lie inside those of the sliced value. */
public final class Slice extends Value {
    private final Value x;
    private final long begin;

    private Slice(String name, Value x, long begin, long end) {
        super(name, end - begin, x.rows(), List.of(x), List.of());
        if (begin < 0 || end > x.columns()) {
            throw new IllegalArgumentException("slice '" + name + "' must lie in columns 0 to " + x.columns()
                    + " of '" + x.name() + "', not " + begin + " to " + end);
        }
        this.x = x;
        this.begin = begin;
    }

    /** Columns {@code begin} (inclusive) to {@code end} (exclusive), without a copy. */
    public static Value of(String name, Value x, long begin, long end) {
        requireGiven("name", name);
        requireGiven("x", x);
        return x.graph().add(new Slice(name, x, begin, end));
    }

    /** The value that it lies in. */
    public Value of() {
        return x;
    }

    /** Whether a column of that value is among its own. */
    public boolean has(long column) {
        return column >= begin && column < begin + columns();
    }

    @Override
    protected Optional<View> view(Plan plan) {
        return Optional.of(new View(x, begin));
    }

    @Override
    protected void forward(Plan plan) {
        // a view needs no launch
    }
}
