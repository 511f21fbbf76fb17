package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Backend;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Space;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.OneHot;
import io.elbo4j.train.layer.RowSum;

/**
 * Deep Q-learning (Mnih et al. 2015, algorithm 1): {@link QLearning} with
 *
 * <pre>
 *   V'(s) = max over a of Q'(s, a)
 * </pre>
 *
 * <p>It acts by the largest Q, or with probability epsilon by any action; epsilon falls linearly from 1.
 */
public final class Dqn extends QLearning {
    /**
     * How it learns.
     *
     * @param epsilon that is left
     * @param epsilonSteps decisions until then
     */
    public record Settings(Learning learning, double epsilon, int epsilonSteps) {
        public Settings {
            require(epsilon >= 0 && epsilon <= 1, "epsilon", "from 0 to 1", epsilon);
            require(epsilonSteps >= 1, "epsilonSteps", "at least 1", epsilonSteps);
        }
    }

    private final Settings settings;
    private final int actions;

    /** @throws io.elbo4j.ArgumentException if the actions are not discrete */
    public Dqn(Settings settings, Space observations, Space actions, Backend backend, long seed) {
        super(settings.learning(), observations, actions, backend, seed, q -> RowSum.of(Multiply.of(q, OneHot.of(q))));
        this.settings = settings;
        this.actions = ((Space.Discrete) actions).count();
    }

    @Override
    int choose(float[] q, long decision, Draws draws) {
        double epsilon = Math.max(settings.epsilon(), 1 - (1 - settings.epsilon()) * decision / settings
                .epsilonSteps());
        return draws.uniform() < epsilon ? draws.below(actions) : largest(q, 0, actions);
    }
}
