package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BarTest {
    private static final String END = "\r\u001B[K";

    private long milliseconds;

    /** What 2,000 rows print, 100 of them in {@code each} milliseconds. */
    private String printed(boolean terminal, int columns, int each) {
        return printed(terminal, columns, each, 0);
    }

    /** @param first done before the bar began */
    private String printed(boolean terminal, int columns, int each, int first) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(null, new PrintStream(err, true, StandardCharsets.UTF_8), terminal, columns);
        try (Bar bar = new Bar(console, "rows", first, () -> TimeUnit.MILLISECONDS.toNanos(milliseconds))) {
            for (int done = first + 100; done <= 2000; done += 100) {
                milliseconds += each;
                bar.at(done, 2000);
            }
        }
        return err.toString(StandardCharsets.UTF_8);
    }

    private String lines(int each) {
        return printed(false, 80, each).replaceAll("rows: ([0-9,]+) of 2,000\\R", "$1 ").strip();
    }

    @Test
    void withoutATerminalEveryTenthIsALineIfItTakesLong() {
        assertEquals("200 400 600 800 1,000 1,200 1,400 1,600 1,800 2,000", lines(30_000));
        assertEquals("500 1,000 1,500 2,000", lines(2_000));
        assertEquals("", lines(100));
    }

    /** What the terminal is told to show, one drawing after the other. */
    private static List<String> drawn(String printed) {
        return Pattern.compile("\r\u001B\\[\\?7l([^\u001B\r\n]*)\u001B\\[K\u001B\\[\\?7h").matcher(printed).results()
                .map((MatchResult r) -> r.group(1)).toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 20, 40, 61, 80, 500})
    void onATerminalALineNarrowerThanItIsWrittenOverAndErased(int columns) {
        String printed = printed(true, columns, 1_000);
        List<String> drawn = drawn(printed);
        assertEquals(20, drawn.size());
        for (String line : drawn) {
            assertTrue(line.length() < columns && line.length() <= 60, line);
        }
        assertTrue(printed.endsWith(END), printed);
        assertFalse(printed.contains("\n"), printed);
    }

    @Test
    void theBarSaysHowFarItIsAndHowLongItTakes() {
        List<String> drawn = drawn(printed(true, 80, 10_000));
        assertEquals("rows   5% [=                                     ] 3:10 left", drawn.get(0));
        assertEquals("rows  50% [===================                   ] 1:40 left", drawn.get(9));
        assertEquals("rows 100% [======================================] 0:00 left", drawn.get(19));
    }

    @Test
    void onANarrowTerminalTheNameIsCutAndNotThePercentage() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(null, new PrintStream(err, true, StandardCharsets.UTF_8), true, 20);
        try (Bar bar = new Bar(console, "epochs 101 to 200", 0, () -> TimeUnit.SECONDS.toNanos(milliseconds++))) {
            bar.at(25, 100);
            bar.at(100, 100);
        }
        assertEquals(List.of("epochs 101 to   25%", "epochs 101 to  100%"),
                drawn(err.toString(StandardCharsets.UTF_8)));
    }

    @Test
    void whatWasDoneBeforeSaysNothingOfTheTimeLeft() {
        List<String> drawn = drawn(printed(true, 80, 10_000, 1_000));
        assertEquals("rows  55% [====================                  ] 1:30 left", drawn.get(0));
        assertEquals("rows  75% [============================          ] 0:50 left", drawn.get(4));
    }

    @Test
    void aNameStandsUntilTheWorkSaysHowFarItIs() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        String name = "\r\u001B[?7lrows ...\u001B[K\u001B[?7h";
        String meanwhile = Bar.during(new Console(null, stream, true, 80), "rows",
                bar -> err.toString(StandardCharsets.UTF_8));
        assertEquals(name, meanwhile);
        assertEquals(name + END, err.toString(StandardCharsets.UTF_8));
        err.reset();
        Bar.during(new Console(null, stream, false, 80), "rows", bar -> meanwhile);
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shortWorkAndFiveTimesASecond() {
        assertEquals("", printed(true, 80, 9));
        assertEquals(5, drawn(printed(true, 80, 50)).size());
    }

    @Test
    void aTerminalWithoutControlSequencesIsNone() {
        assertTrue(Console.dumb(Map.of("TERM", "dumb")));
        assertTrue(Console.dumb(Map.of()));
        assertFalse(Console.dumb(Map.of("TERM", "xterm-256color", "NO_COLOR", "1")));
        assertEquals(List.of(20, 80, 80, 80, 80), List.of(Console.columns("20"), Console.columns(""),
                Console.columns("0"), Console.columns("x"), Console.columns("99999999999")));
    }
}
