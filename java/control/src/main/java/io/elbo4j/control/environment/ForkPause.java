package io.elbo4j.control.environment;

import static io.elbo4j.control.environment.Numbers.clip;

import io.elbo4j.train.picture.Scene;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A way past a tree on which people stop to look: a point is moved past a disc of radius 0.22 at (1, 0),
 *
 * <pre>
 *   p' = p + 0.1 clip(a, -1, 1)      x starts at 0, |y| uniform from 0.04 to 0.1, above or below by chance
 * </pre>
 *
 * <p>It terminates when the way from p to p' touches the disc, or from x = 2 on, where the reward is 1: success. It is
 * truncated after 40 steps. Seen are ((x - 1) / 0.6, y / 0.3), not how long it has been where people stop, x = 0.5: who
 * does at each moment what they do most often there stays there.
 */
public final class ForkPause implements Environment {
    /** Where people stop. */
    public static final double STOP = 0.5;
    /** How many steps have begun there: a number of the state, which is not seen. */
    public static final int WAITED = 3;

    private static final double END = 2;
    private static final double RADIUS = 0.22;

    /** For the service loader, too. */
    public ForkPause() {}

    @Override
    public String name() {
        return "fork-pause";
    }

    @Override
    public String description() {
        return "past a tree, with a stop of any length before it: (x, y); velocities";
    }

    @Override
    public Space observations() {
        float any = Float.POSITIVE_INFINITY;
        return new Space.Box(new float[] {-any, -any}, new float[] {any, any});
    }

    @Override
    public Space actions() {
        return Space.Box.of(2, -1, 1);
    }

    @Override
    public int limit() {
        return 40;
    }

    /** x, y, 1 after a collision, and {@link #WAITED}. */
    @Override
    public int stateSize() {
        return 4;
    }

    @Override
    public void start(double[] state, Draws draws) {
        double away = draws.uniform(0.04, 0.1);
        state[0] = 0;
        state[1] = draws.uniform() < 0.5 ? away : -away;
        state[2] = 0;
        state[WAITED] = 0;
    }

    @Override
    public double step(double[] state, float[] action, Draws draws) {
        double x = state[0];
        double y = state[1];
        state[WAITED] += x >= STOP ? 1 : 0;
        state[0] += 0.1 * clip(action[0], -1, 1);
        state[1] += 0.1 * clip(action[1], -1, 1);
        if (Numbers.distance(1, 0, x, y, state[0], state[1]) < RADIUS) {
            state[2] = 1;
        }
        return succeeded(state) ? 1 : 0;
    }

    private static boolean succeeded(double[] state) {
        return state[0] >= END && state[2] == 0;
    }

    @Override
    public boolean terminated(double[] state) {
        return state[2] == 1 || state[0] >= END;
    }

    @Override
    public void observe(double[] state, float[] observation) {
        observation[0] = (float) ((state[0] - 1) / 0.6);
        observation[1] = (float) (state[1] / 0.3);
    }

    /** "success", "above": 1 if the point is above the tree's middle, and "stalled": 1 where it is on its way still. */
    @Override
    public Map<String, Double> info(double[] state) {
        return Map.of("success", succeeded(state) ? 1.0 : 0, "above", state[1] > 0 ? 1.0 : 0, "stalled", terminated(
                state) ? 0 : 1.0);
    }

    @Override
    public OptionalDouble ceiling() {
        return OptionalDouble.of(1);
    }

    @Override
    public Optional<Scene> scene(double[] state) {
        return Optional.of(new Scene(-0.1, 2.1, -1.1, 1.1).disc(Scene.GREY, 1, 0, RADIUS).line(Scene.GREEN, END, -1,
                END, 1).disc(state[2] == 1 ? Scene.RED : Scene.ORANGE, state[0], state[1], 0.05));
    }
}
