package io.elbo4j.control.environment;

import static io.elbo4j.control.environment.Numbers.clip;
import static io.elbo4j.control.environment.Numbers.square;

import io.elbo4j.train.picture.Scene;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A point moves through a square towards a goal, and is seen from above, as the first task of Zhang et al. 2019, SOLAR,
 * section 6; the numbers are of this project.
 *
 * <pre>
 *   p' = p + 0.1 a, within [-1, 1]      a in [-1, 1], to each side
 *   reward = -|p' - goal|^2 - 0.01 |a|^2
 * </pre>
 *
 * <p>It starts up to 0.2 from (-0.6, -0.5) to each side; the goal is (0.5, 0.4); truncated after 40 steps. Seen are
 * 16 x 16 grey values, a row of pixels after the other from the top, of the square from -1.1 to 1.1: a disc whose edge
 * is a ramp of one pixel, 3 minus the distance of a pixel's centre from the point in pixels, between 0 and 1, rounded
 * to a byte b; a value is b / 255. The goal is not seen.
 */
public final class Navigation implements Environment {
    /** Pixels of a side. */
    public static final int SIDE = 16;

    private static final double EXTENT = 1.1;
    private static final double PIXEL = 2 * EXTENT / SIDE;
    private static final double RADIUS = 3;
    private static final double STEP = 0.1;
    private static final double EFFORT = 0.01;
    private static final double SPREAD = 0.2;
    private static final double[] FROM = {-0.6, -0.5};
    private static final double[] GOAL = {0.5, 0.4};

    /** For the service loader, too. */
    public Navigation() {}

    @Override
    public String name() {
        return "navigation";
    }

    @Override
    public String description() {
        return "a point on its way to a goal, seen as a picture of 16 x 16; a move";
    }

    @Override
    public Space observations() {
        return Space.Box.of(SIDE * SIDE, 0, 1);
    }

    @Override
    public Space actions() {
        return Space.Box.of(2, -1, 1);
    }

    @Override
    public int limit() {
        return 40;
    }

    /** The point. */
    @Override
    public int stateSize() {
        return 2;
    }

    @Override
    public void start(double[] state, Draws draws) {
        for (int i = 0; i < 2; i++) {
            state[i] = FROM[i] + draws.uniform(-SPREAD, SPREAD);
        }
    }

    @Override
    public double step(double[] state, float[] action, Draws draws) {
        double effort = 0;
        for (int i = 0; i < 2; i++) {
            double a = clip(action[i], -1, 1);
            state[i] = clip(state[i] + STEP * a, -1, 1);
            effort += square(a);
        }
        return -square(state[0] - GOAL[0]) - square(state[1] - GOAL[1]) - EFFORT * effort;
    }

    @Override
    public void observe(double[] state, float[] observation) {
        for (int i = 0; i < SIDE * SIDE; i++) {
            double x = -EXTENT + PIXEL * (i % SIDE + 0.5);
            double y = EXTENT - PIXEL * (i / SIDE + 0.5);
            double grey = clip(RADIUS - StrictMath.hypot(x - state[0], y - state[1]) / PIXEL, 0, 1);
            observation[i] = (float) (Math.floor(255 * grey + 0.5) / 255);
        }
    }

    /** "distance" from the goal, and "success": 1 within 0.1. */
    @Override
    public Map<String, Double> info(double[] state) {
        double distance = StrictMath.hypot(state[0] - GOAL[0], state[1] - GOAL[1]);
        return Map.of("distance", distance, "success", distance < 0.1 ? 1.0 : 0);
    }

    /** Of the best moves from each start, which are a convex problem. */
    @Override
    public OptionalDouble ceiling() {
        return OptionalDouble.of(-5.98);
    }

    @Override
    public Optional<double[]> place(double across, double up) {
        return Optional.of(new double[] {2 * across - 1, 2 * up - 1});
    }

    @Override
    public Optional<Scene> scene(double[] state) {
        return Optional.of(new Scene(-EXTENT, EXTENT, -EXTENT, EXTENT).disc(Scene.GREEN, GOAL[0], GOAL[1], 0.1).disc(
                Scene.ORANGE, state[0], state[1], RADIUS * PIXEL - PIXEL / 2));
    }
}
