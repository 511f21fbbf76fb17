package io.elbo4j.train.graph;

import io.elbo4j.operation.Rows;
import java.util.List;

/** See {@link Graph#concatenate}. */
final class Concatenation extends Value {
    private final List<Value> parts;

    Concatenation(String name, List<Value> parts) {
        super(name, parts.stream().mapToLong(Value::columns).sum(), parts.stream().anyMatch(Value::perSample),
                parts.stream().anyMatch(Value::differentiable));
        for (Value part : parts) {
            if (part.perSample() != perSample()) {
                throw new IllegalArgumentException("concatenate '" + name + "': '" + part.name()
                        + "' has one row per row of the batch, another part one per sample");
            }
        }
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
