package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * Numbers drawn anew in every run from the standard Gumbel distribution, -log(-log u): the place of the maximum of
 * logits + g is a draw from softmax(logits) (Gumbel 1954; Maddison et al. 2014). From -2.86 to 15.94.
 */
public final class GumbelNoise extends Value {
    private GumbelNoise(String name, Rows rows, long columns) {
        super(name, columns, rows, List.of(), List.of());
    }

    /**
     * @param rows have the axis BATCH
     * @throws IllegalArgumentException if they have not
     */
    public static Value of(Graph graph, String name, Rows rows, long columns) {
        return requireGiven("graph", graph).add(new GumbelNoise(name, UniformNoise.requireShape(name, rows, columns),
                columns));
    }

    /** For distributions: adds the launches that draw. */
    public static void draw(Plan plan, Noise noise, Matrix target) {
        plan.launch(UniformNoise.draw(noise, target));
        for (int i = 0; i < 2; i++) {
            plan.launch(Elementwise.activation(Activation.LOG, target, target));
            plan.launch(Arithmetic.scale(-1, target, target));
        }
    }

    @Override
    protected void forward(Plan plan) {
        draw(plan, plan.noise(this, rows()), plan.value(this));
    }
}
