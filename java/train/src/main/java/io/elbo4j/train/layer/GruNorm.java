package io.elbo4j.train.layer;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.LayerNorm;
import io.elbo4j.operation.Transpose;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * The normalisation of a {@link Gru}'s gates, step by step. The moments of a row are kept step after step, as numbers
 * for each row must lie side by side, and turned for the gradient over all steps.
 */
final class GruNorm {
    private final Plan plan;
    private final Value of;
    private final long steps;
    private final Parameter gamma;
    private final Parameter beta;
    private final float epsilon;

    GruNorm(Plan plan, Value of, long steps, Parameter gamma, Parameter beta, float epsilon) {
        this.plan = plan;
        this.of = of;
        this.steps = steps;
        this.gamma = gamma;
        this.beta = beta;
        this.epsilon = epsilon;
    }

    /** The sums of both products, of all steps. */
    Matrix sums() {
        return plan.buffer(of, "sums of products", plan.rows(of), gamma.columns());
    }

    Matrix dSums() {
        return plan.buffer(of, "gradient of products", plan.rows(of), gamma.columns());
    }

    private Matrix moments(String role) {
        return plan.buffer(of, role, steps, plan.rows(of) / steps);
    }

    private Matrix at(String role, long step) {
        Matrix all = moments(role);
        return all.rows(step, step + 1).reshape(all.columns(), 1);
    }

    Launch forward(long step, Matrix sums, Matrix y) {
        return LayerNorm.forward(sums, plan.parameter(gamma), plan.parameter(beta), epsilon, y, at("means", step), at(
                "reciprocal deviations", step));
    }

    Launch backward(long step, Matrix sums, Matrix dY, Matrix dX) {
        return LayerNorm.backward(sums, plan.parameter(gamma), at("means", step), at("reciprocal deviations", step), dY,
                dX);
    }

    /** @param dY of all steps */
    void parameterGradients(Matrix dY) {
        Matrix mean = turned("means");
        Matrix rstd = turned("reciprocal deviations");
        plan.parameterGradients(List.of(gamma, beta), targets -> LayerNorm.parameterGradients(sums(), mean, rstd, dY,
                targets.get(0), targets.get(1)));
    }

    private Matrix turned(String role) {
        Matrix bySequence = plan.buffer(of, role + " by sequence", plan.rows(of) / steps, steps);
        plan.launch(Transpose.of(moments(role), bySequence));
        return bySequence.reshape(plan.rows(of), 1);
    }
}
