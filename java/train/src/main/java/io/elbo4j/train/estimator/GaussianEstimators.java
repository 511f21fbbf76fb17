package io.elbo4j.train.estimator;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.Draw;
import io.elbo4j.train.distribution.GaussianKlValue;
import io.elbo4j.train.distribution.LogDensity;
import io.elbo4j.train.distribution.ValueTerm;
import io.elbo4j.train.estimator.Estimator.Bound;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.StopGradient;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.objective.DoublyReparameterised;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.ImportanceWeighted;
import io.elbo4j.train.objective.SampledElbo;
import io.elbo4j.train.objective.ScoreFunction;
import io.elbo4j.train.objective.StickingTheLanding;
import java.util.List;
import java.util.Locale;

/** Those of a VAE with a Gaussian q(z | x): through the draw (Kingma and Welling 2014), or by the score of q. */
public final class GaussianEstimators {
    private GaussianEstimators() {}

    /**
     * The first is the one that the others are compared with.
     *
     * @param settings with the prior N(0, I), to which the KL is
     */
    public static List<Estimator> of(VaeSettings settings) {
        require(settings.prior() == VaeSettings.Prior.STANDARD, "prior", "standard, whose KL has a closed form",
                settings
                        .prior().name().toLowerCase(Locale.ROOT));
        Graph path = new Vae(settings).graph();
        Graph score = Vae.graph(settings, GaussianEstimators::withoutPath);
        Baselines baselines = new Baselines(score);
        return List.of(new Estimator("reparameterised, KL in closed form", Bound.ELBO, false, path, new Elbo(), 1),
                new Estimator("reparameterised, sampled KL", Bound.ELBO, false, path, new SampledElbo(), 1),
                new Estimator("sticking the landing", Bound.ELBO, false, path, new StickingTheLanding(
                        new SampledElbo()), 1),
                new Estimator("score function", Bound.ELBO, false, score, new ScoreFunction(), 1),
                baselines.moving(), baselines.learned(),
                new Estimator("score function, the other samples as a baseline", Bound.ELBO, false, score,
                        new ScoreFunction().withLeaveOneOut(), 2),
                new Estimator("importance-weighted", Bound.IMPORTANCE_WEIGHTED, false, path, new ImportanceWeighted(),
                        1),
                new Estimator("doubly reparameterised", Bound.IMPORTANCE_WEIGHTED, false, path,
                        new DoublyReparameterised(), 1));
    }

    /** A sample whose gradient is stopped, with the KL and the score of q as terms. */
    private static Value withoutPath(Graph graph, DiagonalGaussian q) {
        Value z = StopGradient.of(Draw.of("z", q));
        Value zeros = ConstantRow.of(graph, "zeros", q.columns(), 0);
        ValueTerm.of("kl", Term.Role.KL, GaussianKlValue.of("KL of z", q, new DiagonalGaussian(zeros, zeros)));
        ValueTerm.of("score", Term.Role.LOG_Q, LogDensity.of("log q(z)", q, z));
        return z;
    }
}
