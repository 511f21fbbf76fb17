package io.elbo4j.train;

import io.elbo4j.train.graph.Step;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;

/** A step compiled once for each number of rows it is asked for: a data set needs two, its last piece being shorter. */
final class Steps implements AutoCloseable {
    private final IntFunction<Step> compile;
    private final Map<Integer, Step> byRows = new HashMap<>();

    Steps(IntFunction<Step> compile) {
        this.compile = compile;
    }

    Step of(int rows) {
        return byRows.computeIfAbsent(rows, compile::apply);
    }

    /** Compiles, and so allocates, what {@code total} rows in pieces of {@code size} need. */
    void prepare(int total, int size) {
        of(Math.min(total, size));
        if (total % size != 0) {
            of(total % size);
        }
    }

    @Override
    public void close() {
        byRows.values().forEach(Step::close);
    }
}
