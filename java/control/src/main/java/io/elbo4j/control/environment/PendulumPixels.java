package io.elbo4j.control.environment;

import static io.elbo4j.control.environment.Numbers.clip;

/**
 * {@link SlowPendulum} seen as a picture of 32 x 32 grey values, a row of pixels after the other from the top. The
 * pendulum is a rod of 12 pixels from the middle with round ends, 1.5 pixels to each side, whose edge is a ramp of one
 * pixel: 2 minus the distance of a pixel's centre from the rod, between 0 and 1. It is rounded to a byte b; a value is
 * b / 255 - 0.5, so that a replay of bytes takes round(255 (value + 0.5)).
 */
public final class PendulumPixels extends SlowPendulum {
    /** Pixels of a side. */
    public static final int SIDE = 32;

    private static final double ROD = 12;

    /** For the service loader, too. */
    public PendulumPixels() {}

    @Override
    public String name() {
        return "pendulum-pixels";
    }

    @Override
    public String description() {
        return "pendulum seen as a picture of 32 x 32; a torque in [-1, 1] for two steps";
    }

    @Override
    public Space observations() {
        return Space.Box.of(SIDE * SIDE, -0.5, 0.5);
    }

    @Override
    public void observe(double[] state, float[] observation) {
        double endX = ROD * StrictMath.sin(state[0]);
        double endY = ROD * StrictMath.cos(state[0]);
        for (int i = 0; i < SIDE * SIDE; i++) {
            double x = i % SIDE + 0.5 - SIDE / 2;
            double y = SIDE / 2 - (i / SIDE + 0.5);
            double grey = clip(2 - Numbers.distance(x, y, 0, 0, endX, endY), 0, 1);
            observation[i] = (float) (Math.floor(255 * grey + 0.5) / 255 - 0.5);
        }
    }
}
