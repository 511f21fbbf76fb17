package io.elbo4j.control.environment;

import static io.elbo4j.control.environment.Numbers.clip;

import io.elbo4j.train.picture.Scene;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Two ways from the middle whose coordinates belong together: to (1, 1) or to (-1, -1), between two discs of radius 0.3
 * at (0.3, -0.3) and (-0.3, 0.3).
 *
 * <pre>
 *   p' = p + 0.1 clip(a, -1.5, 1.5)      both coordinates start normal, of deviation 0.03
 * </pre>
 *
 * <p>It terminates when the way of a step touches a disc, and after 15 steps, where the reward is 1 within 0.2 of
 * either target: success. Seen is p / 0.6. Who chooses each coordinate by itself goes into a disc half of the time.
 */
public final class Cross implements Environment {
    private static final int STEPS = 15;
    private static final double RADIUS = 0.3;
    private static final double NEAR = 0.2;

    /** For the service loader, too. */
    public Cross() {}

    @Override
    public String name() {
        return "cross";
    }

    @Override
    public String description() {
        return "two ways whose coordinates belong together: (x, y); a velocity";
    }

    @Override
    public Space observations() {
        return Space.Box.of(2, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
    }

    @Override
    public Space actions() {
        return Space.Box.of(2, -1.5, 1.5);
    }

    @Override
    public int limit() {
        return 0;
    }

    /** The point, steps that were taken, and 1 after a collision. */
    @Override
    public int stateSize() {
        return 4;
    }

    @Override
    public void start(double[] state, Draws draws) {
        state[0] = 0.03 * draws.normal();
        state[1] = 0.03 * draws.normal();
        state[2] = 0;
        state[3] = 0;
    }

    @Override
    public double step(double[] state, float[] action, Draws draws) {
        double x = state[0];
        double y = state[1];
        state[0] += 0.1 * clip(action[0], -1.5, 1.5);
        state[1] += 0.1 * clip(action[1], -1.5, 1.5);
        state[2]++;
        for (int side = -1; side <= 1; side += 2) {
            if (Numbers.distance(side * 0.3, -side * 0.3, x, y, state[0], state[1]) < RADIUS) {
                state[3] = 1;
            }
        }
        return succeeded(state) ? 1 : 0;
    }

    private static boolean succeeded(double[] state) {
        double side = Math.signum(state[0]);
        return state[2] == STEPS && state[3] == 0 && StrictMath.hypot(state[0] - side, state[1] - side) < NEAR;
    }

    @Override
    public boolean terminated(double[] state) {
        return state[3] == 1 || state[2] == STEPS;
    }

    @Override
    public void observe(double[] state, float[] observation) {
        observation[0] = (float) (state[0] / 0.6);
        observation[1] = (float) (state[1] / 0.6);
    }

    /** "success", and "above": 1 on the way to (1, 1). */
    @Override
    public Map<String, Double> info(double[] state) {
        return Map.of("success", succeeded(state) ? 1.0 : 0, "above", state[0] + state[1] > 0 ? 1.0 : 0);
    }

    @Override
    public OptionalDouble ceiling() {
        return OptionalDouble.of(1);
    }

    @Override
    public Optional<Scene> scene(double[] state) {
        return Optional.of(new Scene(-1.4, 1.4, -1.4, 1.4).disc(Scene.GREY, 0.3, -0.3, RADIUS).disc(Scene.GREY, -0.3,
                0.3, RADIUS).disc(Scene.GREEN, 1, 1, NEAR).disc(Scene.GREEN, -1, -1, NEAR).disc(state[3] == 1
                        ? Scene.RED : Scene.ORANGE, state[0], state[1], 0.06));
    }
}
