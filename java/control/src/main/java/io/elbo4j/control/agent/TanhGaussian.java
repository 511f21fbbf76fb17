package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Activation;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.NormalNoise;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;

/**
 * A policy over actions in (-1, 1) (Haarnoja et al. 2018, Soft actor-critic, appendix C): a = tanh(u), u normal.
 *
 * <pre>
 *   u = mean + sigma noise,  log sigma = -5 + 3.5 (tanh(.) + 1), from -5 to 2
 *   log p(a) = sum over the columns of  log N(u; mean, sigma) - 2 (log 2 - u - softplus(-2 u))
 * </pre>
 *
 * <p>The last one is log(1 - tanh(u)^2) exactly, where the difference itself would be 0 from |u| = 9 on.
 *
 * @param action rows x columns
 * @param logProbability rows x 1, in nats
 * @param greedy tanh(mean)
 */
record TanhGaussian(Value action, Value logProbability, Value greedy) {
    private static final float LOG_TWO = (float) Math.log(2);
    private static final float HALF_LOG_TWO_PI = (float) (Math.log(2 * Math.PI) / 2);

    /**
     * Draws one.
     *
     * @param name of the noise
     * @param both 2 columns for each of the action: means, then what log sigma is made of
     */
    static TanhGaussian of(String name, Value both) {
        requireGiven("both", both);
        long columns = both.columns() / 2;
        Value mean = Slice.of(name + ".mean", both, 0, columns);
        Value logSigma = Scale.of(Activate.of(Slice.of(name + ".spread", both, columns, 2 * columns), Activation.TANH),
                3.5f, -1.5f);
        Value noise = NormalNoise.of(both.graph(), name, both.rows(), columns);
        Value u = Add.of(mean, Multiply.of(Activate.of(logSigma, Activation.EXP), noise));
        Value ofU = Scale.of(Add.of(Scale.of(Activate.of(noise, Activation.SQUARE), 0.5f, HALF_LOG_TWO_PI), logSigma),
                -1, 0);
        Value slope = Scale.of(Add.of(u, Activate.of(Scale.of(u, -2, 0), Activation.SOFTPLUS)), 2, -2 * LOG_TWO);
        return new TanhGaussian(Activate.of(u, Activation.TANH), RowSum.of(Add.of(ofU, slope)), Activate.of(mean,
                Activation.TANH));
    }
}
