package io.elbo4j.train;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.data.DataSource;
import java.util.Arrays;

/**
 * A validation set: rows of the training data, drawn without replacement by a seed, that a run does not train on and is
 * evaluated on instead of the test set, which so chooses nothing.
 */
public final class HeldOut {
    private HeldOut() {}

    /**
     * The data with a share of its training rows in place of the test set. Both keep the order of the rows.
     *
     * @param fraction of the training rows, above 0 and below 1; rounded so that both sets have a row
     * @param seed of the draw
     * @throws io.elbo4j.ArgumentException naming the argument; of data with a single training row too
     */
    public static DataSource of(DataSource data, double fraction, long seed) {
        requireGiven("data", data);
        require(fraction > 0 && fraction < 1, "fraction", "above 0 and below 1", fraction);
        int rows = data.train().rows();
        require(rows >= 2, "data", "at least 2 training rows, of which some are held out", rows);
        int held = (int) Math.max(1, Math.min(rows - 1, Math.round(fraction * rows)));
        int[] order = Shuffle.ofHeldOut(seed, rows);
        Arrays.sort(order, 0, held);
        Arrays.sort(order, held, rows);
        return data.with(data.train().chosen(Arrays.copyOfRange(order, held, rows)), data.train().chosen(Arrays.copyOf(
                order, held)));
    }
}
