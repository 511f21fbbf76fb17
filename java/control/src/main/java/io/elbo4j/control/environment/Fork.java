package io.elbo4j.control.environment;

import static io.elbo4j.control.environment.Numbers.clip;

import io.elbo4j.train.picture.Scene;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A way that forks: a point moves to the right, 0.1 a step, and is steered past a tree, a disc of radius 0.3 at (1, 0),
 * above it or below:
 *
 * <pre>
 *   y' = y + 0.1 clip(a, -1.5, 1.5)      x_t = 0.1 t, y starts normal, of deviation 0.05
 * </pre>
 *
 * <p>It terminates when the way from (x, y) to (x', y') touches the disc, or at x = 2, where the reward is 1: success.
 * Seen are ((x - 0.95) / 0.58, y / 0.35). Who takes the mean of the two ways runs into the tree.
 */
public final class Fork implements Environment {
    private static final int STEPS = 20;
    private static final double RADIUS = 0.3;

    /** For the service loader, too. */
    public Fork() {}

    @Override
    public String name() {
        return "fork";
    }

    @Override
    public String description() {
        return "two ways past a tree: (x, y); to the side";
    }

    @Override
    public Space observations() {
        float any = Float.POSITIVE_INFINITY;
        return new Space.Box(new float[] {-2, -any}, new float[] {2, any});
    }

    @Override
    public Space actions() {
        return Space.Box.of(1, -1.5, 1.5);
    }

    @Override
    public int limit() {
        return 0;
    }

    /** Steps that were taken, y, and 1 after a collision. */
    @Override
    public int stateSize() {
        return 3;
    }

    @Override
    public void start(double[] state, Draws draws) {
        state[0] = 0;
        state[1] = 0.05 * draws.normal();
        state[2] = 0;
    }

    @Override
    public double step(double[] state, float[] action, Draws draws) {
        double x = 0.1 * state[0];
        double y = state[1];
        state[0]++;
        state[1] += 0.1 * clip(action[0], -1.5, 1.5);
        if (Numbers.distance(1, 0, x, y, 0.1 * state[0], state[1]) < RADIUS) {
            state[2] = 1;
        }
        return succeeded(state) ? 1 : 0;
    }

    private static boolean succeeded(double[] state) {
        return state[0] == STEPS && state[2] == 0;
    }

    @Override
    public boolean terminated(double[] state) {
        return state[2] == 1 || state[0] == STEPS;
    }

    @Override
    public void observe(double[] state, float[] observation) {
        observation[0] = (float) ((0.1 * state[0] - 0.95) / 0.58);
        observation[1] = (float) (state[1] / 0.35);
    }

    /** "success", and "above": 1 if the point is above the tree's middle. */
    @Override
    public Map<String, Double> info(double[] state) {
        return Map.of("success", succeeded(state) ? 1.0 : 0, "above", state[1] > 0 ? 1.0 : 0);
    }

    @Override
    public OptionalDouble ceiling() {
        return OptionalDouble.of(1);
    }

    @Override
    public Optional<Scene> scene(double[] state) {
        return Optional.of(new Scene(-0.1, 2.1, -1.1, 1.1).disc(Scene.GREY, 1, 0, RADIUS).line(Scene.GREEN, 2, -1, 2, 1)
                .disc(state[2] == 1 ? Scene.RED : Scene.ORANGE, 0.1 * state[0], state[1], 0.05));
    }
}
