package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Activation;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.TanhGaussianDraw;

/**
 * A policy over actions in (-1, 1), its draws those of {@link TanhGaussianDraw}.
 *
 * @param action rows x columns
 * @param logProbability rows x 1, in nats
 * @param greedy tanh(mean)
 */
record TanhGaussian(Value action, Value logProbability, Value greedy) {
    /**
     * Draws one.
     *
     * @param name of the noise
     * @param both 2 columns for each of the action: means, then what log sigma is made of
     */
    static TanhGaussian of(String name, Value both) {
        requireGiven("both", both);
        long columns = both.columns() / 2;
        Value drawn = TanhGaussianDraw.of(name, both);
        return new TanhGaussian(Slice.of(name + ".action", drawn, 0, columns), Slice.of(name + ".log-probability",
                drawn, columns, columns + 1), Activate.of(Slice.of(name + ".mean", both, 0, columns), Activation.TANH));
    }
}
