package io.elbo4j.control.agent;

import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Reward;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.environment.Termination;
import java.util.Optional;

/**
 * What an agent is told of its environment: what it sees and does, and what need not be learned.
 *
 * @param goal what is seen where it should get to
 */
public record Surroundings(Space observations, Space actions, Optional<Reward> reward,
        Optional<Termination> termination, Optional<float[]> goal) {
    public static Surroundings of(Environment environment) {
        return new Surroundings(environment.observations(), environment.actions(), environment.reward(), environment
                .termination(), environment.goal());
    }
}
