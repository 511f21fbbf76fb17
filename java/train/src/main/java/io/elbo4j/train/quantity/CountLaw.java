package io.elbo4j.train.quantity;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A distribution of whole numbers from 0 on, all of which that matter can be listed. */
interface CountLaw extends ScalarLaw {
    /** Of the mass that is left out. */
    double LEAST_LOG = -45;
    /** Where there are more, sums give way to draws. */
    int MOST = 10_000_000;

    double mean();

    @Override
    default Values values() {
        return Values.COUNTS;
    }

    @Override
    default Optional<List<double[]>> masses() {
        List<double[]> all = new ArrayList<>();
        for (int k = 0; k <= mean() || logDensity(k) > LEAST_LOG; k++) {
            if (k == MOST) {
                return Optional.empty();
            }
            all.add(new double[] {k});
        }
        return Optional.of(all);
    }
}
