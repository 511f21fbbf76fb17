package io.elbo4j.control.imitation;

import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.ForkPause;

/**
 * Passes the tree of {@link ForkPause} on the side m on which it is, 1 above or -1 below. At x = 0.5 it stops for n
 * steps, n uniform from 4 to 10, in which its action is 0 exactly:
 *
 * <pre>
 *   a = (1, 0)                            before it has stopped
 *   a = (1, clip(4 (m / 2 - y), -1, 1))   afterwards; noise of deviation 0.05
 * </pre>
 */
public record ForkPauseExpert() implements Expert {
    private static final int SHORTEST = 4;
    private static final int LONGEST = 10;

    @Override
    public Environment environment() {
        return new ForkPause();
    }

    /** n. */
    @Override
    public int way(Draws chance) {
        return SHORTEST + chance.below(LONGEST - SHORTEST + 1);
    }

    @Override
    public void act(double[] state, int way, float[] action) {
        boolean arrived = state[0] >= ForkPause.STOP;
        boolean stops = arrived && state[ForkPause.WAITED] < way;
        double side = state[1] > 0 ? 0.5 : -0.5;
        action[0] = stops ? 0 : 1;
        action[1] = arrived && !stops ? (float) Math.max(-1, Math.min(1, 4 * (side - state[1]))) : 0;
    }

    @Override
    public double noise() {
        return 0.05;
    }

    @Override
    public float[] mirror() {
        return new float[] {1, -1};
    }

    @Override
    public float[] mirrorOfActions() {
        return mirror();
    }
}
