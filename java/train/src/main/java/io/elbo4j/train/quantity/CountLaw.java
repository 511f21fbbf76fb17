package io.elbo4j.train.quantity;

import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** A distribution of whole numbers from 0 on, all of which that matter can be listed. */
interface CountLaw extends ScalarLaw {
    /** Of the mass that is left out. */
    double LEAST_LOG = -45;
    /** Where there are more, sums give way to draws. */
    int MOST = 10_000_000;
    /** From this mean on series replace what cancels. */
    double LARGE = 1e4;
    /** Beyond it not every whole number is a double. */
    double LARGEST = 0x1p53;

    double mean();

    @Override
    default Values values() {
        return Values.COUNTS;
    }

    /** From 0 or the lower tail's end to the upper one's: masses rise up to a mode that the mean is not below. */
    @Override
    default Optional<List<double[]>> masses() {
        if (mean() > LARGEST) {
            return Optional.empty();
        }
        long middle = (long) mean();
        long first = matters(0) ? 0 : edge(middle, -1);
        long beyond = edge(middle, 1);
        return beyond - first > MOST ? Optional.empty()
                : Optional.of(LongStream.range(first, beyond).mapToObj(k -> new double[] {k}).toList());
    }

    private boolean matters(long k) {
        return logDensity(k) > LEAST_LOG;
    }

    /** The first that does not matter above this one, or the last but one below: by doubled steps, then by halves. */
    private long edge(long from, int sign) {
        long step = 1;
        while (step <= MOST && from + sign * step >= 0 && matters(from + sign * step)) {
            step *= 2;
        }
        long inside = step / 2;
        long outside = step;
        while (outside - inside > 1) {
            long half = (inside + outside) / 2;
            if (from + sign * half >= 0 && matters(from + sign * half)) {
                inside = half;
            } else {
                outside = half;
            }
        }
        return from + sign * (sign > 0 ? outside : inside);
    }
}
