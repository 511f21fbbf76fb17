package io.elbo4j.train.model;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.train.ObjectiveKind;
import io.elbo4j.train.data.DataKinds;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.KlPerDimension;
import io.elbo4j.train.distribution.MixturePrior;
import io.elbo4j.train.distribution.PriorDiscrepancy;
import io.elbo4j.train.distribution.TotalCorrelation;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Binarise;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.model.VaeSettings.Prior;
import io.elbo4j.train.run.Trained;
import io.elbo4j.train.schedule.Schedule;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * The variational autoencoder (Kingma and Welling 2014; Rezende et al. 2014): a diagonal Gaussian posterior computed
 * from x by hidden layers, a standard normal prior or a mixture of Gaussians, whose KL is sampled, and a likelihood
 * whose parameters are computed from z by the same layers in reverse.
 */
public final class Vae extends GraphModel<VaeSettings> {
    /** How it is registered. */
    public static final class Kind extends NamedKind<VaeSettings> {
        private static final int SPRITES_LATENT = 10;

        /** For the service loader. */
        public Kind() {
            super("vae", "the variational autoencoder: a Gaussian q(z | x), prior N(0, I) or a learned mixture of"
                    + " Gaussians, dense layers",
                    VaeSettings.class);
        }

        @Override
        public VaeSettings defaults(DataShape data) {
            return new VaeSettings(data.columns(Images.X), List.of(400), data.kind() == DataKinds.SPRITES
                    ? SPRITES_LATENT : 20, Activation.RELU, LikelihoodKind.BERNOULLI, 0.1, false);
        }

        @Override
        public Vae create(VaeSettings settings) {
            return new Vae(settings);
        }

        @Override
        public Map<String, Object> earlier() {
            return Map.of("classes", 256, "components", 5, "librarySize", false, "prior", Prior.STANDARD,
                    "priorComponents", 10);
        }

        @Override
        public void check(VaeSettings settings, Set<String> given) {
            LikelihoodKind likelihood = settings.likelihood();
            require(!given.contains("standardDeviation") || likelihood.hasStandardDeviation(), "standardDeviation",
                    "left out with the likelihood " + likelihood.inWords() + " (it goes with gaussian-fixed and"
                            + " gaussian-shared)", settings.standardDeviation());
            require(!given.contains("classes") || likelihood.hasClasses(), "classes", "left out with the likelihood "
                    + likelihood.inWords() + " (it goes with categorical and discretised-logistic-mixture)", settings
                            .classes());
            require(!given.contains("priorComponents") || settings.prior() == Prior.MIXTURE, "priorComponents",
                    "left out with the prior standard (it goes with mixture)", settings.priorComponents());
            require(!given.contains("librarySize") || likelihood.isOfCounts(), "librarySize", "left out with the"
                    + " likelihood " + likelihood.inWords() + " (it goes with those of counts)", settings
                            .librarySize());
            require(!given.contains("components") || likelihood == LikelihoodKind.DISCRETISED_LOGISTIC_MIXTURE,
                    "components", "left out with the likelihood " + likelihood.inWords()
                            + " (it goes with discretised-logistic-mixture)", settings.components());
        }
    }

    private final DiagonalGaussian posterior;
    private final Value z;
    private final Value mean;

    public Vae(VaeSettings settings) {
        this(settings, (g, q) -> g.latent("z", q, settings.prior() == Prior.STANDARD ? null : MixturePrior.of(g,
                "prior", settings.priorComponents(), settings.latent())));
        if (settings.prior() == Prior.STANDARD) {
            KlPerDimension.of((Latent) z);
            TotalCorrelation.of((Latent) z);
            PriorDiscrepancy.of((Latent) z);
        }
    }

    /**
     * The same network around another treatment of its latent variable: for comparisons.
     *
     * @param latent gives z, with the terms that it has
     */
    public static Graph graph(VaeSettings settings, BiFunction<Graph, DiagonalGaussian, Value> latent) {
        return new Vae(settings, latent).graph;
    }

    private Vae(VaeSettings settings, BiFunction<Graph, DiagonalGaussian, Value> latent) {
        super(settings);
        List<Integer> hidden = settings.hidden();
        Value data = graph.input("x", settings.columns());
        Value x = settings.binarise() ? Binarise.of("x.binarised", data) : data;
        Value h = settings.likelihood().seen(x, settings.classes());
        for (int i = 0; i < hidden.size(); i++) {
            h = Dense.of("encoder." + i, h, hidden.get(i), settings.activation());
        }
        posterior = DiagonalGaussian.of("posterior", h, settings.latent());
        z = latent.apply(graph, posterior);
        Value d = z;
        for (int i = hidden.size() - 1; i >= 0; i--) {
            d = Dense.of("decoder." + (hidden.size() - 1 - i), d, hidden.get(i), settings.activation());
        }
        Distribution decoded = settings.likelihood().of(d, settings);
        Distribution likelihood = settings.librarySize() ? VaeSettings.ofLibrary(decoded, x) : decoded;
        graph.observe("reconstruction", likelihood, x);
        mean = likelihood.mean();
        outputs.put(POSTERIOR_MEAN, posterior.mean());
        outputs.put(POSTERIOR_LOG_VARIANCE, posterior.logVariance());
        outputs.put(Z, z);
        outputs.put(MEAN, mean);
        if (settings.librarySize()) {
            outputs.put(GENERATED_MEAN, decoded.mean());
        }
    }

    /**
     * A trained model from its checkpoint, for use.
     *
     * @param file the checkpoint, or the folder of its run
     * @throws io.elbo4j.train.checkpoint.CheckpointException if it cannot be read, or is of another model
     */
    public static Trained load(Path file, Backend backend) {
        return Trained.load(file, backend, Vae.class);
    }

    @Override
    public Objective objective(ObjectiveKind kind, Schedule klWeight, double freeBits) {
        require(settings.prior() == Prior.STANDARD || kind != ObjectiveKind.DOUBLY_REPARAMETERISED, "objective",
                "another one with the prior mixture,"
                        + " whose KL is sampled", kind.inWords());
        return super.objective(kind, klWeight, freeBits);
    }

    @Override
    public Objective objective(Schedule klWeight, double freeBits) {
        require(settings.prior() == Prior.STANDARD || freeBits == 0, "freeBits",
                "0 with the prior mixture, whose KL has no parts of single dimensions",
                freeBits);
        return super.objective(klWeight, freeBits);
    }

    /** q(z | x). */
    public DiagonalGaussian posterior() {
        return posterior;
    }

    public Value z() {
        return z;
    }

    /** Of p(x | z). */
    public Value mean() {
        return mean;
    }

    @Override
    public String advice() {
        return settings.likelihood().hasStandardDeviation() ? "a larger standard deviation (it is "
                + settings.standardDeviation() + ") may help" : "";
    }
}
