/**
 * The likelihoods of elbo4j as reconstruction distributions of DL4J's variational autoencoder layer:
 *
 * <pre>
 *   new VariationalAutoencoder.Builder()
 *           .encoderLayerSizes(400).decoderLayerSizes(400)
 *           .reconstructionDistribution(new BernoulliLogits())
 * </pre>
 *
 * <p>They are records: compared by value, saved with the configuration as JSON, YAML or a model file, and loaded by
 * whoever has elbo4j on the class path. Nothing needs to be registered.
 *
 * <p><b>Values.</b> Log-likelihoods are full log-densities in nats with all constants, summed over dimensions. DL4J's
 * score is their negative mean over the batch, plus the KL and the regularisation, which stay DL4J's own.
 *
 * <p><b>Errors.</b> {@link java.lang.IllegalArgumentException} that names the argument for data of another size than
 * the distribution's parameters are for, and for a network that is not of {@link
 * org.nd4j.linalg.api.buffer.DataType#FLOAT}; data of other types is converted, as DL4J does. Otherwise as {@link
 * io.elbo4j.nd4j} says.
 *
 * <p><b>Noise.</b> {@code generateRandom} draws by position, as all of elbo4j does, with a seed that it takes from
 * ND4J's generator at each call: so the seed of DL4J's configuration makes it repeatable. Each thread has a generator
 * of its own, and two that begin together may have the same seed.
 */
@NullMarked
package io.elbo4j.nd4j.dl4j;

import org.jspecify.annotations.NullMarked;
