package io.elbo4j.train.model;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Activation;
import io.elbo4j.train.ObjectiveKind;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.distribution.Categorical;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Binarise;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.StopGradient;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.objective.ScoreFunction;
import io.elbo4j.train.schedule.Schedule;
import java.util.List;
import java.util.function.BiFunction;

/**
 * A VAE whose latent variable is one of C classes, trained by the score function with a learned baseline of x (Mnih and
 * Gregor 2014): no gradient passes through the draw.
 */
public final class CategoricalVae extends GraphModel<CategoricalVae.Settings> {
    /**
     * The shape of the model.
     *
     * @param columns of x, at least 1
     */
    public record Settings(long columns,
            @Setting("units of the encoder's hidden layers, at most 100, as 400 or 400,200; the decoder's are the same"
                    + " in reverse") List<Integer> hidden,
            @Setting("classes of the latent variable, at least 2") int latent,
            @Setting("of hidden layers: " + HiddenActivation.NAMES) Activation activation,
            @Setting("of x given z: as of vae, but not gaussian-fixed; classes are 256, components"
                    + " 5") LikelihoodKind likelihood,
            @Setting(value = "dynamic: values in [0, 1] are drawn to zeros and ones anew at every step; none: taken as"
                    + " they are", words = {
                            "none", "dynamic"}) boolean binarise){
        public Settings {
            // all that a VAE's settings refuse is refused here in the same words
            hidden = new VaeSettings(columns, hidden, latent, activation, likelihood, 1, binarise).hidden();
            require(latent >= 2, "latent", "at least 2 classes", latent);
            likelihood.requireNotFixed();
        }
    }

    /** How it is registered. */
    public static final class Kind extends NamedKind<Settings> {
        /** For the service loader. */
        public Kind() {
            super("categorical-vae",
                    "a VAE whose latent variable is a class, trained by the score function with a learned baseline",
                    Settings.class);
        }

        @Override
        public Settings defaults(DataShape data) {
            return new Settings(data.columns(Images.X), List.of(400), 20, Activation.RELU, LikelihoodKind.BERNOULLI,
                    false);
        }

        @Override
        public CategoricalVae create(Settings settings) {
            return new CategoricalVae(settings);
        }
    }

    private final Value baseline;

    public CategoricalVae(Settings settings) {
        this(settings, (g, q) -> g.latent(Z, q)); // p(z) = 1/C
    }

    /**
     * The same network around another treatment of its latent variable: for comparisons.
     *
     * @param latent gives z, with the terms that it has
     */
    public static Graph graph(Settings settings, BiFunction<Graph, Categorical, Value> latent) {
        return new CategoricalVae(settings, latent).graph;
    }

    private CategoricalVae(Settings settings, BiFunction<Graph, Categorical, Value> latent) {
        super(settings);
        List<Integer> hidden = settings.hidden();
        int layers = hidden.size();
        Value data = graph.input(Images.X, settings.columns());
        Value x = settings.binarise() ? Binarise.of("x.binarised", data) : data;
        Value h = settings.likelihood().seen(x);
        for (int i = 0; i < layers; i++) {
            h = Dense.of("encoder." + i, h, hidden.get(i), settings.activation());
        }
        Categorical q = new Categorical(Dense.of("posterior", h, settings.latent(), Activation.IDENTITY)); // q(z | x)
        baseline = Dense.of("baseline", StopGradient.of(h), 1, Activation.IDENTITY); // b(x), near log p(x | z)
        Value z = latent.apply(graph, q);
        Value d = z;
        for (int i = 0; i < layers; i++) {
            d = Dense.of("decoder." + i, d, hidden.get(layers - 1 - i), settings.activation());
        }
        Distribution p = settings.likelihood().of(d, settings.columns()); // p(x | z)
        graph.observe("reconstruction", p, x);
        outputs.put(POSTERIOR_MEAN, q.mean());
        outputs.put(Z, z);
        outputs.put(MEAN, p.mean());
    }

    /** d/dq = (log p(x | z) - b(x)) d log q(z | x) - klWeight d KL(q || p). */
    @Override
    public Objective objective(ObjectiveKind kind, Schedule klWeight, double freeBits) {
        require(kind == ObjectiveKind.ELBO, "objective",
                "elbo for a latent variable of classes, which is trained by the score function",
                kind.inWords());
        return objective(klWeight, freeBits);
    }

    @Override
    public Objective objective(Schedule klWeight, double freeBits) {
        require(freeBits == 0, "freeBits", "0 for a latent variable of classes", freeBits);
        return new ScoreFunction().withKlWeight(klWeight).withBaseline(baseline);
    }
}
