package io.elbo4j.train.posterior;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.train.distribution.ValueTerm;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.schedule.Cosine;

/**
 * The Gaussian q with the least KL(q || p), by gradients through its draws (Kucukelbir et al. 2017). The ELBO is
 * E[log p(z) - log N(z; 0, I)] - KL(q || N(0, I)): the target as a likelihood under the standard normal prior, so that
 * the KL is in closed form.
 */
public final class VariationalInference {
    private VariationalInference() {}

    public static GaussianFit fit(Target target, GaussianFamily family, FitSettings settings, Backend backend) {
        int dimensions = target.dimensions();
        Graph g = new Graph();
        Value z = g.latent("z", family.of(g, dimensions));
        Value prior = Scale.of(RowSum.of(Activate.of(z, Activation.SQUARE)), -0.5f, (float) (-0.5 * dimensions
                * StrictMath.log(2 * Math.PI)));
        ValueTerm.of("likelihood", Term.Role.LOG_LIKELIHOOD, Add.of(target.logDensity(z), Scale.of(prior, -1, 0)));
        try (Parameters parameters = new Parameters(backend, g.parameters(), settings.seed());
                Step step = Step.of(g, parameters, backend).samples(settings.samples()).seed(settings.seed()).minimise(
                        new Elbo(), new Adam(new Cosine(settings.learningRate(), 0, settings.updates()))).compile()) {
            for (int t = 0; t < settings.updates(); t++) {
                step.run(t);
            }
            float[] mean = GaussianFamily.learned(parameters, GaussianFamily.MEAN);
            double[] wide = new double[dimensions];
            for (int d = 0; d < dimensions; d++) {
                wide[d] = mean[d];
            }
            return new GaussianFit(wide, family.factor(parameters, dimensions), (long) settings.samples() * settings
                    .updates());
        }
    }
}
