package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.control.network.Counts.requireCount;
import static io.elbo4j.control.network.Counts.requireWidths;

import io.elbo4j.control.network.Counts;
import java.util.List;

/**
 * How any agent learns from what it remembers.
 *
 * @param widths of the hidden layers of all networks, at most 100 of at most 100,000 units
 * @param batch transitions of an update, at most 1,000,000
 * @param learningRate of Adam, at first; from 1e-30 to 1e30
 * @param decay updates until it has fallen to 0, linearly; 0 if it stays
 * @param discount in [0, 1)
 * @param capacity transitions that are remembered, at most 100,000,000
 * @param randomSteps first decisions, by any action, after which nothing is learned yet
 * @param every decisions after which it learns again
 * @param updates that are made then
 */
public record Learning(List<Integer> widths, int batch, double learningRate, int decay, double discount, int capacity,
        int randomSteps, int every, int updates) {
    public Learning {
        widths = requireWidths(widths);
        requireCount("batch", batch, Counts.ROWS);
        require(learningRate >= 1e-30 && learningRate <= 1e30, "learningRate", "from 1e-30 to 1e30", learningRate);
        require(decay >= 0, "decay", "at least 0", decay);
        require(discount >= 0 && discount < 1, "discount", "at least 0 and below 1", discount);
        requireCount("capacity", capacity, Counts.REMEMBERED);
        require(randomSteps >= 0, "randomSteps", "at least 0", randomSteps);
        require(every >= 1, "every", "at least 1", every);
        require(updates >= 1, "updates", "at least 1", updates);
    }

    /** The learning rate of an update, counted from 0. */
    double learningRateAt(long update) {
        return decay == 0 ? learningRate : learningRate * Math.max(0, 1 - (double) update / decay);
    }
}
