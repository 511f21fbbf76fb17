package io.elbo4j.train.model;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Activation;
import io.elbo4j.train.ObjectiveKind;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.distribution.ComposedLatent;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.Draw;
import io.elbo4j.train.distribution.KlPerDimension;
import io.elbo4j.train.distribution.SampledKl;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Binarise;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.schedule.Schedule;
import java.util.List;
import java.util.Map;

/**
 * The VAE with two stochastic layers (Burda et al. 2016, section 5 and appendix C): q(h1 | x) q(h2 | h1) and p(x | h1)
 * p(h1 | h2) p(h2), each conditional computed by two deterministic layers. Its ELBO is
 *
 * <pre>
 *   E[log p(x | h1)] - E[log q(h1 | x) - log p(h1 | h2)] - E[KL(q(h2 | h1) || p(h2))]
 * </pre>
 *
 * whose second term is sampled, as h2 depends on h1. Free bits and the KL per dimension are of h2. Its code z is h2.
 */
public final class HierarchicalVae extends GraphModel<HierarchicalVae.Settings> {
    /**
     * The shape of the model.
     *
     * @param columns of x, at least 1
     */
    public record Settings(long columns,
            @Setting("units of two layers between x and h1, and of two between h1 and h2") List<Integer> hidden,
            @Setting("dimensions of h1 and of h2") List<Integer> latents,
            @Setting("of hidden layers: " + HiddenActivation.NAMES) Activation activation,
            @Setting(value = "dynamic: values in [0, 1] are drawn to zeros and ones anew at every step; none: taken as"
                    + " they are", words = {
                            "none", "dynamic"}) boolean binarise,
            @Setting("of x given h1: as of vae, but not gaussian-fixed; classes are 256, components"
                    + " 5") LikelihoodKind likelihood){
        /** With a Bernoulli likelihood. */
        public Settings(long columns, List<Integer> hidden, List<Integer> latents, Activation activation,
                boolean binarise) {
            this(columns, hidden, latents, activation, binarise, LikelihoodKind.BERNOULLI);
        }

        public Settings {
            likelihood.requireNotFixed();
            require(!binarise || likelihood == LikelihoodKind.BERNOULLI, "binarise", "left out with the likelihood "
                    + likelihood.inWords() + " (it goes with bernoulli)", true);
            require(columns >= 1, "columns", "at least 1", columns);
            hidden = pair("hidden", hidden);
            latents = pair("latents", latents);
            HiddenActivation.require(activation);
        }

        private static List<Integer> pair(String name, List<Integer> given) {
            boolean isPair = given.size() == 2 && given.get(0) >= 1 && given.get(1) >= 1;
            require(isPair, name, "two numbers of at least 1", given);
            return List.copyOf(given);
        }
    }

    /** How it is registered. */
    public static final class Kind extends NamedKind<Settings> {
        /** For the service loader. */
        public Kind() {
            super("hierarchical-vae",
                    "a VAE with two stochastic layers, q(h1 | x) q(h2 | h1), as Burda et al. 2016",
                    Settings.class);
        }

        @Override
        public Map<String, Object> earlier() {
            return Map.of("likelihood", LikelihoodKind.BERNOULLI);
        }

        @Override
        public Settings defaults(DataShape data) {
            return new Settings(data.columns(Images.X), List.of(200, 100), List.of(100, 50), Activation.TANH, false,
                    LikelihoodKind.BERNOULLI);
        }

        @Override
        public HierarchicalVae create(Settings settings) {
            return new HierarchicalVae(settings);
        }
    }

    public HierarchicalVae(Settings settings) {
        super(settings);
        int outer = settings.hidden().get(0);
        int inner = settings.hidden().get(1);
        int columns1 = settings.latents().get(0);
        Value data = graph.input(Images.X, settings.columns());
        Value x = settings.binarise() ? Binarise.of("x.binarised", data) : data;
        Value seen = settings.likelihood().seen(x);
        DiagonalGaussian q1 = DiagonalGaussian.of("posterior1", layers("encoder1", seen, outer), columns1); // q(h1 | x)
        Value h1 = Draw.of("h1", q1);
        DiagonalGaussian q2 = DiagonalGaussian.of("posterior2", layers("encoder2", h1, inner), settings.latents().get(
                1)); // q(h2 | h1)
        Value h2 = graph.latent("h2", q2); // p(h2) = N(0, I)
        DiagonalGaussian p1 = DiagonalGaussian.of("prior1", layers("decoder2", h2, inner), columns1); // p(h1 | h2)
        SampledKl.of("KL of h1", h1, q1, p1);
        // h1, or where latent variables are drawn from their priors a draw of p(h1 | h2)
        Value given = ComposedLatent.of("h1.generated", q1, p1, h1);
        Distribution p = settings.likelihood().of(layers("decoder1", given, outer), settings.columns()); // p(x | h1)
        graph.observe("reconstruction", p, x);
        KlPerDimension.of((Latent) h2);
        outputs.put(POSTERIOR_MEAN, q2.mean());
        outputs.put(POSTERIOR_LOG_VARIANCE, q2.logVariance());
        outputs.put(Z, h2);
        outputs.put(MEAN, p.mean());
        outputs.put("h1", h1);
        outputs.put("h1.posterior.mean", q1.mean());
        outputs.put("h1.posterior.logVariance", q1.logVariance());
    }

    private Value layers(String name, Value from, int units) {
        Value first = Dense.of(name + ".0", from, units, settings.activation());
        return Dense.of(name + ".1", first, units, settings.activation());
    }

    @Override
    public Objective objective(ObjectiveKind kind, Schedule klWeight, double freeBits) {
        require(kind != ObjectiveKind.DOUBLY_REPARAMETERISED, "objective", "another one with the hierarchical-vae,"
                + " whose q(h2 | h1) depends on a latent variable", kind.inWords());
        return super.objective(kind, klWeight, freeBits);
    }
}
