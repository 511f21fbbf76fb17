package io.elbo4j.train.schedule;

import static io.elbo4j.ArgumentException.require;

import java.util.Objects;

/**
 * Grows linearly from 0 to another schedule: the factor of step i is i / steps until it is 1.
 *
 * @param steps at least 0
 * @param then the schedule that it is a part of, from step 0 on
 */
public record WarmUp(double steps, Schedule then) implements Schedule {
    public WarmUp {
        require(steps >= 0 && Double.isFinite(steps), "steps", "a finite number of at least 0", steps);
        Objects.requireNonNull(then, "then");
    }

    @Override
    public double at(long step) {
        return step >= steps ? then.at(step) : then.at(step) * (step / steps);
    }
}
