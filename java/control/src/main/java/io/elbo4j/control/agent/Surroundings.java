package io.elbo4j.control.agent;

import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Reward;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.environment.Termination;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an agent is told of its environment: what it sees and does, and what need not be learned.
 *
 * @param goal what is seen where it should get to
 * @param limit steps after which its episodes are truncated, 0 if none is; empty where nobody says it
 */
public record Surroundings(Space observations, Space actions, Optional<Reward> reward,
        Optional<Termination> termination, Optional<float[]> goal, OptionalInt limit) {
    public static Surroundings of(Environment environment) {
        return new Surroundings(environment.observations(), environment.actions(), environment.reward(), environment
                .termination(), environment.goal(), OptionalInt.of(environment.limit()));
    }
}
