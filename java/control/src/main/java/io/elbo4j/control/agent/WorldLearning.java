package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.control.network.Counts.requireCount;

import io.elbo4j.control.network.Counts;
import io.elbo4j.train.model.Setting;

/**
 * How agents with a latent world model learn from what they remember.
 *
 * @param batch windows of an update, at most 1,000,000
 * @param window steps of each, from 2 to 1,000: shorter episodes are not learned from, and while there is no other one
 *     nothing is learned
 * @param learningRate of the model's Adam, from 1e-30 to 1e30
 * @param gradientNorm to which gradients of the model, and of actor and value of {@link Dreamer}, are scaled down, from
 *     1e-30 to 1e30: those through a window are some hundreds, and spikes
 * @param capacity observations that are remembered, one more than its steps of each episode; at most
 *     100,000,000
 * @param bytes whether they are remembered as bytes: for observations in a box of which each number is one of the 256
 *     that divide its range evenly, as pixels
 * @param randomSteps first decisions, which are uniform in the box, at least 1
 * @param firstUpdates after these, as soon as an episode is as long as a window
 * @param every decisions after which it learns again
 * @param updates that are made then
 * @param noise standard deviation of what is added to actions in [-1, 1] while it learns, at least 0
 */
public record WorldLearning(
        @Setting("windows of episodes of an update") int batch,
        @Setting("steps of each, from 2 to 1000; shorter episodes are not learned from") int window,
        @Setting("of the model's Adam") double learningRate,
        @Setting("to which the gradient of the model is scaled down, of dreamer those of actor and value too") //
        double gradientNorm,
        @Setting("observations that are remembered, one more than its steps of each episode; never more than the run"
                + " has") int capacity,
        @Setting("they are remembered as bytes: for pixels and other numbers of which each is one of the 256 that"
                + " divide its range evenly") boolean bytes,
        @Setting("first steps, by any action, after which nothing is learned yet") int randomSteps,
        @Setting("that are made after these") int firstUpdates,
        @Setting("steps after which it learns again") int every,
        @Setting("that are made then") int updates,
        @Setting("standard deviation of what is added to actions in [-1, 1] while it learns, at least 0") //
        double noise) {
    public WorldLearning {
        requireCount("batch", batch, Counts.ROWS);
        require(window >= 2 && window <= Counts.PARTS, "window", "from 2 to " + Counts.PARTS, window);
        require(learningRate >= 1e-30 && learningRate <= 1e30, "learningRate", "from 1e-30 to 1e30", learningRate);
        require(gradientNorm >= 1e-30 && gradientNorm <= 1e30, "gradientNorm", "from 1e-30 to 1e30", gradientNorm);
        requireCount("capacity", capacity, Counts.REMEMBERED);
        require(capacity >= window, "capacity", "at least a window, " + window, capacity);
        require(randomSteps >= 1, "randomSteps", "at least 1", randomSteps);
        require(firstUpdates >= 1, "firstUpdates", "at least 1", firstUpdates);
        require(every >= 1, "every", "at least 1", every);
        require(updates >= 1, "updates", "at least 1", updates);
        require(noise >= 0 && noise <= 1e30, "noise", "from 0 to 1e30", noise);
    }

    /** 16 windows of 25, 1e-3, 1000, 100,000; 500 by chance, 300 updates, then 60 every 100; 0.3. */
    public static WorldLearning small() {
        return new WorldLearning(16, 25, 1e-3, 1000, 100_000, false, 500, 300, 100, 60, 0.3);
    }
}
