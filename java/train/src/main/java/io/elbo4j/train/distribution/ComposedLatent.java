package io.elbo4j.train.distribution;

import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Posterior;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import java.util.List;

/**
 * A latent variable whose sample is another value of the graph, composed of noise and arithmetic, or not drawn at all.
 * What it costs are terms of other nodes: a {@link SampledKl} of it, or a {@link ValueTerm}. Where latent variables are
 * drawn from their priors, or it is given, the sample is not computed.
 */
public class ComposedLatent extends Latent {
    private final Value sample;

    /** See {@link #of}; the parameters have the rows that {@link Latent#rowsOfParameters} says. */
    protected ComposedLatent(String name, Posterior q, Distribution prior, Value sample) {
        super(name, q, prior, List.of(sample));
        if (sample.columns() != columns() || !sample.rows().equals(rows())) {
            throw new IllegalArgumentException("latent '" + name + "': its sample '" + sample.name() + "' must have "
                    + columns() + " columns and rows of " + rows() + ", not " + sample.columns() + " and "
                    + sample.rows());
        }
        this.sample = sample;
    }

    /**
     * Adds it to the graph, without any term.
     *
     * @param sample a draw from q, with a row for each sample
     * @throws IllegalArgumentException if it has other columns than q or other rows
     */
    public static ComposedLatent of(String name, Posterior q, Distribution prior, Value sample) {
        Graph graph = sample.graph();
        io.elbo4j.train.graph.Rows rows = rowsOfParameters(q.rows().union(prior.rows()));
        return graph.add(new ComposedLatent(name, q.with(v -> graph.repeat(v, rows)), prior.with(v -> graph.repeat(v,
                rows)), sample));
    }

    @Override
    public final List<Term> terms() {
        return List.of();
    }

    @Override
    protected void forward(Plan plan) {
        plan.launch(Rows.copy(plan.value(sample), plan.value(this)));
    }

    @Override
    protected void backward(Plan plan) {
        plan.launch(Rows.copy(plan.gradient(this), plan.gradientOf(sample)));
    }
}
