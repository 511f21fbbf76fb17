package io.elbo4j.train.distribution;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * log q(z) - log p(z) of samples z of q: an unbiased estimate of KL(q || p), for what has no closed form, as where p
 * depends on z itself through a latent variable above it. Its gradient passes through z, q and p.
 */
public final class SampledKl extends Node {
    private final Value z;
    private final Distribution q;
    private final Distribution p;
    private final Term kl;
    private final Term logRatio;

    private SampledKl(String name, Value z, Distribution q, Distribution p) {
        super(name, Stream.of(List.of(z), q.parameters(), p.parameters()).flatMap(List::stream).toList(), List.of());
        this.z = z;
        this.q = q;
        this.p = p;
        this.kl = new Term(this, Term.Role.KL, z.rows());
        this.logRatio = new Term(this, Term.Role.LOG_RATIO, z.rows());
    }

    /**
     * Adds the two terms to the graph.
     *
     * @param z drawn from q
     * @throws IllegalArgumentException if a distribution has other columns than z, or no gradient with respect to it
     */
    public static SampledKl of(String name, Value z, Distribution q, Distribution p) {
        for (Distribution d : List.of(q, p)) {
            if (d.columns() != z.columns() || !d.differentiatesX()) {
                throw new IllegalArgumentException("the KL '" + name + "' needs distributions of " + z.columns()
                        + " columns that have a gradient with respect to z, not a " + d.getClass().getSimpleName()
                        + " of " + d.columns());
            }
        }
        Graph graph = z.graph();
        UnaryOperator<Value> each = v -> graph.repeat(v, z.rows());
        return graph.add(new SampledKl(name, z, q.observed(each), p.observed(each)));
    }

    @Override
    public List<Term> terms() {
        return List.of(kl, logRatio);
    }

    @Override
    protected void forward(Plan plan) {
        Optional<Matrix> difference = plan.term(kl);
        Optional<Matrix> ratio = plan.term(logRatio);
        if (difference.isPresent() || ratio.isPresent()) {
            densities(plan, plan.weight(kl));
            difference.ifPresent(d -> subtract(plan, "log q", "log p", d));
            ratio.ifPresent(r -> subtract(plan, "log p", "log q", r));
        }
    }

    @Override
    protected void backward(Plan plan) {
        if (plan.term(kl).isPresent() && !plan.weighedBefore(kl)) {
            densities(plan, plan.weight(kl));
        }
    }

    private Matrix column(Plan plan, String role) {
        return plan.buffer(this, role, plan.rows(z), 1);
    }

    private void densities(Plan plan, Optional<Matrix> weight) {
        Optional<Matrix> minus = weight.map(w -> {
            Matrix negative = column(plan, "minus the weight");
            plan.launch(negate(plan, w, negative));
            return negative;
        });
        q.logDensity(plan, z, column(plan, "log q"), weight);
        p.logDensity(plan, z, column(plan, "log p"), minus);
    }

    private void subtract(Plan plan, String first, String second, Matrix target) {
        plan.launch(negate(plan, column(plan, second), target));
        plan.launch(Rows.add(column(plan, first), target));
    }

    /** No kernel changes signs: the product with -1 is exact. */
    private Launch negate(Plan plan, Matrix column, Matrix target) {
        return Matmul.forward(column, plan.constant(this, "minus one", 1, 1, -1), null, false, target);
    }
}
