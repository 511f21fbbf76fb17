package io.elbo4j.train.model;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Activation;
import io.elbo4j.train.ObjectiveKind;
import io.elbo4j.train.data.DataKinds;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.VampPrior;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Binarise;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.schedule.Schedule;
import java.util.List;
import java.util.function.Function;

/**
 * The VAE whose prior is the average of its posteriors at K learned pseudo-inputs u_k (Tomczak and Welling 2018, VAE
 * with a VampPrior, equation 9):
 *
 * <pre>
 *   p(z) = 1/K sum_k q(z | u_k)
 * </pre>
 *
 * Its KL has no closed form: log q(z | x) - log p(z) of the sample stands for it. Samples are drawn from it as from any
 * mixture: k first, then z.
 */
public final class VampVae extends GraphModel<VampVae.Settings> {
    /**
     * The shape of the model.
     *
     * @param columns of x, in [0, 1], at least 1
     */
    public record Settings(long columns,
            @Setting("units of the encoder's hidden layers, at most 100, as 400 or 400,200; the decoder's are the same"
                    + " in reverse") List<Integer> hidden,
            @Setting("latent dimensions") int latent,
            @Setting("pseudo-inputs of the prior; a step takes time and memory for each of them as for a row of the"
                    + " batch") int pseudoInputs,
            @Setting("of hidden layers: " + HiddenActivation.NAMES) Activation activation,
            @Setting(value = "dynamic: values in [0, 1] are drawn to zeros and ones anew at every step; none: taken as"
                    + " they are", words = {
                            "none", "dynamic"}) boolean binarise){
        public Settings {
            hidden = new VaeSettings(columns, hidden, latent, activation, VaeSettings.LikelihoodKind.BERNOULLI, 1,
                    binarise).hidden();
            require(pseudoInputs >= 1, "pseudoInputs", "at least 1", pseudoInputs);
        }
    }

    /** How it is registered. */
    public static final class Kind extends NamedKind<Settings> {
        /** For the service loader. */
        public Kind() {
            super("vamp-vae", "a VAE whose prior is the mean of q(z | u) over learned pseudo-inputs u; values in"
                    + " [0, 1]", Settings.class);
        }

        @Override
        public Settings defaults(DataShape data) {
            return new Settings(data.columns(Images.X), List.of(400), data.kind() == DataKinds.SPRITES ? 10 : 40,
                    500, Activation.RELU, false);
        }

        @Override
        public VampVae create(Settings settings) {
            return new VampVae(settings);
        }
    }

    public VampVae(Settings settings) {
        super(settings);
        List<Integer> hidden = settings.hidden();
        int layers = hidden.size();
        Value data = graph.input(Images.X, settings.columns());
        Value x = settings.binarise() ? Binarise.of("x.binarised", data) : data;
        Dense[] encoder = new Dense[layers + 1];
        for (int i = 0; i < layers; i++) {
            encoder[i] = new Dense("encoder." + i, i == 0 ? settings.columns() : hidden.get(i - 1), hidden.get(i),
                    settings.activation());
        }
        encoder[layers] = new Dense("posterior", layers == 0 ? settings.columns() : hidden.get(layers - 1), 2L
                * settings.latent(), Activation.IDENTITY);
        Function<Value, DiagonalGaussian> posterior = of -> {
            Value h = of;
            for (Dense layer : encoder) {
                h = layer.apply(h);
            }
            return DiagonalGaussian.halves(h);
        };
        DiagonalGaussian q = posterior.apply(x); // q(z | x)
        Value z = graph.latent(Z, q, VampPrior.of(graph, "pseudo-inputs", settings.pseudoInputs(), settings.columns(),
                posterior));
        Value d = z;
        for (int i = 0; i < layers; i++) {
            d = Dense.of("decoder." + i, d, hidden.get(layers - 1 - i), settings.activation());
        }
        Bernoulli p = new Bernoulli(Dense.of("logits", d, settings.columns(), Activation.IDENTITY)); // p(x | z)
        graph.observe("reconstruction", p, x);
        outputs.put(POSTERIOR_MEAN, q.mean());
        outputs.put(POSTERIOR_LOG_VARIANCE, q.logVariance());
        outputs.put(Z, z);
        outputs.put(MEAN, p.mean());
    }

    @Override
    public Objective objective(ObjectiveKind kind, Schedule klWeight, double freeBits) {
        require(kind != ObjectiveKind.DOUBLY_REPARAMETERISED, "objective", "another one with the vamp-vae,"
                + " whose KL is sampled", kind.inWords());
        return super.objective(kind, klWeight, freeBits);
    }

    @Override
    public Objective objective(Schedule klWeight, double freeBits) {
        require(freeBits == 0, "freeBits", "0 with the vamp-vae, whose KL has no parts of single dimensions",
                freeBits);
        return super.objective(klWeight, freeBits);
    }
}
