package io.elbo4j.control.environment;

import static io.elbo4j.control.environment.Numbers.angle;
import static io.elbo4j.control.environment.Numbers.clip;
import static io.elbo4j.control.environment.Numbers.square;

import io.elbo4j.train.picture.Scene;
import java.util.Optional;

/**
 * Acrobot-v1 of Gymnasium (Sutton 1996): two links of length, mass and moment of inertia 1 hang from each other; a
 * torque u of -1, 0 or 1 (actions 0, 1, 2) between them swings the tip to 1 above the first joint. With angles p from
 * below and q between the links, g = 9.8:
 *
 * <pre>
 *   d = cos(q) + 3.5,  e = 0.5 cos(q) + 1.25
 *   f2 = 4.9 sin(p + q)
 *   f1 = -0.5 q'^2 sin(q) - q' p' sin(q) + 14.7 sin(p) + f2
 *   q'' = (u + e / d f1 - 0.5 p'^2 sin(q) - f2) / (1.25 - e^2 / d)
 *   p'' = -(e q'' + f1) / d
 *   reward = -1 for each step that does not come there
 * </pre>
 *
 * <p>A step is one of Runge and Kutta's method of 0.2 s, then |p'| at most 4 pi, |q'| at most 9 pi. All numbers start
 * within 0.1. It terminates there, and is truncated after 500 steps.
 */
public final class Acrobot implements Environment {
    /** For the service loader, too. */
    public Acrobot() {}

    @Override
    public String name() {
        return "acrobot";
    }

    @Override
    public String description() {
        return "swing up two links, Gymnasium's Acrobot-v1: cos and sin of both angles, speeds; one of three torques";
    }

    @Override
    public Space observations() {
        float p = (float) (4 * Math.PI);
        float q = (float) (9 * Math.PI);
        return new Space.Box(new float[] {-1, -1, -1, -1, -p, -q}, new float[] {1, 1, 1, 1, p, q});
    }

    @Override
    public Space actions() {
        return new Space.Discrete(3);
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
        for (int i = 0; i < 4; i++) {
            state[i] = draws.uniform(-0.1, 0.1);
        }
    }

    @Override
    public double step(double[] state, float[] action, Draws draws) {
        double torque = action[0] - 1;
        Numbers.rungeKutta(state, 0.2, (at, slope) -> accelerate(at, torque, slope));
        state[0] = angle(state[0]);
        state[1] = angle(state[1]);
        state[2] = clip(state[2], -4 * Math.PI, 4 * Math.PI);
        state[3] = clip(state[3], -9 * Math.PI, 9 * Math.PI);
        return terminated(state) ? 0 : -1;
    }

    private static void accelerate(double[] at, double torque, double[] slope) {
        double s = StrictMath.sin(at[1]);
        double c = StrictMath.cos(at[1]);
        double d = c + 3.5;
        double e = 0.5 * c + 1.25;
        double second = 4.9 * StrictMath.sin(at[0] + at[1]);
        double first = -0.5 * square(at[3]) * s - at[3] * at[2] * s + 14.7 * StrictMath.sin(at[0]) + second;
        slope[0] = at[2];
        slope[1] = at[3];
        slope[3] = (torque + e / d * first - 0.5 * square(at[2]) * s - second) / (1.25 - square(e) / d);
        slope[2] = -(e * slope[3] + first) / d;
    }

    @Override
    public boolean terminated(double[] state) {
        return -StrictMath.cos(state[0]) - StrictMath.cos(state[1] + state[0]) > 1;
    }

    @Override
    public void observe(double[] state, float[] observation) {
        observation[0] = (float) StrictMath.cos(state[0]);
        observation[1] = (float) StrictMath.sin(state[0]);
        observation[2] = (float) StrictMath.cos(state[1]);
        observation[3] = (float) StrictMath.sin(state[1]);
        observation[4] = (float) state[2];
        observation[5] = (float) state[3];
    }

    @Override
    public Optional<Scene> scene(double[] state) {
        double x = StrictMath.sin(state[0]);
        double y = -StrictMath.cos(state[0]);
        double tipX = x + StrictMath.sin(state[0] + state[1]);
        double tipY = y - StrictMath.cos(state[0] + state[1]);
        return Optional.of(new Scene(-2.3, 2.3, -2.3, 2.3).line(Scene.GREY, -2.2, 1, 2.2, 1).line(Scene.BLUE, 0, 0, x,
                y, tipX, tipY).disc(Scene.GREY, 0, 0, 0.08).disc(Scene.GREY, x, y, 0.08).disc(Scene.ORANGE, tipX, tipY,
                        0.12));
    }
}
