package io.elbo4j.train.model;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Activation;
import io.elbo4j.train.ObjectiveKind;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.Draw;
import io.elbo4j.train.distribution.KlPerDimension;
import io.elbo4j.train.distribution.LogDensity;
import io.elbo4j.train.distribution.ValueTerm;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Columns;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.StopGradient;
import io.elbo4j.train.objective.WeightedSum;
import io.elbo4j.train.schedule.Schedule;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The conditional VAE of structured outputs (Sohn et al. 2015): the rest y of an image given some of its quadrants x,
 * p(y | x) = the integral of p(y | z) p(z | x), whose prior is learned. A plain network guesses y first; the prior sees
 * x and the guess. The ELBO bounds log p(y | x):
 *
 * <pre>
 *   E over q(z | x, y) of log p(y | z) - KL(q(z | x, y) || p(z | x))
 * </pre>
 *
 * Two networks side by side, as in Pyro's example, but trained together: no gradient passes from the VAE to the guess,
 * which maximises a log-likelihood of its own. Reconstructions complete x: z is drawn from p(z | x), which does not see
 * y. There is no code from which an image could be decoded without its x.
 */
public final class CompletionVae extends GraphModel<CompletionVae.Settings> {
    /** Name of the plain network's image. */
    public static final String GUESS = "guess";
    private static final int MOST_OBSERVED = 3;

    /**
     * The shape of the model.
     *
     * @param height of the images, even
     * @param width of the images, even
     * @param channels at least 1
     */
    public record Settings(int height, int width, int channels,
            @Setting("quadrants of the image that are given: 1, the lower left; 2, the left half; 3, all but the lower"
                    + " right") int observed,
            @Setting("units of the hidden layers of each network, at most 100") List<Integer> hidden,
            @Setting("latent dimensions") int latent,
            @Setting("of hidden layers: " + HiddenActivation.NAMES) Activation activation) {
        public Settings {
            require(height >= 2 && height % 2 == 0, "height", "even, and at least 2", height);
            require(width >= 2 && width % 2 == 0, "width", "even, and at least 2", width);
            require(channels >= 1, "channels", "at least 1", channels);
            require(observed >= 1 && observed <= MOST_OBSERVED, "observed", "1, 2 or 3", observed);
            hidden = VaeSettings.of(1, latent, hidden.stream().mapToInt(i -> i).toArray()).hidden();
            HiddenActivation.require(activation);
        }

        private boolean isGiven(int column) {
            boolean left = column / channels % width < width / 2;
            boolean lower = column / channels / width >= height / 2;
            return observed == 1 ? left && lower : observed == 2 ? left : left || !lower;
        }

        private int[] columns(boolean given) {
            return IntStream.range(0, height * width * channels).filter(c -> isGiven(c) == given).toArray();
        }
    }

    /** How it is registered. */
    public static final class Kind extends NamedKind<Settings> {
        /** For the service loader. */
        public Kind() {
            super("completion-vae",
                    "the rest of an image given some of its quadrants: q(z | x, y), p(z | x) and p(y | z)",
                    Settings.class);
        }

        @Override
        public Settings defaults(DataShape data) {
            return new Settings(data.height(), data.width(), data.channels(), 1, List.of(500, 500), 200,
                    Activation.RELU);
        }

        @Override
        public CompletionVae create(Settings settings) {
            return new CompletionVae(settings);
        }
    }

    public CompletionVae(Settings settings) {
        super(settings);
        int[] given = settings.columns(true);
        int[] missing = settings.columns(false);
        Value image = graph.input(Images.X, given.length + missing.length);
        Value x = Columns.of("given", image, given);
        Value y = Columns.of("missing", image, missing);
        Bernoulli guess = new Bernoulli(Dense.of("guess.logits", hidden("guess", x), missing.length,
                Activation.IDENTITY));
        ValueTerm.of("guess", Term.Role.LOSS, Scale.of(LogDensity.of("log p of the guess", guess, y), -1, 0));
        Value seen = Concatenate.of("given and guess", x, StopGradient.of(guess.mean()));
        DiagonalGaussian prior = DiagonalGaussian.of("prior", hidden("prior", seen), settings.latent()); // p(z | x)
        DiagonalGaussian q = DiagonalGaussian.of("posterior", hidden("encoder", image), settings.latent());
        Value z = graph.latent(Z, q, prior);
        Decoder decoder = new Decoder(missing.length);
        graph.observe("reconstruction", decoder.apply(z), y); // p(y | z)
        KlPerDimension.of((Latent) z);
        Value drawn = Draw.of("z.completed", prior);
        int[] places = new int[given.length + missing.length];
        IntStream.range(0, given.length).forEach(i -> places[given[i]] = i);
        IntStream.range(0, missing.length).forEach(i -> places[missing[i]] = given.length + i);
        outputs.put(POSTERIOR_MEAN, q.mean());
        outputs.put(POSTERIOR_LOG_VARIANCE, q.logVariance());
        outputs.put(MEAN, Columns.of("completed", Concatenate.of("given and completed", x, decoder.apply(drawn).mean()),
                places));
        outputs.put(GUESS, Columns.of("guessed", seen, places));
    }

    private Value hidden(String name, Value from) {
        Value h = from;
        for (int i = 0; i < settings.hidden().size(); i++) {
            h = Dense.of(name + "." + i, h, settings.hidden().get(i), settings.activation());
        }
        return h;
    }

    /** p(y | z), applied to latent variables from q and from the prior. */
    private final class Decoder {
        private final Dense[] layers;

        Decoder(int missing) {
            List<Integer> hidden = settings.hidden();
            layers = new Dense[hidden.size() + 1];
            int inputs = settings.latent();
            for (int i = 0; i < hidden.size(); i++) {
                int units = hidden.get(hidden.size() - 1 - i);
                layers[i] = new Dense("decoder." + i, inputs, units, settings.activation());
                inputs = units;
            }
            layers[hidden.size()] = new Dense("logits", inputs, missing, Activation.IDENTITY);
        }

        Bernoulli apply(Value z) {
            Value h = z;
            for (Dense layer : layers) {
                h = layer.apply(h);
            }
            return new Bernoulli(h);
        }
    }

    @Override
    public Objective objective(ObjectiveKind kind, Schedule klWeight, double freeBits) {
        require(kind == ObjectiveKind.ELBO, "objective", "elbo with the completion-vae, which trains a second network"
                + " beside it", kind.inWords());
        return objective(klWeight, freeBits);
    }

    @Override
    public Objective objective(Schedule klWeight, double freeBits) {
        require(freeBits == 0, "freeBits", "0 with the completion-vae", freeBits);
        return new WeightedSum().with("reconstruction", Term.Role.LOG_LIKELIHOOD, -1).with(new WeightedSum.Part(Z,
                Term.Role.KL, klWeight, null)).with("guess", Term.Role.LOSS, 1);
    }
}
