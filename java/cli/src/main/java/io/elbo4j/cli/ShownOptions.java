package io.elbo4j.cli;

import io.elbo4j.control.imitation.Demonstrations;
import java.util.Arrays;
import picocli.CommandLine.Option;

/** What is imitated, and how much of it is shown. */
final class ShownOptions {
    private static final String EPISODES = "fork, cross and fork-pause";
    private static final String PLAY = "reacher2";
    private static final int MOST_PLAY = 1_000_000;
    private static final int MOST_WINDOW = 1000;

    @Option(names = "--environment", defaultValue = "fork", paramLabel = "NAME",
            description = "fork: past a tree; cross: to one of two corners; fork-pause: past a tree after a stop;"
                    + " reacher2: an arm to targets, from play (${DEFAULT-VALUE})")
    private ImitationTask task;
    @Option(names = "--demonstrations", paramLabel = "N",
            description = "episodes that are learned from; half as many others are for log p (200)")
    private Integer demonstrations;
    @Option(names = "--mirrored",
            description = "half of the demonstrations are the mirror images of the others, so that"
                    + " both ways are shown equally often (by chance)")
    private boolean mirrored;
    @Option(names = "--play", paramLabel = "N",
            description = "decisions of play that are learned from in reacher2; a twentieth of others is for log p"
                    + " (20000)")
    private Integer play;
    @Option(names = "--window", paramLabel = "N",
            description = "decisions of play that show the way to a goal, which is where the last of them is (16)")
    private Integer window;

    ImitationTask task() {
        return task;
    }

    int window() {
        return window == null ? 16 : window;
    }

    /** How much is shown: episodes, or decisions of play. */
    int count() {
        return task.isPlay() ? play == null ? 20_000 : play : demonstrations == null ? 200 : demonstrations;
    }

    boolean mirrored() {
        return mirrored;
    }

    void check(ImitationKind[] kinds) {
        if (task.isPlay()) {
            requireOfTask("--demonstrations", demonstrations != null, EPISODES);
            requireOfTask("--mirrored", mirrored, EPISODES);
            requireOfTask("--policy chunks, or chunk-vae,", Arrays.stream(kinds).anyMatch(ImitationKind::isOfChunks),
                    EPISODES);
            requireFrom("--window", window(), 2, MOST_WINDOW);
            requireFrom("--play", count(), window(), MOST_PLAY);
            return;
        }
        requireOfTask("--play", play != null, PLAY);
        requireOfTask("--window", window != null, PLAY);
        requireOfTask("--policy latent-plan", Arrays.asList(kinds).contains(ImitationKind.LATENT_PLAN), PLAY);
        EpisodeCount.require("--demonstrations", count(), 4);
        if (mirrored && count() % 4 != 0) {
            throw Failure.usage("--demonstrations must be a multiple of 4 with --mirrored, not " + count());
        }
    }

    private void requireOfTask(String option, boolean given, String tasks) {
        if (given) {
            throw Failure.usage(option + " is for " + tasks + ", not for " + Names.of(task));
        }
    }

    private static void requireFrom(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw Failure.usage(option + " must be from " + least + " to " + most + ", not " + value);
        }
    }

    /** To learn from. */
    Demonstrations shown(long seed) {
        return task.shown(count(), mirrored, seed);
    }

    /** Others. */
    Demonstrations test(long seed) {
        return task.test(count(), mirrored, window(), seed);
    }

    /** Of play, each with what it is after. */
    Demonstrations decisions(Demonstrations shown) {
        return task.decisions(shown, window());
    }
}
