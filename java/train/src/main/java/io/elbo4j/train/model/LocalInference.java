package io.elbo4j.train.model;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Activation;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.KlPerDimension;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Binarise;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRows;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A {@link Vae} without an encoder: q(z_i) = N(mean_i, exp(logVariance_i)) of each row i of the data has parameters of
 * its own, 2 x latent of them, which are learned with the decoder (stochastic variational inference, Hoffman et al.
 * 2013). Its memory grows with the data; what it gains is that no encoder is amiss (Cremer et al. 2018: the
 * amortisation gap). Outside training each row's q is fitted anew, see {@link Local}.
 */
public final class LocalInference extends GraphModel<LocalInference.Settings> {
    /**
     * The shape of the model.
     *
     * @param columns of x, at least 1
     * @param rows of the training data, at least 1
     */
    public record Settings(long columns, long rows,
            @Setting("units of the decoder's hidden layers, at most 100, from z on, as 400 or"
                    + " 200,400") List<Integer> hidden,
            @Setting("latent dimensions") int latent,
            @Setting("of hidden layers: " + HiddenActivation.NAMES) Activation activation,
            @Setting("of x given z: as of vae, but not gaussian-fixed; classes are 256, components"
                    + " 5") LikelihoodKind likelihood,
            @Setting(value = "dynamic: values in [0, 1] are drawn to zeros and ones anew at every step; none: taken as"
                    + " they are", words = {
                            "none", "dynamic"}) boolean binarise,
            @Setting("learning rate of each row's q, above 0") double localRate,
            @Setting("updates with which each row's q is fitted where nothing is trained: in evaluation, codes and"
                    + " pictures; at least 1") int localSteps){
        public Settings {
            // all that a VAE's settings refuse is refused here in the same words
            hidden = new VaeSettings(columns, hidden, latent, activation, likelihood, 1, binarise).hidden();
            require(rows >= 1, "rows", "at least 1", rows);
            likelihood.requireNotFixed();
            require((float) localRate > 0 && localRate <= 1e9, "localRate", "above 0 and at most 1e9", localRate);
            require(localSteps >= 1, "localSteps", "at least 1", localSteps);
        }
    }

    /** How it is registered. */
    public static final class Kind extends NamedKind<Settings> {
        /** For the service loader. */
        public Kind() {
            super("local-inference",
                    "a VAE without an encoder: each row of the data has a Gaussian q(z) of its own, which is learned",
                    Settings.class);
        }

        @Override
        public Settings defaults(DataShape data) {
            return new Settings(data.columns(Images.X), data.rows(), List.of(400), 20, Activation.RELU,
                    LikelihoodKind.BERNOULLI, false, 0.3, 100);
        }

        @Override
        public LocalInference create(Settings settings) {
            return new LocalInference(settings);
        }
    }

    private final Value posterior;

    public LocalInference(Settings settings) {
        super(settings);
        Value data = graph.input(Images.X, settings.columns());
        Value x = settings.binarise() ? Binarise.of("x.binarised", data) : data;
        posterior = LearnedRows.of(graph, "posterior", settings.rows(), 2L * settings.latent(), 0);
        DiagonalGaussian q = DiagonalGaussian.halves(posterior); // q(z_i)
        Value z = graph.latent(Z, q);
        Value d = z;
        for (int i = 0; i < settings.hidden().size(); i++) {
            d = Dense.of("decoder." + i, d, settings.hidden().get(i), settings.activation());
        }
        Distribution p = settings.likelihood().of(d, settings.columns()); // p(x | z)
        graph.observe("reconstruction", p, x);
        KlPerDimension.of((Latent) z);
        outputs.put(POSTERIOR_MEAN, q.mean());
        outputs.put(POSTERIOR_LOG_VARIANCE, q.logVariance());
        outputs.put(Z, z);
        outputs.put(MEAN, p.mean());
    }

    @Override
    public Optional<Local> local() {
        return Optional.of(new Local(Set.copyOf(posterior.parameters()), settings.localRate(), settings.localSteps()));
    }
}
