package io.elbo4j.cli;

import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Reacher2;
import io.elbo4j.control.environment.Until;
import io.elbo4j.control.imitation.CrossExpert;
import io.elbo4j.control.imitation.Demonstrations;
import io.elbo4j.control.imitation.Expert;
import io.elbo4j.control.imitation.ForkExpert;
import io.elbo4j.control.imitation.ForkPauseExpert;
import io.elbo4j.control.imitation.ReacherExpert;
import io.elbo4j.control.imitation.ReacherPlay;

/** What is imitated: an expert's episodes, or play with the arm. */
enum ImitationTask {
    FORK(new ForkExpert()), CROSS(new CrossExpert()), FORK_PAUSE(new ForkPauseExpert()), REACHER2(new ReacherExpert());

    /** Of play, others for tests are so much fewer: each is told with many goals. */
    private static final int FEWER = 20;

    final Expert expert;

    ImitationTask(Expert expert) {
        this.expert = expert;
    }

    /** Whether there is play, in place of episodes of an expert. */
    boolean isPlay() {
        return this == REACHER2;
    }

    /** Where a policy is evaluated: a target is to be reached, not to be kept. */
    Environment environment() {
        return isPlay() ? new Until(expert.environment(), "success") : expert.environment();
    }

    /** To learn from. */
    Demonstrations shown(int count, boolean mirrored, long seed) {
        if (isPlay()) {
            return ReacherPlay.of(count, seed);
        }
        return mirrored ? Demonstrations.of(expert, count / 2, seed).mirrored(expert) : Demonstrations.of(expert, count,
                seed);
    }

    /** Others, from at least so many decisions. */
    Demonstrations test(int count, boolean mirrored, int least, long seed) {
        return shown(isPlay() ? Math.max(least, count / FEWER) : count / 2, mirrored, Draws.seed(seed, "test"));
    }

    /** As single decisions, each with what it is after: of play where it came to, at most so many decisions later. */
    Demonstrations decisions(Demonstrations shown, int window) {
        return isPlay() ? shown.inHindsight(ReacherPlay.GOAL, window) : shown;
    }

    /** Where in the environment's scene that is which moves. */
    double[] point(double[] state) {
        return switch (this) {
            case FORK -> new double[] {0.1 * state[0], state[1]};
            case CROSS, FORK_PAUSE -> new double[] {state[0], state[1]};
            case REACHER2 -> Reacher2.hand(state);
        };
    }
}
