package io.elbo4j.train.model;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Activation;
import io.elbo4j.train.data.DataKinds;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.KlPerDimension;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Support;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Binarise;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The conditional VAE (Sohn et al. 2015; Kingma et al. 2014, M2 with labels that are all known): a VAE of x given its
 * label y, with q(z | x, y) and p(x | z, y). Its ELBO bounds log p(x | y), by one of two conventions:
 *
 * <pre>
 *   standard  p(x | y) = the integral of p(x | z, y) p(z),      z independent of what is given
 *   learned   p(x | y) = the integral of p(x | z, y) p(z | y),  z depends on it
 * </pre>
 *
 * Both can express the same p(x | y): what the second one's prior knows of y, the first one's decoder has to know.
 * Sohn et al., and {@link CompletionVae}, write p(y | x) for what is modelled and what is given: the letters are
 * exchanged.
 */
public final class ConditionalVae extends GraphModel<ConditionalVae.Settings> {
    /** What p(z) knows of the label. */
    public enum Prior {
        /** nothing: N(0, I) */
        STANDARD,
        /** it: a Gaussian for each label, learned */
        LEARNED
    }

    /**
     * The shape of the model.
     *
     * @param columns of x, at least 1
     * @param classes of y, at least 1
     */
    public record Settings(long columns, long classes,
            @Setting("units of the encoder's hidden layers, at most 100, as 400 or 400,200; the decoder's are the same"
                    + " in reverse") List<Integer> hidden,
            @Setting("latent dimensions") int latent,
            @Setting("of hidden layers: " + HiddenActivation.NAMES) Activation activation,
            @Setting("of x given z: as of vae, but not gaussian-fixed; classes are 256, components"
                    + " 5") LikelihoodKind likelihood,
            @Setting(value = "dynamic: values in [0, 1] are drawn to zeros and ones anew at every step; none: taken as"
                    + " they are", words = {
                            "none", "dynamic"}) boolean binarise,
            @Setting({
                    "of z", "standard: N(0, I), whatever the label",
                    "learned: a Gaussian for each label"}) Prior prior){
        public Settings {
            // all that a VAE's settings refuse is refused here in the same words
            hidden = new VaeSettings(columns, hidden, latent, activation, likelihood, 1, binarise).hidden();
            require(classes >= 1, "classes", "at least 1", classes);
            likelihood.requireNotFixed();
            Objects.requireNonNull(prior, "prior");
        }
    }

    /** How it is registered. */
    public static final class Kind extends NamedKind<Settings> {
        /** For the service loader. */
        public Kind() {
            super("conditional-vae", "a VAE of x given its label: q(z | x, y) and p(x | z, y); data with labels",
                    Settings.class);
        }

        @Override
        public Settings defaults(DataShape data) {
            return new Settings(data.columns(Images.X), data.columns(Images.LABEL), List.of(400),
                    data.kind() == DataKinds.SPRITES ? 10 : 20, Activation.RELU, LikelihoodKind.BERNOULLI, false,
                    Prior.STANDARD);
        }

        @Override
        public ConditionalVae create(Settings settings) {
            return new ConditionalVae(settings);
        }

        @Override
        public Set<String> arrays() {
            return Set.of(Images.X, Images.LABEL);
        }

        @Override
        public Map<String, Object> earlier() {
            return Map.of("prior", Prior.STANDARD);
        }
    }

    public ConditionalVae(Settings settings) {
        super(settings);
        List<Integer> hidden = settings.hidden();
        int layers = hidden.size();
        Value data = graph.input(Images.X, settings.columns());
        Value y = graph.input(Images.LABEL, settings.classes(), Rows.BATCH, Support.ONE_HOT);
        Value x = settings.binarise() ? Binarise.of("x.binarised", data) : data;
        Value h = Concatenate.of("x and label", settings.likelihood().seen(x), y);
        for (int i = 0; i < layers; i++) {
            h = Dense.of("encoder." + i, h, hidden.get(i), settings.activation());
        }
        DiagonalGaussian q = DiagonalGaussian.of("posterior", h, settings.latent()); // q(z | x, y)
        // p(z) = N(0, I), or p(z | y): any function of a row that has one 1 is linear
        Value z = graph.latent(Z, q, settings.prior() == Prior.STANDARD ? null : DiagonalGaussian.of("prior", y,
                settings
                        .latent()));
        Value d = Concatenate.of("z and label", z, y);
        for (int i = 0; i < layers; i++) {
            d = Dense.of("decoder." + i, d, hidden.get(layers - 1 - i), settings.activation());
        }
        Distribution p = settings.likelihood().of(d, settings.columns()); // p(x | z, y)
        graph.observe("reconstruction", p, x);
        KlPerDimension.of((Latent) z);
        outputs.put(POSTERIOR_MEAN, q.mean());
        outputs.put(POSTERIOR_LOG_VARIANCE, q.logVariance());
        outputs.put(Z, z);
        outputs.put(MEAN, p.mean());
    }
}
