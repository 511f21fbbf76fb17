package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * Numbers drawn anew in every run from the standard logistic distribution, log u - log(1 - u): logit + l is above 0
 * with probability sigmoid(logit). From -17.33 to 15.94.
 */
public final class LogisticNoise extends Value {
    private LogisticNoise(String name, Rows rows, long columns) {
        super(name, columns, rows, List.of(), List.of());
    }

    /**
     * @param rows have the axis BATCH
     * @throws IllegalArgumentException if they have not
     */
    public static Value of(Graph graph, String name, Rows rows, long columns) {
        return requireGiven("graph", graph).add(new LogisticNoise(name, UniformNoise.requireShape(name, rows, columns),
                columns));
    }

    /** For distributions: adds the launches that draw. */
    public static void draw(Plan plan, Node owner, Noise noise, Matrix target) {
        Matrix other = plan.buffer(owner, "log of one less the draws", target.rows(), target.columns());
        plan.launch(UniformNoise.draw(noise, target));
        plan.launch(Arithmetic.scaleAndShift(-1, 1, target, other));
        plan.launch(Elementwise.activation(Activation.LOG, other, other));
        plan.launch(Elementwise.activation(Activation.LOG, target, target));
        plan.launch(Arithmetic.subtract(target, other, target));
    }

    @Override
    protected void forward(Plan plan) {
        draw(plan, this, plan.noise(this, rows()), plan.value(this));
    }
}
