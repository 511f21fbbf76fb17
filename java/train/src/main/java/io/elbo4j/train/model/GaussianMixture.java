package io.elbo4j.train.model;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Activation;
import io.elbo4j.train.ObjectiveKind;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.distribution.Categorical;
import io.elbo4j.train.distribution.ComposedLatent;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.LogDensity;
import io.elbo4j.train.distribution.Mixture;
import io.elbo4j.train.exact.MixtureOfGaussians;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Flatten;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.LearnedRowPer;
import io.elbo4j.train.layer.MatrixProduct;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.schedule.Schedule;
import java.util.stream.DoubleStream;

/**
 * A mixture of Gaussians with diagonal covariances (Bishop 2006, section 9.2). The latent variable is the component,
 * which is summed out: the objective is the exact log p(x), and its gradient that of EM's expected log-likelihood at
 * the exact posterior (Fisher's identity), the responsibilities (equation 9.13).
 *
 * <pre>
 *   p(x) = sum_c pi_c N(x; mean_c, exp(logVariance_c)),  p(z = c | x) = pi_c N(x; ...) / p(x)
 * </pre>
 */
public final class GaussianMixture extends GraphModel<GaussianMixture.Settings> {
    /**
     * The shape of the model.
     *
     * @param columns of x, at least 1
     */
    public record Settings(long columns,
            @Setting("how many Gaussians, at least 1") int components,
            @Setting("a component's standard deviation is above this in every column, so that none shrinks to a point,"
                    + " where the density has no bound; 1e-18 to 1e18") double leastDeviation,
            @Setting("their means begin between minus this and this, above 0") double spread) {
        public Settings {
            require(columns >= 1, "columns", "at least 1", columns);
            require(components >= 1, "components", "at least 1", components);
            require(leastDeviation >= 1e-18 && leastDeviation <= 1e18, "leastDeviation",
                    "from 1e-18 to 1e18, so that float32 holds its square and the inverse of that", leastDeviation);
            require((float) spread > 0 && spread <= 1e18, "spread", "above 0 and at most 1e18", spread);
        }
    }

    /** How it is registered. */
    public static final class Kind extends NamedKind<Settings> {
        /** For the service loader. */
        public Kind() {
            super("gaussian-mixture", "a mixture of Gaussians with diagonal covariances, by its exact log p(x)",
                    Settings.class);
        }

        @Override
        public Settings defaults(DataShape data) {
            return new Settings(data.columns(Images.X), 10, 0.05, 1);
        }

        @Override
        public GaussianMixture create(Settings settings) {
            return new GaussianMixture(settings);
        }
    }

    public GaussianMixture(Settings settings) {
        super(settings);
        int components = settings.components();
        long columns = settings.columns();
        Value x = graph.input(Images.X, columns);
        Value logits = LearnedRow.of(graph, "logits", components, 0); // pi = softmax(logits)
        Value means = LearnedRowPer.of(graph, Axis.COMPONENT, "mean", components, columns, (float) settings.spread());
        // above 2 log(leastDeviation), and near 0 at first
        float least = (float) (2 * StrictMath.log(settings.leastDeviation()));
        Value raw = LearnedRowPer.constant(graph, Axis.COMPONENT, "rawLogVariance", components, columns, Math.max(0,
                -least));
        Value logVariances = Scale.of(Activate.of(raw, Activation.SOFTPLUS), 1, least);
        DiagonalGaussian each = new DiagonalGaussian(means, logVariances);
        graph.observe("log p(x)", new Mixture(logits, each), x);

        Value joint = Add.of(Flatten.of(LogDensity.of("log p(x given z)", each, x), Axis.COMPONENT), logits);
        Categorical posterior = new Categorical(joint); // log p(x, z) of each z are the logits of p(z | x)
        Value z = ComposedLatent.of(Z, posterior, new Categorical(logits), posterior.draw(Z));
        outputs.put(POSTERIOR_MEAN, posterior.mean());
        outputs.put(Z, z);
        outputs.put(MEAN, MatrixProduct.of(z, means));
    }

    @Override
    public void check(TrainingSettings training) {
        super.check(training);
        require(training.klWarmUp() == 0, "klWarmUp", "0 for a model without a KL", training.klWarmUp());
    }

    /** Minus log p(x): there is no KL to weigh. */
    @Override
    public Objective objective(ObjectiveKind kind, Schedule klWeight, double freeBits) {
        require(kind == ObjectiveKind.ELBO, "objective", "elbo for a model whose log p(x) is exact", kind.inWords());
        require(freeBits == 0, "freeBits", "0 for a model without a KL", freeBits);
        for (long step : new long[] {0, Long.MAX_VALUE}) {
            require(klWeight.at(step) == 1, "klWeight", "1, without a warm-up, for a model without a KL",
                    klWeight.at(step));
        }
        return new Elbo();
    }

    /** The same mixture in double precision. */
    public MixtureOfGaussians exact(Parameters parameters) {
        requireGiven("parameters", parameters);
        int columns = (int) settings.columns();
        double[] share = new double[settings.components()];
        double[][] mean = new double[share.length][columns];
        double[][] variance = new double[share.length][columns];
        for (Parameter p : graph.parameters()) {
            float[] values = parameters.get(p).value().toArray();
            for (int i = 0; i < values.length; i++) {
                switch (p.name()) {
                    case "logits" -> share[i] = StrictMath.exp(values[i] - values[0]);
                    case "mean" -> mean[i / columns][i % columns] = values[i];
                    default -> variance[i / columns][i % columns] = StrictMath.pow(settings.leastDeviation(), 2) * (1
                            + StrictMath.exp(values[i])); // rawLogVariance
                }
            }
        }
        double sum = DoubleStream.of(share).sum();
        return new MixtureOfGaussians(DoubleStream.of(share).map(s -> s / sum).toArray(), mean, variance);
    }
}
