package io.elbo4j.control.environment;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;

/**
 * An environment that also terminates where something that there is to know of a state, as "success", is above 0: for
 * what is to be reached, and need not be kept.
 *
 * @param what a name of {@link Environment#info}
 */
public record Until(Environment environment, String what) implements Wrapped {
    /** @throws io.elbo4j.ArgumentException if the environment does not say it */
    public Until {
        double[] start = new double[requireGiven("environment", environment).stateSize()];
        environment.evaluationStart(0, start);
        requireGiven("what", what);
        require(environment.info(start).containsKey(what), "what", "one of " + new TreeSet<>(environment.info(start)
                .keySet()), what);
    }

    @Override
    public boolean terminated(double[] state) {
        return environment.terminated(state) || environment.info(state).get(what) > 0;
    }

    /** None: it would have to be computed from what is seen, as the other one's is. */
    @Override
    public Optional<Termination> termination() {
        return Optional.empty();
    }

    /** None: what is best depends on the end. */
    @Override
    public OptionalDouble ceiling() {
        return OptionalDouble.empty();
    }
}
