package io.elbo4j.control.imitation;

import io.elbo4j.control.environment.Cross;
import io.elbo4j.control.environment.Environment;

/**
 * Goes to one corner of {@link Cross}, (m, m), m = 1 or -1:
 *
 * <pre>
 *   a = clip(4 ((m, m) - p), -1, 1)      noise of deviation 0.1
 * </pre>
 */
public record CrossExpert() implements Expert {
    @Override
    public Environment environment() {
        return new Cross();
    }

    @Override
    public void act(double[] state, int side, float[] action) {
        for (int i = 0; i < 2; i++) {
            action[i] = (float) Math.max(-1, Math.min(1, 4 * (side - state[i])));
        }
    }

    @Override
    public double noise() {
        return 0.1;
    }

    @Override
    public float[] mirror() {
        return new float[] {-1, -1};
    }

    @Override
    public float[] mirrorOfActions() {
        return mirror();
    }
}
