package io.elbo4j.cli;

/** How many episodes a command plays or shows at once: all of them are in memory, and each costs its time. */
final class EpisodeCount {
    private static final int MOST = 100_000;

    private EpisodeCount() {}

    static void require(String option, int given, int least) {
        if (given < least) {
            throw Failure.usage(option + " must be at least " + least + ", not " + given);
        }
        if (given > MOST) {
            throw Failure.usage(option + " must be at most " + MOST + ", not " + given);
        }
    }
}
