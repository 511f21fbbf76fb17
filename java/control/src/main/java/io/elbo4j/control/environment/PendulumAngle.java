package io.elbo4j.control.environment;

import static io.elbo4j.control.environment.Numbers.clip;

import java.util.OptionalDouble;

/**
 * {@link Pendulum} whose speed is not seen: (cos, sin) alone, so that whoever remembers nothing cannot hold it. An
 * action a in [-1, 1] is the torque 2 a of two steps of the physics, its reward both of theirs; 100 make an episode.
 * The optimum on the first 100 episodes of evaluation is -140.3, by dynamic programming; where the first speed is
 * unknown and taken as 0, -141.6.
 */
public final class PendulumAngle implements Environment {
    private static final int REPEAT = 2;

    /** For the service loader, too. */
    public PendulumAngle() {}

    @Override
    public String name() {
        return "pendulum-angle";
    }

    @Override
    public String description() {
        return "pendulum whose speed is not seen: (cos, sin); a torque in [-1, 1] for two steps";
    }

    @Override
    public Space observations() {
        return Space.Box.of(2, -1, 1);
    }

    @Override
    public Space actions() {
        return Space.Box.of(1, -1, 1);
    }

    @Override
    public int limit() {
        return 100;
    }

    @Override
    public int stateSize() {
        return 2;
    }

    @Override
    public void start(double[] state, Draws draws) {
        Pendulum.startAnywhere(state, draws);
    }

    @Override
    public void evaluationStart(int episode, double[] state) {
        Pendulum.startEvenly(episode, state);
    }

    @Override
    public double step(double[] state, float[] action, Draws draws) {
        return swing(state, action[0]);
    }

    static double swing(double[] state, double action) {
        double reward = 0;
        for (int i = 0; i < REPEAT; i++) {
            reward += Pendulum.swing(state, 2 * clip(action, -1, 1));
        }
        return reward;
    }

    @Override
    public void observe(double[] state, float[] observation) {
        observation[0] = (float) StrictMath.cos(state[0]);
        observation[1] = (float) StrictMath.sin(state[0]);
    }

    @Override
    public OptionalDouble ceiling() {
        return OptionalDouble.of(-140.3);
    }
}
