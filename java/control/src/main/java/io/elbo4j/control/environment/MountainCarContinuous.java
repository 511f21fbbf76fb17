package io.elbo4j.control.environment;

import static io.elbo4j.control.environment.Numbers.clip;
import static io.elbo4j.control.environment.Numbers.square;

import io.elbo4j.train.picture.Scene;
import java.util.Optional;

/**
 * MountainCarContinuous-v0 of Gymnasium (Moore 1990): a car too weak for the hill takes a run-up, a in [-1, 1].
 *
 * <pre>
 *   v' = clip(v + 0.0015 a - 0.0025 cos(3 x), -0.07, 0.07)
 *   x' = clip(x + v', -1.2, 0.6), where v' = 0 at -1.2 if it goes on to the left
 *   reward = -0.1 a^2, and 100 at the goal
 * </pre>
 *
 * <p>It starts at rest, x in [-0.6, -0.4], terminates where x' is at least 0.45 and v' not below 0, and is truncated
 * after 999 steps. What never moves has 0, which is better than to move without coming to the goal.
 */
public final class MountainCarContinuous implements Environment {
    /** For the service loader, too. */
    public MountainCarContinuous() {}

    @Override
    public String name() {
        return "mountain-car-continuous";
    }

    @Override
    public String description() {
        return "a run-up to a hill, Gymnasium's MountainCarContinuous-v0: (x, v); a force";
    }

    @Override
    public Space observations() {
        return new Space.Box(new float[] {-1.2f, -0.07f}, new float[] {0.6f, 0.07f});
    }

    @Override
    public Space actions() {
        return Space.Box.of(1, -1, 1);
    }

    @Override
    public int limit() {
        return 999;
    }

    @Override
    public int stateSize() {
        return 2;
    }

    @Override
    public void start(double[] state, Draws draws) {
        state[0] = draws.uniform(-0.6, -0.4);
        state[1] = 0;
    }

    @Override
    public double step(double[] state, float[] action, Draws draws) {
        double a = clip(action[0], -1, 1);
        state[1] = clip(state[1] + 0.0015 * a - 0.0025 * StrictMath.cos(3 * state[0]), -0.07, 0.07);
        state[0] = clip(state[0] + state[1], -1.2, 0.6);
        if (state[0] == -1.2 && state[1] < 0) {
            state[1] = 0;
        }
        return (terminated(state) ? 100 : 0) - 0.1 * square(a);
    }

    @Override
    public boolean terminated(double[] state) {
        return state[0] >= 0.45 && state[1] >= 0;
    }

    @Override
    public Optional<Termination> termination() {
        return Optional.of(next -> terminated(new double[] {next[0], next[1]}));
    }

    @Override
    public void observe(double[] state, float[] observation) {
        observation[0] = (float) state[0];
        observation[1] = (float) state[1];
    }

    @Override
    public Optional<Scene> scene(double[] state) {
        double[] hill = new double[2 * 37];
        for (int i = 0; i < 37; i++) {
            hill[2 * i] = -1.2 + 0.05 * i;
            hill[2 * i + 1] = height(hill[2 * i]);
        }
        return Optional.of(new Scene(-1.3, 0.7, -0.6, 0.8).line(Scene.GREY, hill).line(Scene.GREEN, 0.45, height(0.45),
                0.45, height(0.45) + 0.25).disc(Scene.ORANGE, state[0], height(state[0]) + 0.06, 0.06));
    }

    /** The force is its slope. */
    private static double height(double x) {
        return 0.45 * StrictMath.sin(3 * x);
    }
}
