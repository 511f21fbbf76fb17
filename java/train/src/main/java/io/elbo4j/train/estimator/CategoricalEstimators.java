package io.elbo4j.train.estimator;

import io.elbo4j.train.distribution.Categorical;
import io.elbo4j.train.distribution.Enumerated;
import io.elbo4j.train.distribution.RelaxedCategorical;
import io.elbo4j.train.estimator.Estimator.Bound;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.OneHot;
import io.elbo4j.train.model.CategoricalVae;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.Enumeration;
import io.elbo4j.train.objective.ScoreFunction;
import io.elbo4j.train.schedule.Schedule;
import java.util.List;

/**
 * Those of a VAE whose z is a class: exact, by the score function, and by relaxed classes (Jang et al. 2017; Maddison
 * et al. 2017), which have a bias.
 */
public final class CategoricalEstimators {
    private static final String Z = "z";

    private CategoricalEstimators() {}

    /**
     * The first is exact: it enumerates the classes.
     *
     * @param temperature of the relaxed ones
     */
    public static List<Estimator> of(CategoricalVae.Settings settings, float temperature) {
        CategoricalVae model = new CategoricalVae(settings);
        Graph exact = CategoricalVae.graph(settings, (g, q) -> g.latent(Z, new Enumerated(q)));
        Graph relaxed = CategoricalVae.graph(settings, (g, q) -> relaxed(g, q, temperature));
        Graph straight = CategoricalVae.graph(settings, (g, q) -> OneHot.straightThrough(relaxed(g, q, temperature)));
        Baselines baselines = new Baselines(CategoricalVae.graph(settings, (g, q) -> g.latent(Z, q)));
        return List.of(new Estimator("exact, all classes", Bound.ELBO, false, exact, new Enumeration(), 1,
                settings.latent(), List.of()),
                new Estimator("score function", Bound.ELBO, false, model.graph(), new ScoreFunction(), 1),
                baselines.moving(),
                new Estimator("score function, the model's learned baseline", Bound.ELBO, false, model.graph(), model
                        .objective(Schedule.constant(1), 0), 1),
                new Estimator("score function, the other samples as a baseline", Bound.ELBO, false, model.graph(),
                        new ScoreFunction().withLeaveOneOut(), 2),
                new Estimator("Gumbel-softmax", Bound.ELBO, true, relaxed, new Elbo(), 1),
                new Estimator("straight-through Gumbel-softmax", Bound.ELBO, true, straight, new Elbo(), 1));
    }

    private static Value relaxed(Graph graph, Categorical q, float temperature) {
        // under a Categorical, so that the KL is that of the classes
        Categorical prior = new Categorical(io.elbo4j.train.layer.ConstantRow.of(graph, "prior.logits", q.columns(),
                0));
        return RelaxedCategorical.point(graph.latent(Z, new RelaxedCategorical(q.logits(), temperature), prior));
    }
}
