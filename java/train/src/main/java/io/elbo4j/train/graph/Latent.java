package io.elbo4j.train.graph;

import java.util.List;
import java.util.stream.Stream;

/**
 * A latent variable: z ~ q, with the terms that compare q with the prior. Where the parameters have samples already, z
 * has one for each; else it adds the axis SAMPLE: rows rK to rK + K - 1 of z are the samples of row r. The KL has a
 * number for each row of the parameters, the log ratio one for each row of z.
 */
public abstract class Latent extends Value {
    private final Posterior posterior;
    private final Distribution prior;
    private final Term kl;
    private final Term logRatio;

    /** @throws IllegalArgumentException if the two have not equally many dimensions, or see {@link #requireDraws} */
    protected Latent(String name, Posterior posterior, Distribution prior) {
        this(name, posterior, prior, Stream.of(posterior, prior).flatMap(d -> d.parameters().stream()).toList());
    }

    /**
     * @param inputs what z is computed from, other than the parameters of the two
     * @throws IllegalArgumentException if the two have not equally many dimensions, or see {@link #requireDraws}
     */
    protected Latent(String name, Posterior posterior, Distribution prior, List<Value> inputs) {
        super(name, posterior.columns(), rows(posterior, prior).union(Rows.of(Axis.SAMPLE)), inputs, List.of());
        requireColumns(name, posterior, prior);
        requireDraws("latent '" + name + "'", posterior, prior);
        this.posterior = posterior;
        this.prior = prior;
        this.kl = new Term(this, Term.Role.KL, rows(posterior, prior));
        this.logRatio = new Term(this, Term.Role.LOG_RATIO, rows());
    }

    static void requireColumns(String name, Distribution posterior, Distribution prior) {
        if (prior.columns() != posterior.columns()) {
            throw new IllegalArgumentException("latent '" + name + "' has " + posterior.columns()
                    + " dimensions, its prior " + prior.columns());
        }
    }

    /** @throws IllegalArgumentException if p has no density of what q draws */
    public static void requireDraws(String what, Distribution q, Distribution p) {
        if (!q.draws().within(p.draws())) {
            throw new IllegalArgumentException(what + ": a " + q.getClass().getSimpleName() + " draws " + q.draws()
                    + ", its prior, a " + p.getClass().getSimpleName() + ", " + p.draws());
        }
    }

    private static Rows rows(Posterior posterior, Distribution prior) {
        return posterior.rows().union(prior.rows());
    }

    /**
     * The rows to which parameters are repeated that have these together: the kernel draws the samples of a row side by
     * side.
     */
    public static Rows rowsOfParameters(Rows ofAll) {
        Rows single = ofAll.union(Rows.BATCH);
        Rows sampled = single.union(Rows.of(Axis.SAMPLE));
        return single.lead(sampled) ? single : sampled;
    }

    public final Posterior posterior() {
        return posterior;
    }

    public final Distribution prior() {
        return prior;
    }

    /** KL(q || prior), where it has a closed form. */
    public final Term kl() {
        return kl;
    }

    /**
     * log prior(z) - log q(z). Who passes its gradient on asks {@link Plan#posteriorsStopped} and
     * {@link Plan#pathWeight}.
     */
    public final Term logRatio() {
        return logRatio;
    }

    @Override
    public List<Term> terms() {
        return List.of(kl, logRatio);
    }

    /** Instead of {@link #forward}: z from the prior alone. */
    final void drawFromPrior(Plan plan) {
        prior.sample(plan, this, plan.noise(this, rows()), plan.value(this));
    }
}
