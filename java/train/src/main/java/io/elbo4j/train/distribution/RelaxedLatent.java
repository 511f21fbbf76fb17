package io.elbo4j.train.distribution;

import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Posterior;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Subtract;
import org.jspecify.annotations.Nullable;

/** A differentiable draw of a relaxed distribution. */
final class RelaxedLatent extends ComposedLatent {
    private static final System.Logger LOGGER = System.getLogger("io.elbo4j.train");

    private final @Nullable Value kl;

    /** @param kl in its place; null for a {@link SampledKl} */
    RelaxedLatent(String name, Posterior q, Distribution prior, Value sample, @Nullable Value kl) {
        super(name, q, prior, sample);
        this.kl = kl;
    }

    @Override
    protected void forward(Plan plan) {
        super.forward(plan);
        refuseFreeBits(plan);
    }

    /** In a step of several objectives they are known only here. */
    @Override
    protected void backward(Plan plan) {
        super.backward(plan);
        refuseFreeBits(plan);
    }

    /** There is no KL of each dimension. */
    private void refuseFreeBits(Plan plan) {
        plan.columnWeight(kl());
    }

    @Override
    protected void added(Graph graph) {
        String ratio = "log p / q of " + name();
        if (kl != null) {
            graph.add(new ClosedKl("KL of " + name(), kl));
            ValueTerm.of(ratio, Term.Role.LOG_RATIO, Subtract.of(LogDensity.of("log p of " + name(), prior(), this),
                    LogDensity.of("log q of " + name(), posterior(), this)));
            return;
        }
        LOGGER.log(System.Logger.Level.DEBUG, "The KL of latent variable ''{0}'' is estimated from its samples: a {1}"
                + " has none in closed form to a {2}", name(), posterior().getClass().getSimpleName(),
                prior().getClass().getSimpleName());
        SampledKl.of(ratio, this, posterior(), prior());
    }
}
