package io.elbo4j.control.imitation;

import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Fork;

/**
 * Passes the tree of {@link Fork} above, m = 1, or below, m = -1. It gets to the middle first, so that nothing tells
 * the side before the sixth step:
 *
 * <pre>
 *   a = -2 y                          in the first 5 steps
 *   a = clip(4 (m / 2 - y), -1, 1)    afterwards; noise of deviation 0.1
 * </pre>
 */
public record ForkExpert() implements Expert {
    @Override
    public Environment environment() {
        return new Fork();
    }

    @Override
    public void act(double[] state, int side, float[] action) {
        double y = state[1];
        action[0] = (float) (state[0] < 5 ? -2 * y : Math.max(-1, Math.min(1, 4 * (0.5 * side - y))));
    }

    @Override
    public double noise() {
        return 0.1;
    }

    @Override
    public float[] mirror() {
        return new float[] {1, -1};
    }

    @Override
    public float[] mirrorOfActions() {
        return new float[] {-1};
    }
}
