package io.elbo4j.cli;

import java.io.PrintStream;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar on a terminal, which disappears when closed; nothing where standard error is no terminal. */
final class Bar implements AutoCloseable {
    /** Asking for the terminal's real width would start other programs. */
    private static final int WIDTH = 79;

    private final PrintStream err;
    private final ProgressBar bar;

    Bar(Console console, String name, long maximum) {
        err = console.err();
        bar = console.terminal() ? new ProgressBarBuilder().setTaskName(name).setInitialMax(maximum)
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
