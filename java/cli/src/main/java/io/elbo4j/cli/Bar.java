package io.elbo4j.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** How far work has come: on a terminal a line that is written over, then erased; elsewhere one now and then. */
final class Bar implements AutoCloseable {
    /** Not drawn more often, and not at all for what takes less. */
    private static final long NANOS_BETWEEN_DRAWINGS = 200_000_000L;
    /** What takes less time than this needs no lines. */
    private static final long NANOS_BETWEEN_LINES = 10_000_000_000L;
    private static final int WIDTH = 60;
    private static final int PERCENTAGE = " 100%".length();
    private static final String BEGIN_OF_LINE = "\r";
    private static final String ERASE = "\u001B[K";
    // Java cannot ask how wide a terminal is: where it is narrower, what is too much must not wrap
    private static final String CUT = "\u001B[?7l";
    private static final String WRAP = "\u001B[?7h";

    private final PrintStream err;
    private final boolean terminal;
    private final int width;
    private final String name;
    private final long first;
    private final LongSupplier nanoTime;
    private final long begin;
    private long last;
    private long tenths;
    private boolean drawn;

    /** @param first done already: it says nothing of the time that is left */
    Bar(Console console, String name, long first) {
        this(console, name, first, System::nanoTime);
    }

    /** @param nanoTime for tests */
    Bar(Console console, String name, long first, LongSupplier nanoTime) {
        this.err = console.err();
        this.terminal = console.terminal();
        // a cursor behind the last column would wrap
        this.width = Math.min(WIDTH, console.columns() - 1);
        this.name = name;
        this.first = first;
        this.nanoTime = nanoTime;
        this.begin = nanoTime.getAsLong();
        this.last = begin;
    }

    /** Does work; its name stands on a terminal until it says how far it is. */
    static <T> T during(Console console, String name, Function<Bar, T> work) {
        try (Bar bar = begun(console, name)) {
            return work.apply(bar);
        }
    }

    /** For work that may take long before it can say how far it is: its name stands on a terminal meanwhile. */
    static Bar begun(Console console, String name) {
        Bar bar = new Bar(console, name, 0);
        if (bar.terminal) {
            bar.draw(name + " ...");
        }
        return bar;
    }

    /** @param maximum at least 1 */
    void at(long done, long maximum) {
        long now = nanoTime.getAsLong();
        if (terminal && now - last >= NANOS_BETWEEN_DRAWINGS) {
            last = now;
            draw(text(done, maximum, now));
        } else if (!terminal && 10 * done / maximum > tenths && now - last >= NANOS_BETWEEN_LINES) {
            // at a tenth more than the last line, but not sooner after it than people get impatient
            tenths = 10 * done / maximum;
            last = now;
            err.printf(Locale.ROOT, "%s: %,d of %,d%n", name, done, maximum);
        }
    }

    private String text(long done, long maximum, long now) {
        // on a narrow terminal rather the percentage than the whole name
        String shown = name.substring(0, Math.min(name.length(), Math.max(0, width - PERCENTAGE)));
        String begins = String.format(Locale.ROOT, "%s %3d%% [", shown, 100 * done / maximum);
        long left = done == first ? 0 : Math.round((now - begin) * 1e-9 * (maximum - done) / (done - first));
        String ends = String.format(Locale.ROOT, "] %d:%02d left", left / 60, left % 60);
        int room = Math.max(0, width - begins.length() - ends.length());
        int full = (int) (room * done / maximum);
        return begins + "=".repeat(full) + " ".repeat(room - full) + ends;
    }

    private void draw(String text) {
        drawn = true;
        err.print(BEGIN_OF_LINE + CUT + text.substring(0, Math.max(0, Math.min(text.length(), width))) + ERASE + WRAP);
        err.flush();
    }

    @Override
    public void close() {
        if (drawn) {
            drawn = false;
            err.print(BEGIN_OF_LINE + ERASE);
            err.flush();
        }
    }
}
