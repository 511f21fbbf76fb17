package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.graph.Value;
import java.util.ArrayList;
import java.util.List;

/** Some columns of a value, in any order, as often as they are named: pieces of neighbours, side by side. */
public final class Columns {
    private Columns() {}

    /** @param columns their numbers, at least one */
    public static Value of(String name, Value x, int... columns) {
        requireGiven("name", name);
        requireGiven("x", x);
        requireGiven("columns", columns);
        require(columns.length >= 1, "columns", "at least one", "none");
        List<Value> pieces = new ArrayList<>();
        for (int from = 0, to; from < columns.length; from = to) {
            int first = columns[from];
            require(first >= 0 && first < x.columns(), "columns", "from 0 to " + (x.columns() - 1), first);
            for (to = from + 1; to < columns.length && columns[to] == columns[to - 1] + 1; to++) {
                require(columns[to] < x.columns(), "columns", "from 0 to " + (x.columns() - 1), columns[to]);
            }
            pieces.add(Slice.of(x.graph().freeName(name + ".piece"), x, first, first + to - from));
        }
        return Concatenate.of(name, pieces.get(0), pieces.subList(1, pieces.size()).toArray(Value[]::new));
    }
}
