package io.elbo4j.train.posterior;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Activation;

/**
 * A network of one hidden layer, the data it sees, and how it is fitted.
 *
 * @param points of the data, at least 1
 * @param units hidden ones, at least 1
 * @param activation RELU or TANH
 * @param deviation standard deviation of the prior: of biases, and of weights times the square root of their number;
 *     from 1e-9 to 1e9
 * @param updates of the mode, of mean-field inference and of each member, by Adam, at least 1
 * @param samples of each row in an update of mean-field inference, at least 1
 * @param learningRate above 0
 * @param members of the ensemble, at least 2
 * @param draws of the weights by which a fitted q is judged, at least 2
 * @param seed of all that is random
 */
public record NetworkSettings(int points, int units, Activation activation, double deviation, int updates,
        int samples, double learningRate, int members, int draws, long seed) {
    public NetworkSettings {
        require(points >= 1, "points", "at least 1", points);
        require(units >= 1, "units", "at least 1", units);
        require(activation == Activation.RELU || activation == Activation.TANH, "activation", "relu or tanh",
                activation);
        require(deviation >= 1e-9 && deviation <= 1e9, "deviation", "from 1e-9 to 1e9", deviation);
        require(updates >= 1, "updates", "at least 1", updates);
        require(samples >= 1, "samples", "at least 1", samples);
        require(learningRate > 0 && Double.isFinite(learningRate), "learningRate", "a finite number above 0",
                learningRate);
        require(members >= 2, "members", "at least 2", members);
        require(draws >= 2, "draws", "at least 2", draws);
    }

    /** 20 points, 50 ReLUs, a prior of deviation 1. */
    public static NetworkSettings of(long seed) {
        return new NetworkSettings(20, 50, Activation.RELU, 1, 3000, 8, 0.005, 10, 500, seed);
    }
}
