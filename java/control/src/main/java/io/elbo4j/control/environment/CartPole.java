package io.elbo4j.control.environment;

import static io.elbo4j.control.environment.Numbers.square;

import io.elbo4j.train.picture.Scene;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * CartPole-v1 of Gymnasium (Barto, Sutton and Anderson 1983): a pole on a cart is held upright by pushing the cart with
 * a force F of 10 to the left (action 0) or to the right (1). With g = 9.8, a cart of 1, a pole of 0.1 whose half is
 * 0.5 long, s and c the pole's sine and cosine:
 *
 * <pre>
 *   t = (F + 0.05 w^2 s) / 1.1
 *   w' = w + 0.02 a,  a = (9.8 s - c t) / (0.5 (4/3 - 0.1 c^2 / 1.1))
 *   v' = v + 0.02 (t - 0.05 a c / 1.1)
 *   x' = x + 0.02 v,  angle' = angle + 0.02 w
 *   reward = 1
 * </pre>
 *
 * <p>All four numbers start within 0.05. It terminates where |x| is above 2.4 or the angle above 12 degrees, and is
 * truncated after 500 steps: 500 is the best.
 */
public final class CartPole implements Environment {
    private static final double FORCE = 10;

    /** For the service loader, too. */
    public CartPole() {}

    @Override
    public String name() {
        return "cart-pole";
    }

    @Override
    public String description() {
        return "balance a pole, Gymnasium's CartPole-v1: (x, v, angle, w); to the left or to the right";
    }

    @Override
    public Space observations() {
        return seen();
    }

    static Space seen() {
        float any = Float.POSITIVE_INFINITY;
        return new Space.Box(new float[] {-4.8f, -any, -0.42f, -any}, new float[] {4.8f, any, 0.42f, any});
    }

    @Override
    public Space actions() {
        return new Space.Discrete(2);
    }

    @Override
    public int limit() {
        return 500;
    }

    @Override
    public int stateSize() {
        return 4;
    }

    @Override
    public void start(double[] state, Draws draws) {
        nearUpright(state, draws);
    }

    static void nearUpright(double[] state, Draws draws) {
        for (int i = 0; i < 4; i++) {
            state[i] = draws.uniform(-0.05, 0.05);
        }
    }

    @Override
    public double step(double[] state, float[] action, Draws draws) {
        push(state, action[0] == 1 ? FORCE : -FORCE);
        return 1;
    }

    static void push(double[] state, double force) {
        double s = StrictMath.sin(state[2]);
        double c = StrictMath.cos(state[2]);
        double t = (force + 0.05 * square(state[3]) * s) / 1.1;
        double a = (9.8 * s - c * t) / (0.5 * (4.0 / 3 - 0.1 * square(c) / 1.1));
        state[0] += 0.02 * state[1];
        state[1] += 0.02 * (t - 0.05 * a * c / 1.1);
        state[2] += 0.02 * state[3];
        state[3] += 0.02 * a;
    }

    @Override
    public boolean terminated(double[] state) {
        return fallen(state);
    }

    static boolean fallen(double[] state) {
        return Math.abs(state[0]) > 2.4 || Math.abs(state[2]) > 12 * 2 * Math.PI / 360;
    }

    @Override
    public void observe(double[] state, float[] observation) {
        for (int i = 0; i < 4; i++) {
            observation[i] = (float) state[i];
        }
    }

    @Override
    public OptionalDouble ceiling() {
        return OptionalDouble.of(500);
    }

    @Override
    public Optional<Scene> scene(double[] state) {
        return Optional.of(cart(2.4, state[0], state[0] + StrictMath.sin(state[2]), StrictMath.cos(state[2])));
    }

    /** @param tipX of the pole's end, seen from the cart; so tipY */
    static Scene cart(double rail, double x, double tipX, double tipY) {
        return new Scene(-rail - 0.3, rail + 0.3, -rail, rail).line(Scene.GREY, -rail, 0, rail, 0).line(Scene.GREY, x
                - 0.25, -0.12, x + 0.25, -0.12, x + 0.25, 0.12, x - 0.25, 0.12, x - 0.25, -0.12).line(Scene.BLUE, x, 0,
                        tipX, tipY).disc(Scene.ORANGE, tipX, tipY, 0.08);
    }
}
