package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BarTest {
    private long seconds;

    /** What 2,000 rows print, 100 of them in {@code each} seconds, where there is no terminal. */
    private String printed(int each) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(null, new PrintStream(err), false);
        try (Bar bar = new Bar(console, "rows", 2000, () -> TimeUnit.SECONDS.toNanos(seconds))) {
            for (int done = 100; done <= 2000; done += 100) {
                seconds += each;
                bar.at(done);
            }
        }
        return err.toString().replaceAll("rows: ([0-9,]+) of 2,000\\R", "$1 ").strip();
    }

    @Test
    void withoutATerminalEveryTenthIsALineIfItTakesLong() {
        assertEquals("200 400 600 800 1,000 1,200 1,400 1,600 1,800 2,000", printed(30));
        assertEquals("500 1,000 1,500 2,000", printed(2));
        assertEquals("", printed(0));
    }
}
