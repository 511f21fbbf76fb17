package io.elbo4j.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar on a terminal, which disappears when closed; elsewhere a line now and then. */
final class Bar implements AutoCloseable {
    /** Asking for the terminal's real width would start other programs. */
    private static final int WIDTH = 79;
    /** What takes less time than this needs no lines. */
    private static final long NANOS_BETWEEN_LINES = 10_000_000_000L;

    private final PrintStream err;
    private final String name;
    private final long maximum;
    private final LongSupplier nanoTime;
    private final ProgressBar bar;
    private long lastLine;
    private long tenths;

    Bar(Console console, String name, long maximum) {
        this(console, name, maximum, System::nanoTime);
    }

    /** @param nanoTime for tests */
    Bar(Console console, String name, long maximum, LongSupplier nanoTime) {
        this.err = console.err();
        this.name = name;
        this.maximum = maximum;
        this.nanoTime = nanoTime;
        this.lastLine = nanoTime.getAsLong();
        this.bar = console.terminal() ? new ProgressBarBuilder().setTaskName(name).setInitialMax(maximum)
                .setStyle(ProgressBarStyle.ASCII).setUpdateIntervalMillis(200)
                .setConsumer(new DelegatingProgressBarConsumer(this::draw, WIDTH)).build() : null;
    }

    private void draw(String text) {
        err.print("\r" + text);
        err.flush();
    }

    void at(long done) {
        if (bar != null) {
            bar.stepTo(done);
        } else if (10 * done / maximum > tenths) {
            line(done);
        }
    }

    /** At a tenth more than the last line, but not sooner after it than people get impatient. */
    private void line(long done) {
        long now = nanoTime.getAsLong();
        if (now - lastLine >= NANOS_BETWEEN_LINES) {
            tenths = 10 * done / maximum;
            lastLine = now;
            err.printf(Locale.ROOT, "%s: %,d of %,d%n", name, done, maximum);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            draw(" ".repeat(WIDTH) + "\r");
        }
    }
}
