package io.elbo4j.train.schedule;

import static io.elbo4j.ArgumentException.require;

/**
 * Falls from one number to another along half a cosine (Loshchilov and Hutter 2017, equation 5, without restarts), and
 * stays there.
 *
 * @param from at step 0
 * @param to from the last step on
 * @param steps at least 1
 */
public record Cosine(double from, double to, long steps) implements Schedule {
    public Cosine {
        require(Double.isFinite(from), "from", "finite", from);
        require(Double.isFinite(to), "to", "finite", to);
        require(steps >= 1, "steps", "at least 1", steps);
    }

    @Override
    public double at(long step) {
        // StrictMath is the same on every platform
        return step >= steps ? to : to + (from - to) / 2 * (1 + StrictMath.cos(StrictMath.PI * step / steps));
    }
}
