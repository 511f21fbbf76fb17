package io.elbo4j.control.imitation;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Reacher2;

/**
 * Play with the arm of {@link Reacher2} (Lynch et al. 2019, Learning latent plans from play): it goes from one of the
 * four targets to another, all equally likely, on the shortest way of each joint to the angles r of one of the two
 * solutions of the inverse kinematics, by chance. With d the angle that is left,
 *
 * <pre>
 *   a = clip(10 d, -1, 1) + noise of deviation 0.1      until |d| is below 0.05 in both joints
 * </pre>
 *
 * <p>Nobody says what it is after: where the target of an observation would be, there is the hand.
 */
public final class ReacherPlay {
    private static final double NOISE = 0.1;
    private static final double NEAR = 0.05;

    private double[] angles = new double[2];
    private int target;

    private ReacherPlay() {}

    /** One long episode of so many decisions, from any angles on. */
    public static Demonstrations of(int decisions, long seed) {
        require(decisions >= 1, "decisions", "at least 1", decisions);
        Reacher2 arm = new Reacher2();
        double[] state = new double[arm.stateSize()];
        float[] observation = new float[arm.observations().columns()];
        float[] action = new float[arm.actions().columns()];
        float[] seen = new float[decisions * observation.length];
        float[] done = new float[decisions * action.length];
        Draws draws = new Draws(seed, "play");
        arm.start(state, draws.at(0, 0, 0));
        ReacherPlay play = new ReacherPlay();
        play.choose(draws.below(Reacher2.TARGETS), draws);
        for (int t = 0; t < decisions; t++) {
            draws.at(0, 0, t + 1);
            while (play.isThere(state)) {
                play.choose((play.target + 1 + draws.below(Reacher2.TARGETS - 1)) % Reacher2.TARGETS, draws);
            }
            play.act(state, action);
            for (int i = 0; i < 2; i++) {
                action[i] += (float) (NOISE * draws.normal());
            }
            observe(arm, state, observation);
            System.arraycopy(observation, 0, seen, t * observation.length, observation.length);
            System.arraycopy(action, 0, done, t * action.length, action.length);
            arm.step(state, action, draws);
        }
        return new Demonstrations(decisions, seen, done, new int[] {decisions});
    }

    private static void observe(Reacher2 arm, double[] state, float[] observation) {
        arm.observe(state, observation);
        double[] hand = Reacher2.hand(state);
        observation[4] = (float) hand[0];
        observation[5] = (float) hand[1];
    }

    private void choose(int next, Draws draws) {
        target = next;
        angles = Reacher2.angles(next, draws.uniform() < 0.5 ? 1 : -1);
    }

    /** What is left of each joint's way, from -pi to pi. */
    private double left(double[] state, int joint) {
        return StrictMath.IEEEremainder(angles[joint] - state[joint], 2 * Math.PI);
    }

    private boolean isThere(double[] state) {
        return Math.max(Math.abs(left(state, 0)), Math.abs(left(state, 1))) < NEAR;
    }

    private void act(double[] state, float[] action) {
        for (int i = 0; i < 2; i++) {
            action[i] = (float) Math.max(-1, Math.min(1, 10 * left(state, i)));
        }
    }
}
