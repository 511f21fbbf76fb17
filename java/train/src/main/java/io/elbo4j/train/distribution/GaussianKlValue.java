package io.elbo4j.train.distribution;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Matrix;
import io.elbo4j.operation.GaussianKl;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.stream.Stream;

/**
 * KL(q || p) of two diagonal Gaussians as a value, one column, in nats: for terms that are composed, as a KL that is
 * masked step by step (Kingma and Welling 2014, appendix B).
 */
public final class GaussianKlValue extends Value {
    private final DiagonalGaussian q;
    private final DiagonalGaussian p;

    private GaussianKlValue(String name, DiagonalGaussian q, DiagonalGaussian p, Rows rows) {
        super(name, 1, rows, Stream.concat(q.parameters().stream(), p.parameters().stream()).toList(), List.of());
        this.q = q;
        this.p = p;
    }

    /**
     * Its rows have the axes of both.
     *
     * @throws io.elbo4j.ArgumentException if they have not equally many columns
     */
    public static Value of(String name, DiagonalGaussian q, DiagonalGaussian p) {
        require(p.columns() == q.columns(), "p", "a Gaussian of as many columns as q, " + q.columns(), p.columns());
        Graph graph = q.mean().graph();
        Rows rows = q.rows().union(p.rows());
        return graph.add(new GaussianKlValue(name, q.with(v -> graph.repeat(v, rows)), p.with(v -> graph.repeat(v,
                rows)), rows));
    }

    @Override
    protected void forward(Plan plan) {
        plan.launch(GaussianKl.forward(plan.value(q.mean()), plan.value(q.logVariance()), plan.value(p.mean()), plan
                .value(p.logVariance()), plan.value(this)));
    }

    @Override
    protected void backward(Plan plan) {
        boolean learned = plan.wants(p.mean()) || plan.wants(p.logVariance());
        plan.launch(GaussianKl.backward(plan.value(q.mean()), plan.value(q.logVariance()), plan.value(p.mean()), plan
                .value(p.logVariance()), plan.gradient(this), null, gradient(plan, q.mean()), gradient(plan, q
                        .logVariance()), learned ? gradient(plan, p.mean()) : null, learned ? gradient(plan, p
                                .logVariance()) : null));
    }

    private Matrix gradient(Plan plan, Value of) {
        return plan.wants(of) ? plan.gradientOf(of) : plan.buffer(this, "gradient of " + of.name()
                + " that nobody wants", plan.rows(this), of.columns());
    }
}
