package io.elbo4j.control.environment;

import static io.elbo4j.control.environment.Numbers.clip;

import io.elbo4j.train.picture.Scene;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * {@link Pendulum} whose speed is not seen, so that whoever remembers nothing cannot hold it. An action a in [-1, 1] is
 * the torque 2 a of two steps of the physics, its reward both of theirs; 100 make an episode. By dynamic programming
 * the optimum on the first 100 episodes of evaluation is -140.3; where the first speed is unknown and taken as 0, it is
 * -141.6.
 */
abstract class SlowPendulum implements Environment {
    private static final int REPEAT = 2;

    @Override
    public final Space actions() {
        return Space.Box.of(1, -1, 1);
    }

    @Override
    public final int limit() {
        return 100;
    }

    @Override
    public final int stateSize() {
        return 2;
    }

    @Override
    public final void start(double[] state, Draws draws) {
        Pendulum.startAnywhere(state, draws);
    }

    @Override
    public final void evaluationStart(int episode, double[] state) {
        Pendulum.startEvenly(episode, state);
    }

    @Override
    public final double step(double[] state, float[] action, Draws draws) {
        double reward = 0;
        for (int i = 0; i < REPEAT; i++) {
            reward += Pendulum.swing(state, 2 * clip(action[0], -1, 1));
        }
        return reward;
    }

    @Override
    public final OptionalDouble ceiling() {
        return OptionalDouble.of(-140.3);
    }

    @Override
    public final Optional<Scene> scene(double[] state) {
        return Optional.of(Pendulum.rod(state));
    }
}
