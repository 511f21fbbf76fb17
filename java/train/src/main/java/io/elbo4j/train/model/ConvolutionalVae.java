package io.elbo4j.train.model;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Activation;
import io.elbo4j.ArgumentException;
import io.elbo4j.ConvolutionShape;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataKinds;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.KlPerDimension;
import io.elbo4j.train.distribution.PriorDiscrepancy;
import io.elbo4j.train.distribution.TotalCorrelation;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Binarise;
import io.elbo4j.train.layer.Convolution;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.TransposedConvolution;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A VAE of images whose encoder halves the image with each convolution, and whose decoder doubles it back with
 * transposed ones (kernel 4, stride 2, padding 1: Radford et al. 2016, DCGAN, section 3). The last of these gives the
 * logits or means of x itself; the other parameter of a Gaussian likelihood is shared by all rows.
 */
public final class ConvolutionalVae extends GraphModel<ConvolutionalVae.Settings> {
    private static final int KERNEL = 4;
    private static final int STRIDE = 2;
    private static final int PADDING = 1;
    private static final Set<LikelihoodKind> LIKELIHOODS = Set.of(LikelihoodKind.BERNOULLI,
            LikelihoodKind.GAUSSIAN_SHARED, LikelihoodKind.SIGMA_VAE);
    /** Of rows, columns and channels: that of {@link ConvolutionShape}. */
    private static final int MOST = 1 << 24;

    /**
     * The shape of the model.
     *
     * @param height of an image, at least 2 for each halving, at most 2^24
     * @param width of an image, likewise
     * @param imageChannels of an image, 1 to 2^24
     * @param channels of what each convolution gives, 1 to 2^24
     */
    public record Settings(int height, int width, int imageChannels,
            @Setting("of the encoder's convolutions, each of which halves the image, as 32,64,128; the decoder's are"
                    + " the same in reverse") List<Integer> channels,
            @Setting("latent dimensions") int latent,
            @Setting("of hidden layers: " + HiddenActivation.NAMES) Activation activation,
            @Setting("of x given z: bernoulli, gaussian-shared or sigma-vae") LikelihoodKind likelihood,
            @Setting(value = "dynamic: values in [0, 1] are drawn to zeros and ones anew at every step; none: taken as"
                    + " they are", words = {
                            "none", "dynamic"}) boolean binarise){
        public Settings {
            channels = List.copyOf(requireGiven("channels", channels));
            require(height >= STRIDE && height <= MOST, "height", "from 2 to 2^24", height);
            require(width >= STRIDE && width <= MOST, "width", "from 2 to 2^24", width);
            require(imageChannels >= 1 && imageChannels <= MOST, "imageChannels", "from 1 to 2^24", imageChannels);
            double values = (double) height * width * imageChannels;
            require(values <= Integer.MAX_VALUE - 8, "height x width x imageChannels", "at most 2^31 - 9", values);
            require(!channels.isEmpty(), "channels", "at least 1 convolution", "none");
            require(LIKELIHOODS.contains(likelihood), "likelihood", "bernoulli, gaussian-shared or sigma-vae",
                    likelihood
                            .inWords());
            for (int each : channels) {
                require(each >= 1 && each <= MOST, "channels", "from 1 to 2^24 in every convolution", each);
            }
            int halvings = halvings(Math.min(height, width));
            require(channels.size() <= halvings, "channels", "a list of at most " + halvings + ", as often as an"
                    + " image of " + height + " x " + width + " can be halved", channels.size());
            // the rest is refused in the words of a VAE
            new VaeSettings((long) height * width * imageChannels, List.of(), latent, activation, likelihood, 1,
                    binarise);
            try {
                shapes(height, width, imageChannels, channels);
            } catch (ArgumentException e) {
                throw new ArgumentException("channels", "fewer, as " + e.argument() + " of a convolution must be " + e
                        .expected(), channels.stream().map(String::valueOf).collect(Collectors.joining(",")));
            }
        }

        private static int halvings(int side) {
            return 31 - Integer.numberOfLeadingZeros(side);
        }

        /** What the convolutions join, from the image on: the encoder's in their order, the decoder's in reverse. */
        public List<ConvolutionShape> shapes() {
            return shapes(height, width, imageChannels, channels);
        }

        private static List<ConvolutionShape> shapes(int height, int width, int imageChannels,
                List<Integer> channels) {
            ConvolutionShape[] shapes = new ConvolutionShape[channels.size()];
            for (int i = 0; i < shapes.length; i++) {
                ConvolutionShape before = i == 0 ? null : shapes[i - 1];
                shapes[i] = new ConvolutionShape(i == 0 ? height : before.smallRows(), i == 0 ? width : before
                        .smallColumns(), i == 0 ? imageChannels : channels.get(i - 1), channels.get(i), KERNEL, KERNEL,
                        STRIDE, PADDING);
            }
            return List.of(shapes);
        }
    }

    /** How it is registered. */
    public static final class Kind extends NamedKind<Settings> {
        /** For the service loader. */
        public Kind() {
            super("convolutional-vae", "a VAE of images: convolutions in the encoder, transposed ones in the decoder",
                    Settings.class);
        }

        @Override
        public Settings defaults(DataShape data) {
            int least = Math.min(data.height(), data.width());
            if (least < STRIDE || Math.max(data.channels(), Math.max(data.height(), data.width())) > MOST) {
                throw new DataException("the data has images of " + data.height() + " x " + data.width() + " with "
                        + data.channels() + (data.channels() == 1 ? " channel, " : " channels, ") + name()
                        + " takes 2 to 2^24 rows and columns, which each convolution halves, and at most 2^24"
                        + " channels");
            }
            List<Integer> channels = List.of(32, 64, 128).subList(0, Math.min(3, Settings.halvings(least)));
            return new Settings(data.height(), data.width(), data.channels(), channels, data
                    .kind() == DataKinds.SPRITES ? 10 : 20, Activation.RELU, LikelihoodKind.BERNOULLI, false);
        }

        @Override
        public ConvolutionalVae create(Settings settings) {
            return new ConvolutionalVae(settings);
        }
    }

    public ConvolutionalVae(Settings settings) {
        super(settings);
        List<ConvolutionShape> shapes = settings.shapes();
        int layers = shapes.size();
        Value data = graph.input(Images.X, shapes.get(0).bigImage());
        Value x = settings.binarise() ? Binarise.of("x.binarised", data) : data;
        Value h = x;
        for (int i = 0; i < layers; i++) {
            h = Convolution.of("encoder." + i, h, shapes.get(i), settings.activation());
        }
        DiagonalGaussian q = DiagonalGaussian.of("posterior", h, settings.latent()); // q(z | x)
        Value z = graph.latent(Z, q); // p(z) = N(0, I)
        Value d = Dense.of("decoder.0", z, shapes.get(layers - 1).smallImage(), settings.activation());
        for (int i = layers - 1; i > 0; i--) {
            d = TransposedConvolution.of("decoder." + (layers - i), d, shapes.get(i), settings.activation());
        }
        Value last = TransposedConvolution.of("likelihood", d, shapes.get(0), Activation.IDENTITY);
        Distribution p = settings.likelihood().of(last); // p(x | z)
        graph.observe("reconstruction", p, x);
        KlPerDimension.of((Latent) z);
        TotalCorrelation.of((Latent) z);
        PriorDiscrepancy.of((Latent) z);
        outputs.put(POSTERIOR_MEAN, q.mean());
        outputs.put(POSTERIOR_LOG_VARIANCE, q.logVariance());
        outputs.put(Z, z);
        outputs.put(MEAN, p.mean());
    }
}
