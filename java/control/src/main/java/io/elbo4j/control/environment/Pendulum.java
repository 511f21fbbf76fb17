package io.elbo4j.control.environment;

import static io.elbo4j.control.environment.Numbers.angle;
import static io.elbo4j.control.environment.Numbers.clip;
import static io.elbo4j.control.environment.Numbers.square;

import io.elbo4j.train.picture.Scene;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Pendulum-v1 of Gymnasium, to be swung up and held by a motor that is too weak to lift it:
 *
 * <pre>
 *   w' = clip(w + (15 sin(angle) + 3 u) 0.05, -8, 8)      angle 0 is up, u in [-2, 2] the torque
 *   angle' = angle + 0.05 w'
 *   reward = -(angle^2 + 0.1 w^2 + 0.001 u^2)             of the state before, angle in [-pi, pi)
 * </pre>
 *
 * <p>Episodes start at any angle and |w| at most 1, and are truncated after 200 steps. Those of evaluation are a
 * sequence that fills this rectangle evenly (Roberts 2018, R2). Exact dynamic programming on a grid, played here, comes
 * to -140.6 on the first 100 of them.
 */
public final class Pendulum implements Environment {
    private static final double PLASTIC = 1.32471795724474602596;

    /** For the service loader, too. */
    public Pendulum() {}

    @Override
    public String name() {
        return "pendulum";
    }

    @Override
    public String description() {
        return "swing up and hold, Gymnasium's Pendulum-v1: (cos, sin, speed); a torque";
    }

    @Override
    public Space observations() {
        return new Space.Box(new float[] {-1, -1, -8}, new float[] {1, 1, 8});
    }

    @Override
    public Space actions() {
        return Space.Box.of(1, -2, 2);
    }

    @Override
    public int limit() {
        return 200;
    }

    @Override
    public int stateSize() {
        return 2;
    }

    @Override
    public void start(double[] state, Draws draws) {
        startAnywhere(state, draws);
    }

    static void startAnywhere(double[] state, Draws draws) {
        state[0] = draws.uniform(-Math.PI, Math.PI);
        state[1] = draws.uniform(-1, 1);
    }

    @Override
    public void evaluationStart(int episode, double[] state) {
        startEvenly(episode, state);
    }

    static void startEvenly(int episode, double[] state) {
        state[0] = Math.PI * (2 * fraction(0.5 + (episode + 1) / PLASTIC) - 1);
        state[1] = 2 * fraction(0.5 + (episode + 1) / (PLASTIC * PLASTIC)) - 1;
    }

    private static double fraction(double value) {
        return value - Math.floor(value);
    }

    @Override
    public double step(double[] state, float[] action, Draws draws) {
        return swing(state, action[0]);
    }

    /** @return the reward */
    static double swing(double[] state, double torque) {
        double u = clip(torque, -2, 2);
        double cost = square(angle(state[0])) + 0.1 * square(state[1]) + 0.001 * square(u);
        state[1] = clip(state[1] + (15 * StrictMath.sin(state[0]) + 3 * u) * 0.05, -8, 8);
        state[0] += 0.05 * state[1];
        return -cost;
    }

    @Override
    public void observe(double[] state, float[] observation) {
        observation[0] = (float) StrictMath.cos(state[0]);
        observation[1] = (float) StrictMath.sin(state[0]);
        observation[2] = (float) state[1];
    }

    @Override
    public OptionalDouble ceiling() {
        return OptionalDouble.of(-140.6);
    }

    @Override
    public Optional<Scene> scene(double[] state) {
        return Optional.of(rod(state));
    }

    static Scene rod(double[] state) {
        return new Scene(-1.3, 1.3, -1.3, 1.3).line(Scene.BLUE, 0, 0, StrictMath.sin(state[0]), StrictMath.cos(
                state[0])).disc(Scene.ORANGE, StrictMath.sin(state[0]), StrictMath.cos(state[0]), 0.12).disc(Scene.GREY,
                        0, 0, 0.05);
    }
}
