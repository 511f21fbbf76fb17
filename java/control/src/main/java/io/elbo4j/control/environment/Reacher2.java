package io.elbo4j.control.environment;

import static io.elbo4j.control.environment.Numbers.clip;
import static io.elbo4j.control.environment.Numbers.square;

import io.elbo4j.train.picture.Scene;
import java.util.Map;
import java.util.Optional;

/**
 * An arm of two links of 0.1, moved by the velocities of its joints, reaches for one of four targets at 0.14 from its
 * shoulder. Each place has two ways to be reached, the elbow on either side.
 *
 * <pre>
 *   p' = p + 0.1 a_0,  q' = q + 0.1 a_1      a in [-1, 1]
 *   hand = 0.1 (cos p, sin p) + 0.1 (cos(p + q), sin(p + q))
 *   reward = -|hand' - target| - 0.1 |a|^2
 * </pre>
 *
 * <p>Any angles at the start; seen are the cosines and sines of p and q and the target; truncated after 50 steps.
 */
public final class Reacher2 implements Environment {
    private static final double LINK = 0.1;
    private static final double AWAY = 0.14;
    /** How many targets there are. */
    public static final int TARGETS = 4;

    /** For the service loader, too. */
    public Reacher2() {}

    @Override
    public String name() {
        return "reacher2";
    }

    @Override
    public String description() {
        return "an arm of two links: cos and sin of both joints, a target; velocities of the joints";
    }

    @Override
    public Space observations() {
        float target = (float) AWAY;
        return new Space.Box(new float[] {-1, -1, -1, -1, -target, -target}, new float[] {1, 1, 1, 1, target, target});
    }

    @Override
    public Space actions() {
        return Space.Box.of(2, -1, 1);
    }

    @Override
    public int limit() {
        return 50;
    }

    /** Both angles, and which target. */
    @Override
    public int stateSize() {
        return 3;
    }

    @Override
    public void start(double[] state, Draws draws) {
        state[0] = draws.uniform(-Math.PI, Math.PI);
        state[1] = draws.uniform(-Math.PI, Math.PI);
        state[2] = draws.below(TARGETS);
    }

    @Override
    public double step(double[] state, float[] action, Draws draws) {
        double effort = 0;
        for (int i = 0; i < 2; i++) {
            double a = clip(action[i], -1, 1);
            state[i] += 0.1 * a;
            effort += square(a);
        }
        return -away(state) - 0.1 * effort;
    }

    /** Where the hand is: x, y. */
    public static double[] hand(double[] state) {
        double elbow = state[0] + state[1];
        return new double[] {LINK * (StrictMath.cos(state[0]) + StrictMath.cos(elbow)), LINK * (StrictMath.sin(
                state[0]) + StrictMath.sin(elbow))};
    }

    /**
     * The angles p and q at which the hand is on a target.
     *
     * @param side of the elbow: 1 or -1
     */
    public static double[] angles(int target, int side) {
        double bend = StrictMath.acos(square(AWAY) / (2 * square(LINK)) - 1);
        return new double[] {bearing(target) - side * bend / 2, side * bend};
    }

    private static double away(double[] state) {
        double[] hand = hand(state);
        return StrictMath.hypot(hand[0] - targetX(state[2]), hand[1] - targetY(state[2]));
    }

    private static double bearing(double target) {
        return Math.PI * (2 * target + 1) / TARGETS;
    }

    private static double targetX(double target) {
        return AWAY * StrictMath.cos(bearing(target));
    }

    private static double targetY(double target) {
        return AWAY * StrictMath.sin(bearing(target));
    }

    @Override
    public void observe(double[] state, float[] observation) {
        for (int i = 0; i < 2; i++) {
            observation[2 * i] = (float) StrictMath.cos(state[i]);
            observation[2 * i + 1] = (float) StrictMath.sin(state[i]);
        }
        observation[4] = (float) targetX(state[2]);
        observation[5] = (float) targetY(state[2]);
    }

    /** "distance" of hand and target, and "success": 1 within 0.02. */
    @Override
    public Map<String, Double> info(double[] state) {
        double distance = away(state);
        return Map.of("distance", distance, "success", distance < 0.02 ? 1.0 : 0);
    }

    @Override
    public Optional<Scene> scene(double[] state) {
        double x = LINK * StrictMath.cos(state[0]);
        double y = LINK * StrictMath.sin(state[0]);
        double[] hand = hand(state);
        return Optional.of(new Scene(-0.22, 0.22, -0.22, 0.22).disc(Scene.GREEN, targetX(state[2]), targetY(state[2]),
                0.02).line(Scene.BLUE, 0, 0, x, y, hand[0], hand[1]).disc(Scene.GREY, 0, 0, 0.008).disc(Scene.GREY, x,
                        y, 0.008).disc(Scene.ORANGE, hand[0], hand[1], 0.01));
    }
}
