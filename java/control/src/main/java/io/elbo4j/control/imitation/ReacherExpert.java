package io.elbo4j.control.imitation;

import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Reacher2;

/**
 * Reaches for the target of {@link Reacher2} with the elbow on one side, 1 or -1: each joint goes on its shortest way
 * to the angle of that solution of the inverse kinematics. With d the angle that is left,
 *
 * <pre>
 *   a = clip(10 d, -1, 1)      noise of deviation 0.1
 * </pre>
 */
public record ReacherExpert() implements Expert {
    private static final double NEAR = 0.05;

    @Override
    public Environment environment() {
        return new Reacher2();
    }

    @Override
    public void act(double[] state, int side, float[] action) {
        for (int i = 0; i < 2; i++) {
            action[i] = (float) Math.max(-1, Math.min(1, 10 * left(state, side, i)));
        }
    }

    /** From -pi to pi. */
    private static double left(double[] state, int side, int joint) {
        return StrictMath.IEEEremainder(Reacher2.angles((int) state[2], side)[joint] - state[joint], 2 * Math.PI);
    }

    /** Whether both joints are within 0.05 of where they go. */
    static boolean isThere(double[] state, int side) {
        return Math.max(Math.abs(left(state, side, 0)), Math.abs(left(state, side, 1))) < NEAR;
    }

    @Override
    public double noise() {
        return 0.1;
    }

    @Override
    public float[] mirror() {
        return new float[] {1, -1, 1, -1, 1, -1};
    }

    @Override
    public float[] mirrorOfActions() {
        return new float[] {-1, -1};
    }
}
