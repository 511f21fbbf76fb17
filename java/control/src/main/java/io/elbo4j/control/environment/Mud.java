package io.elbo4j.control.environment;

import static io.elbo4j.control.environment.Numbers.clip;

import io.elbo4j.Activation;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Subtract;
import java.util.Map;
import java.util.Optional;

/**
 * A plane with mud in its middle, where whoever has no data of it believes that the way is free:
 *
 * <pre>
 *   p' = p + 0.2 s u + 0.06 (sin(2 y), sin(2 x))      s = 1, but 0.05 where |p| is below 0.6; u in [-1, 1]
 *   reward = -|p' - (1.5, 0)|
 * </pre>
 *
 * <p>It starts at (-1.5, y), y from -0.5 to 0.5, those of evaluation at 8 places in turn, and is truncated after 25
 * steps.
 */
public final class Mud implements Environment {
    /** Where the mud ends. */
    public static final double RADIUS = 0.6;

    private static final double GOAL = 1.5;
    private static final int STARTS = 8;

    /** For the service loader, too. */
    public Mud() {}

    @Override
    public String name() {
        return "mud";
    }

    @Override
    public String description() {
        return "a way around mud that nobody has data of: (x, y); a velocity";
    }

    @Override
    public Space observations() {
        return Space.Box.of(2, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
    }

    @Override
    public Space actions() {
        return Space.Box.of(2, -1, 1);
    }

    @Override
    public int limit() {
        return 25;
    }

    @Override
    public int stateSize() {
        return 2;
    }

    @Override
    public void start(double[] state, Draws draws) {
        state[0] = -GOAL;
        state[1] = draws.uniform(-0.5, 0.5);
    }

    @Override
    public void evaluationStart(int episode, double[] state) {
        state[0] = -GOAL;
        state[1] = -0.5 + episode % STARTS / (STARTS - 1.0);
    }

    @Override
    public double step(double[] state, float[] action, Draws draws) {
        double x = state[0];
        double y = state[1];
        double speed = 0.2 * (isIn(state) ? 0.05 : 1);
        state[0] += speed * clip(action[0], -1, 1) + 0.06 * StrictMath.sin(2 * y);
        state[1] += speed * clip(action[1], -1, 1) + 0.06 * StrictMath.sin(2 * x);
        return -StrictMath.hypot(state[0] - GOAL, state[1]);
    }

    @Override
    public Optional<Reward> reward() {
        return Optional.of((observation, action, next) -> {
            Value way = Subtract.of(next, ConstantRow.of(next.graph(), next.graph().freeName("goal"), new float[] {
                    (float) GOAL, 0}));
            return Scale.of(Activate.of(RowSum.of(Activate.of(way, Activation.SQUARE)), Activation.SQRT), -1, 0);
        });
    }

    private static boolean isIn(double[] state) {
        return StrictMath.hypot(state[0], state[1]) < RADIUS;
    }

    @Override
    public void observe(double[] state, float[] observation) {
        observation[0] = (float) state[0];
        observation[1] = (float) state[1];
    }

    /** "mud": 1 in it. */
    @Override
    public Map<String, Double> info(double[] state) {
        return Map.of("mud", isIn(state) ? 1.0 : 0);
    }
}
