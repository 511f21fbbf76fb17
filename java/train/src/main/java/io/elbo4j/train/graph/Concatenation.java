package io.elbo4j.train.graph;

import io.elbo4j.operation.Rows;
import java.util.List;

/** See {@link Graph#concatenate}. */
final class Concatenation extends Value {
    private final List<Value> parts;

    Concatenation(String name, List<Value> parts) {
        super(name, parts.stream().mapToLong(Value::columns).sum(), union(parts), parts,
                parts.stream().anyMatch(Value::differentiable));
        this.parts = parts;
    }

    @Override
    void forward(Plan plan) {
        long at = 0;
        for (Value part : parts) {
            plan.launch(Rows.copy(plan.value(part), plan.value(this).columns(at, at + part.columns())));
            at += part.columns();
        }
    }

    @Override
    void backward(Plan plan) {
        long at = 0;
        for (Value part : parts) {
            if (part.differentiable()) {
                plan.launch(Rows.copy(plan.gradient(this).columns(at, at + part.columns()),
                        plan.target(part, false)));
            }
            at += part.columns();
        }
    }
}
