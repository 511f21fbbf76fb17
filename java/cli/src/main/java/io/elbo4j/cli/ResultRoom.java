package io.elbo4j.cli;

import java.util.Locale;

/** Whether what a command computes fits into an array and into memory; asked before the work. */
final class ResultRoom {
    private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

    private ResultRoom() {}

    /** How many rows of so many values one array holds. */
    static int mostRows(int columns) {
        return LONGEST_ARRAY / columns;
    }

    /**
     * Refuses what the heap cannot hold.
     *
     * @param what the subject of the sentence
     * @param instead what to ask for
     */
    static void require(String what, long values, String instead) {
        long bytes = values * Float.BYTES;
        long most = Runtime.getRuntime().maxMemory();
        if (bytes > most) {
            throw Failure.because(String.format(Locale.ROOT, "%s takes %,d MB of Java heap, which may grow to %,d MB:"
                    + " %s, or start java with a larger -Xmx", what, bytes >> 20, most >> 20, instead), null);
        }
    }
}
