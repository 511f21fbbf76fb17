package io.elbo4j.control.imitation;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Reacher2;

/**
 * Play with the arm of {@link Reacher2} (Lynch et al. 2019, Learning latent plans from play): a {@link ReacherExpert}
 * goes from one of the four targets to one of the others, by chance, each time with the elbow on a side that is drawn,
 * too. Nobody says what it is after: where the target of an observation would be, there is the hand.
 */
public final class ReacherPlay {
    /** Columns of a goal, at the end of an observation. */
    public static final int GOAL = 2;

    private ReacherPlay() {}

    /** One long episode of so many decisions, from any angles on. */
    public static Demonstrations of(int decisions, long seed) {
        require(decisions >= 1, "decisions", "at least 1", decisions);
        ReacherExpert expert = new ReacherExpert();
        Reacher2 arm = new Reacher2();
        double[] state = new double[arm.stateSize()];
        float[] observation = new float[arm.observations().columns()];
        float[] action = new float[arm.actions().columns()];
        float[] seen = new float[Math.multiplyExact(decisions, observation.length)];
        float[] done = new float[decisions * action.length];
        Draws draws = new Draws(seed, "play");
        arm.start(state, draws.at(0, 0, 0));
        int side = expert.way(draws);
        for (int t = 0; t < decisions; t++) {
            draws.at(0, 0, t + 1);
            while (ReacherExpert.isThere(state, side)) {
                state[2] = (state[2] + 1 + draws.below(Reacher2.TARGETS - 1)) % Reacher2.TARGETS;
                side = expert.way(draws);
            }
            observe(arm, state, observation);
            System.arraycopy(observation, 0, seen, t * observation.length, observation.length);
            expert.show(state, side, action, draws);
            System.arraycopy(action, 0, done, t * action.length, action.length);
            arm.step(state, action, draws);
        }
        return new Demonstrations(decisions, seen, done, new int[] {decisions});
    }

    private static void observe(Reacher2 arm, double[] state, float[] observation) {
        arm.observe(state, observation);
        double[] hand = Reacher2.hand(state);
        observation[observation.length - 2] = (float) hand[0];
        observation[observation.length - 1] = (float) hand[1];
    }
}
