package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import java.util.List;

/** Numbers drawn anew in every run, uniform in the open interval (0, 1): the logarithms of u and 1 - u are finite. */
public final class UniformNoise extends Value {
    static final float LEAST = 0x1p-25f;
    static final float MOST = 1 - 0x1p-24f;

    private UniformNoise(String name, Rows rows, long columns) {
        super(name, columns, rows, List.of(), List.of());
    }

    /**
     * @param rows have the axis BATCH
     * @throws IllegalArgumentException if they have not
     */
    public static Value of(Graph graph, String name, Rows rows, long columns) {
        return requireGiven("graph", graph).add(new UniformNoise(name, requireShape(name, rows, columns), columns));
    }

    /** Noise is a function of the place of a row in the batch. */
    static Rows requireShape(String name, Rows rows, long columns) {
        requireGiven("name", name);
        if (!requireGiven("rows", rows).has(Axis.BATCH)) {
            throw new IllegalArgumentException("noise '" + name + "' must have a row for each of the batch at least,"
                    + " not rows of " + rows);
        }
        require(columns >= 1, "columns", "at least 1", columns);
        return rows;
    }

    /** For distributions: the launch that draws. */
    public static Launch draw(Noise noise, Matrix target) {
        return RandomFill.uniform(noise, LEAST, MOST, target);
    }

    @Override
    protected void forward(Plan plan) {
        plan.launch(draw(plan.noise(this, rows()), plan.value(this)));
    }
}
