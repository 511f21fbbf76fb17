package io.elbo4j.control.world;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;
import static io.elbo4j.control.network.Counts.requireCount;
import static io.elbo4j.control.network.Counts.requireWidths;

import io.elbo4j.Activation;
import io.elbo4j.control.network.Counts;
import io.elbo4j.control.network.Network;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.model.Setting;
import java.util.List;

/**
 * A VAE of single observations in which a code has a message from its neighbours in time as its prior. The encoder says
 * how an observation bends what is believed, a Gaussian potential (Johnson et al. 2016, Composing graphical models with
 * neural networks, section 4); the posterior is the product of both, in each dimension
 *
 * <pre>
 *   q(z) = N(z; m, 1 / p) N(z; mean, 1 / precision) / normaliser       (m, p) given, (mean, precision) of the encoder
 *   E under q of log p(o | z) - KL(q(z) || N(m, 1 / p))
 * </pre>
 *
 * <p>a bound of log p(o | all that the message knows of). The gradient that it lacks, of what this observation's
 * potential does to the codes of others, is 0 where the potentials are the likelihoods. Of the message's precision
 * matrix the diagonal is taken.
 */
public final class MessageVae {
    private static final float LEAST_PRECISION = 0.01f;

    /**
     * Its shape.
     *
     * @param latent dimensions of a code, at most 16
     * @param encoderWidths of the hidden layers, at most 100 of 100,000
     * @param decoderWidths of the hidden layers, as many at most
     * @param observationDeviation of p(o | z), from 1e-15 to 1e15
     */
    public record Settings(@Setting("dimensions of a code, at most 16") int latent,
            @Setting("of the encoder's hidden layers") List<Integer> encoderWidths,
            @Setting("of the decoder's hidden layers") List<Integer> decoderWidths,
            @Setting("of an observation around what is expected of it") double observationDeviation) {
        public Settings {
            requireCount("latent", latent, 16);
            encoderWidths = requireWidths("encoderWidths", encoderWidths);
            decoderWidths = requireWidths("decoderWidths", decoderWidths);
            require(observationDeviation >= 1e-15 && observationDeviation <= 1e15, "observationDeviation",
                    "from 1e-15 to 1e15", observationDeviation);
        }

        /** For small pictures: 4 dimensions, layers of 128 and 64, a deviation of 0.2. */
        public static Settings small() {
            return new Settings(4, List.of(128, 64), List.of(64, 128), 0.2);
        }
    }

    /**
     * What the encoder says.
     *
     * @param mean of the potential
     * @param precision of the potential
     */
    public record Potential(Value mean, Value precision) {}

    /**
     * What a row of a batch is told.
     *
     * @param observation columns of what is seen
     * @param mean m, of the message
     * @param precision p, of the message
     */
    public record Inputs(Value observation, Value mean, Value precision) {}

    private final Settings settings;
    private final int observations;
    private final Network encoder;
    private final Network decoder;

    /** @param observations columns of what is seen, at most {@link Counts#UNITS} */
    public MessageVae(Settings settings, int observations) {
        this.settings = requireGiven("settings", settings);
        this.observations = observations;
        int n = settings.latent();
        this.encoder = new Network("encoder", observations, settings.encoderWidths(), 2L * n);
        this.decoder = new Network("decoder", n, settings.decoderWidths(), observations);
    }

    /** The potential of each row. */
    public Potential potential(Value observation) {
        int n = settings.latent();
        Value both = encoder.apply(observation);
        Value precision = Activate.of(Slice.of("log precision", both, n, 2L * n), Activation.EXP);
        return new Potential(Slice.of("mean", both, 0, n), Scale.of(precision, 1, LEAST_PRECISION));
    }

    /** Adds inputs and terms: its objective is an {@link io.elbo4j.train.objective.Elbo}. */
    public Inputs observe(Graph graph) {
        int n = settings.latent();
        Value seen = graph.input("observation", observations);
        Value m = graph.input("mean of the message", n);
        Value p = graph.input("precision of the message", n);
        Potential potential = potential(seen);
        Value logVariance = negativeLog(Add.of(potential.precision, p));
        Value weighted = Add.of(Multiply.of(potential.precision, potential.mean), Multiply.of(p, m));
        Value mean = Multiply.of(weighted, Activate.of(logVariance, Activation.EXP));
        Value z = graph.latent("z", new DiagonalGaussian(mean, logVariance), new DiagonalGaussian(m, negativeLog(p)));
        graph.observe("observation seen", new DiagonalGaussian(decoder.apply(z), ConstantRow.of(graph, "log variance",
                observations, (float) (2 * StrictMath.log(settings.observationDeviation())))), seen);
        return new Inputs(seen, m, p);
    }

    private static Value negativeLog(Value of) {
        return Scale.of(Activate.of(of, Activation.LOG), -1, 0);
    }
}
