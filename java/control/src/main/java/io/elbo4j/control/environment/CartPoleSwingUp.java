package io.elbo4j.control.environment;

import static io.elbo4j.control.environment.Numbers.clip;
import static io.elbo4j.control.environment.Numbers.square;

import io.elbo4j.Activation;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Subtract;
import io.elbo4j.train.picture.Scene;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The cart-pole of PETS (Chua et al. 2018), without MuJoCo: a hanging pole is swung up and held by a force 100 a on its
 * cart, |a| at most 3. Cart and pole are capsules at 1000 kg / m^3, of mass M = 10.472 and m = 5.0186; the pole's
 * centre is l = 0.3 from the hinge, its moment of inertia there I = 0.18875; both joints are damped with 1. With s and
 * c the angle's sine and cosine, 0 hanging:
 *
 * <pre>
 *   (M + m) x'' - m l c angle'' = 100 a - x' - m l s angle'^2
 *   -m l c x'' + (I + m l^2) angle'' = -angle' - m 9.81 l s
 *   reward = exp(-|tip - (0, 0.6)|^2 / 0.36) - 0.01 a^2      tip = (x - 0.6 s, -0.6 c), after the step
 * </pre>
 *
 * <p>A step is two of Runge and Kutta's method of 0.02 s. All four numbers start normal, of deviation 0.1. The cart
 * stops at the ends of its rail, |x| = 2.5: there MuJoCo has springs. Truncated after 200 steps; CEM on these equations
 * comes to 175 to 179.
 */
public final class CartPoleSwingUp implements Environment {
    private static final double CART = capsule(0.1, 0.2);
    private static final double RADIUS = 0.049;
    private static final double LENGTH = 0.6;
    private static final double POLE = capsule(RADIUS, LENGTH);
    private static final double INERTIA = acrossCapsule(RADIUS, LENGTH);
    private static final double RAIL = 2.5;

    /** Its mass: a cylinder and two half balls. */
    private static double capsule(double radius, double length) {
        return 1000 * Math.PI * square(radius) * (length + 4 * radius / 3);
    }

    /** Its moment of inertia about an axis through its centre, across it. */
    private static double acrossCapsule(double radius, double length) {
        double cylinder = 1000 * Math.PI * square(radius) * length;
        double balls = 1000 * Math.PI * square(radius) * radius * 4 / 3;
        return cylinder * (square(radius) / 4 + square(length) / 12)
                + balls * (2 * square(radius) / 5 + square(length) / 4 + 3 * length * radius / 8);
    }

    /** For the service loader, too. */
    public CartPoleSwingUp() {}

    @Override
    public String name() {
        return "cart-pole-swing-up";
    }

    @Override
    public String description() {
        return "swing up a pole on a cart, that of PETS: (x, cos, sin, v, w); a force";
    }

    @Override
    public Space observations() {
        float any = Float.POSITIVE_INFINITY;
        return new Space.Box(new float[] {(float) -RAIL, -1, -1, -any, -any}, new float[] {(float) RAIL, 1, 1, any,
                any});
    }

    @Override
    public Space actions() {
        return Space.Box.of(1, -3, 3);
    }

    @Override
    public int limit() {
        return 200;
    }

    @Override
    public int stateSize() {
        return 4;
    }

    @Override
    public void start(double[] state, Draws draws) {
        for (int i = 0; i < 4; i++) {
            state[i] = 0.1 * draws.normal();
        }
    }

    @Override
    public double step(double[] state, float[] action, Draws draws) {
        double a = clip(action[0], -3, 3);
        for (int i = 0; i < 2; i++) {
            Numbers.rungeKutta(state, 0.02, (at, slope) -> accelerate(at, 100 * a, slope));
            if (Math.abs(state[0]) > RAIL) {
                state[0] = clip(state[0], -RAIL, RAIL);
                state[2] = 0;
            }
        }
        double x = state[0] - LENGTH * StrictMath.sin(state[1]);
        double y = -LENGTH * StrictMath.cos(state[1]);
        return StrictMath.exp(-(square(x) + square(y - LENGTH)) / square(LENGTH)) - 0.01 * square(a);
    }

    private static void accelerate(double[] at, double force, double[] slope) {
        double l = LENGTH / 2;
        double s = StrictMath.sin(at[1]);
        double coupling = -POLE * l * StrictMath.cos(at[1]);
        double of = CART + POLE;
        double around = INERTIA + POLE * square(l);
        double push = force - at[2] - POLE * l * s * square(at[3]);
        double turn = -at[3] - POLE * 9.81 * l * s;
        double determinant = of * around - square(coupling);
        slope[0] = at[2];
        slope[1] = at[3];
        slope[2] = (push * around - turn * coupling) / determinant;
        slope[3] = (turn * of - push * coupling) / determinant;
    }

    @Override
    public void observe(double[] state, float[] observation) {
        observation[0] = (float) state[0];
        observation[1] = (float) StrictMath.cos(state[1]);
        observation[2] = (float) StrictMath.sin(state[1]);
        observation[3] = (float) state[2];
        observation[4] = (float) state[3];
    }

    @Override
    public Optional<Reward> reward() {
        return Optional.of((observation, action, next) -> {
            Value x = Slice.of(name(next, "x"), next, 0, 1);
            Value cosine = Slice.of(name(next, "cos"), next, 1, 2);
            Value sine = Slice.of(name(next, "sin"), next, 2, 3);
            Value across = Activate.of(Subtract.of(x, Scale.of(sine, (float) LENGTH, 0)), Activation.SQUARE);
            Value below = Activate.of(Scale.of(cosine, (float) LENGTH, (float) LENGTH), Activation.SQUARE);
            Value near = Activate.of(Scale.of(Add.of(across, below), (float) (-1 / square(LENGTH)), 0), Activation.EXP);
            return Subtract.of(near, Scale.of(Activate.of(action, Activation.SQUARE), 0.01f, 0));
        });
    }

    private static String name(Value of, String column) {
        return of.graph().freeName(column + " of " + of.name());
    }

    @Override
    public OptionalDouble ceiling() {
        return OptionalDouble.of(179);
    }

    @Override
    public Optional<Scene> scene(double[] state) {
        return Optional.of(CartPole.cart(RAIL, state[0], state[0] - LENGTH * StrictMath.sin(state[1]), -LENGTH
                * StrictMath.cos(state[1])));
    }
}
