package io.elbo4j.control.environment;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import java.util.OptionalDouble;

/** An environment with another {@link Environment#limit}. */
public record TimeLimit(Environment environment, int limit) implements Wrapped {
    /** @throws io.elbo4j.ArgumentException if the limit is below 0; 0 is none */
    public TimeLimit {
        requireGiven("environment", environment);
        require(limit >= 0, "limit", "at least 0", limit);
    }

    /** None: what is best depends on the limit. */
    @Override
    public OptionalDouble ceiling() {
        return OptionalDouble.empty();
    }
}
