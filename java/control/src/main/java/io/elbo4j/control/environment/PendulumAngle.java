package io.elbo4j.control.environment;

/** {@link SlowPendulum} seen as (cos, sin) of its angle. */
public final class PendulumAngle extends SlowPendulum {
    /** For the service loader, too. */
    public PendulumAngle() {}

    @Override
    public String name() {
        return "pendulum-angle";
    }

    @Override
    public String description() {
        return "pendulum whose speed is not seen: (cos, sin); a torque in [-1, 1] for two steps";
    }

    @Override
    public Space observations() {
        return Space.Box.of(2, -1, 1);
    }

    @Override
    public void observe(double[] state, float[] observation) {
        observation[0] = (float) StrictMath.cos(state[0]);
        observation[1] = (float) StrictMath.sin(state[0]);
    }
}
