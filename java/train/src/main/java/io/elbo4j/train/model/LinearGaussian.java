package io.elbo4j.train.model;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Activation;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.exact.FactorAnalysis;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.Scale;

/**
 * A linear-Gaussian model, factor analysis (Bishop 2006, section 12.2.4), with a linear encoder: what log p(x) and
 * p(z given x) are is known, see {@link #exact}. The encoder's covariance is diagonal, which costs nothing at the
 * optimum: W can be turned so that the exact one is (Lucas et al. 2019, theorem 1).
 *
 * <pre>
 *   p(z) = N(0, I),  p(x | z) = N(z W + b, diag(v)),  v = leastDeviation^2 (1 + exp(raw))
 *   q(z | x) = N(x A + a, diag(exp(x B + c)))
 * </pre>
 */
public final class LinearGaussian extends GraphModel<LinearGaussian.Settings> {
    /**
     * The shape of the model.
     *
     * @param columns of x, at least 1
     */
    public record Settings(long columns,
            @Setting("latent dimensions, at least 1") int latent,
            @Setting("the standard deviation of the noise is above this in every column, so that none shrinks to a"
                    + " point; 1e-18 to 1e18") double leastDeviation) {
        public Settings {
            require(columns >= 1 && columns <= Integer.MAX_VALUE, "columns", "at least 1", columns);
            require(latent >= 1, "latent", "at least 1", latent);
            require(leastDeviation >= 1e-18 && leastDeviation <= 1e18, "leastDeviation",
                    "from 1e-18 to 1e18, so that float32 holds its square and the inverse of that", leastDeviation);
        }
    }

    /** How it is registered. */
    public static final class Kind extends NamedKind<Settings> {
        /** For the service loader. */
        public Kind() {
            super("linear-gaussian", "factor analysis: a linear decoder and noise in each column; log p(x) is known",
                    Settings.class);
        }

        @Override
        public Settings defaults(DataShape data) {
            return new Settings(data.columns(Images.X), 2, 0.05);
        }

        @Override
        public LinearGaussian create(Settings settings) {
            return new LinearGaussian(settings);
        }
    }

    public LinearGaussian(Settings settings) {
        super(settings);
        long columns = settings.columns();
        Value x = graph.input(Images.X, columns);
        DiagonalGaussian q = DiagonalGaussian.of("posterior", x, settings.latent()); // q(z | x)
        Value z = graph.latent(Z, q);
        Value mean = Dense.of("decoder", z, columns, Activation.IDENTITY);
        // above 2 log(leastDeviation), and near 0 at first
        float least = (float) (2 * StrictMath.log(settings.leastDeviation()));
        Value raw = LearnedRow.of(graph, "rawLogVariance", columns, Math.max(0, -least));
        Value logVariance = Scale.of(Activate.of(raw, Activation.SOFTPLUS), 1, least);
        DiagonalGaussian p = new DiagonalGaussian(mean, logVariance); // p(x | z)
        graph.observe("reconstruction", p, x);
        outputs.put(POSTERIOR_MEAN, q.mean());
        outputs.put(POSTERIOR_LOG_VARIANCE, q.logVariance());
        outputs.put(Z, z);
        outputs.put(MEAN, p.mean());
    }

    /** W and b, and log v, as they are: the densities of this model in double precision. */
    public FactorAnalysis exact(Parameters parameters) {
        requireGiven("parameters", parameters);
        int columns = (int) settings.columns();
        double[][] weight = new double[settings.latent()][columns];
        double[] bias = new double[columns];
        double[] variance = new double[columns];
        for (Parameter p : graph.parameters()) {
            float[] values = parameters.get(p).value().toArray();
            for (int i = 0; i < values.length; i++) {
                switch (p.name()) {
                    case "decoder.weight" -> weight[i / columns][i % columns] = values[i];
                    case "decoder.bias" -> bias[i] = values[i];
                    case "rawLogVariance" -> variance[i] = StrictMath.pow(settings.leastDeviation(), 2)
                            * (1 + StrictMath.exp(values[i]));
                    default -> {} // the encoder's
                }
            }
        }
        return new FactorAnalysis(weight, bias, variance);
    }
}
