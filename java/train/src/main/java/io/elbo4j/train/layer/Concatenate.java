package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.stream.Stream;

/** The columns of values, side by side. */
public final class Concatenate extends Value {
    private final List<Value> parts;

    private Concatenate(String name, List<Value> parts) {
        super(name, parts.stream().mapToLong(Value::columns).sum(), union(parts), parts, List.of());
        this.parts = parts;
    }

    /** Its rows have the axes of all of them. */
    public static Value of(String name, Value first, Value... others) {
        requireGiven("name", name);
        requireGiven("first", first);
        Graph graph = first.graph();
        List<Value> parts = Stream.concat(Stream.of(first), Stream.of(requireGiven("others", others))
                .map(other -> requireGiven("each of others", other))).toList();
        io.elbo4j.train.graph.Rows rows = union(parts);
        return graph.add(new Concatenate(name, parts.stream().map(part -> graph.repeat(part, rows)).toList()));
    }

    @Override
    protected void forward(Plan plan) {
        long at = 0;
        for (Value part : parts) {
            plan.launch(Rows.copy(plan.value(part), plan.value(this).columns(at, at + part.columns())));
            at += part.columns();
        }
    }

    @Override
    protected void backward(Plan plan) {
        long at = 0;
        for (Value part : parts) {
            if (plan.wants(part)) {
                plan.launch(Rows.copy(plan.gradient(this).columns(at, at + part.columns()), plan.gradientOf(part)));
            }
            at += part.columns();
        }
    }
}
