package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.operation.RandomFill;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import java.util.List;

/** Standard normal numbers drawn anew in every run. */
public final class NormalNoise extends Value {
    private NormalNoise(String name, Rows rows, long columns) {
        super(name, columns, rows, List.of(), List.of());
    }

    /**
     * @param rows have the axis BATCH
     * @throws IllegalArgumentException if they have not
     */
    public static Value of(Graph graph, String name, Rows rows, long columns) {
        return requireGiven("graph", graph).add(new NormalNoise(name, UniformNoise.requireShape(name, rows, columns),
                columns));
    }

    @Override
    protected void forward(Plan plan) {
        plan.launch(RandomFill.normal(plan.noise(this, rows()), plan.value(this)));
    }
}
