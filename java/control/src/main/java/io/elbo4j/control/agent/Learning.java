package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.control.network.Counts.requireCount;
import static io.elbo4j.control.network.Counts.requireWidths;

import io.elbo4j.control.network.Counts;
import io.elbo4j.train.model.Setting;
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
public record Learning(
        @Setting("units of the hidden layers of all networks, at most 100 layers") List<Integer> widths,
        @Setting("transitions of an update") int batch,
        @Setting("of Adam, at first") double learningRate,
        @Setting("updates until it has fallen to 0, linearly; 0 if it stays. If this is left out, one"
                + " that falls takes all updates of the run") int decay,
        @Setting("of later rewards, at least 0 and below 1") double discount,
        @Setting("transitions that are remembered, never more than the run has") int capacity,
        @Setting("first steps, by any action, after which nothing is learned yet") int randomSteps,
        @Setting("steps after which it learns again") int every,
        @Setting("that are made then") int updates) {
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
