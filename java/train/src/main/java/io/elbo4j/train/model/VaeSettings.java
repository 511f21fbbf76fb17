package io.elbo4j.train.model;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Activation;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.Images;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * The shape of a {@link Vae}.
 *
 * @param columns observed dimensions, at least 1
 * @param hidden units of the encoder's hidden layers, at most 100, the decoder's mirrored; at least 1 each
 * @param latent latent dimensions, at least 1
 * @param activation of the hidden layers
 * @param likelihood see {@link LikelihoodKind}
 * @param standardDeviation of {@link LikelihoodKind#GAUSSIAN_FIXED}, 1e-18 to 1e18; the first value of
 *     {@link LikelihoodKind#GAUSSIAN_SHARED}
 * @param binarise whether the data, in [0, 1], is drawn to zeros and ones anew at every step
 */
public record VaeSettings(long columns, List<Integer> hidden, int latent, Activation activation,
        LikelihoodKind likelihood, double standardDeviation, boolean binarise) {
    /** The distribution of the observed data given the latent variable. */
    public enum LikelihoodKind {
        /** from logits; data in [0, 1] */
        BERNOULLI,
        /** mean and log-variance of every element are learned functions of the latent variable */
        GAUSSIAN,
        /** one learned log-variance per dimension, shared by all rows */
        GAUSSIAN_SHARED,
        /** a fixed standard deviation */
        GAUSSIAN_FIXED
    }

    /** Deeper ones do not train without skip connections, and the time to compile a step grows with the square. */
    private static final int MOST_LAYERS = 100;

    public VaeSettings {
        hidden = List.copyOf(hidden);
        require(columns >= 1, "columns", "at least 1", columns);
        require(hidden.size() <= MOST_LAYERS, "hidden", "at most " + MOST_LAYERS + " layers", hidden.size());
        for (int units : hidden) {
            require(units >= 1, "hidden", "at least 1 unit in every layer", units);
        }
        Objects.requireNonNull(activation, "activation");
        Objects.requireNonNull(likelihood, "likelihood");
        require(latent >= 1, "latent", "at least 1", latent);
        require(standardDeviation >= 1e-18 && standardDeviation <= 1e18, "standardDeviation",
                "from 1e-18 to 1e18, so that float32 holds its square and the inverse of that", standardDeviation);
        require(!binarise || likelihood == LikelihoodKind.BERNOULLI, "binarise",
                "used only with the Bernoulli likelihood", true);
    }

    /**
     * ReLU in the hidden layers, a Bernoulli likelihood of the data as it is.
     *
     * @param hidden units of the encoder's hidden layers, the decoder's mirrored
     */
    public static VaeSettings of(long columns, int latent, int... hidden) {
        return new VaeSettings(columns, IntStream.of(hidden).boxed().toList(), latent, Activation.RELU,
                LikelihoodKind.BERNOULLI, 1, false);
    }

    public VaeSettings withActivation(Activation function) {
        return new VaeSettings(columns, hidden, latent, function, likelihood, standardDeviation, binarise);
    }

    public VaeSettings withLikelihood(LikelihoodKind kind) {
        return new VaeSettings(columns, hidden, latent, activation, kind, standardDeviation, binarise);
    }

    public VaeSettings withStandardDeviation(double deviation) {
        return new VaeSettings(columns, hidden, latent, activation, likelihood, deviation, binarise);
    }

    public VaeSettings withBinarise() {
        return new VaeSettings(columns, hidden, latent, activation, likelihood, standardDeviation, true);
    }

    /** @throws DataException if the images have another number of values than this model's columns */
    public void requireSize(Images images) {
        if (images.columns() != columns) {
            throw new DataException(images.name() + ": an image has " + images.columns() + " values (" + images.height()
                    + " x " + images.width() + " x " + images.channels() + "), the model takes " + columns);
        }
    }
}
