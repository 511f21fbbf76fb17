package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the runnable jar draws on a terminal, which {@code script} of util-linux makes. */
class TerminalTest {
    /** A bar is drawn after 0.2 s. A step takes 6 ms where it is fastest: 25 steps were too few there. */
    private static final int STEPS = 250;
    private static final int NARROW = 20;

    @TempDir
    Path directory;

    /** A terminal of so many columns that understands what the bar says, and remembers every line that stood on it. */
    private static final class Screen {
        private final int columns;
        private final List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
        private final List<String> seen = new ArrayList<>();
        private int column;
        private boolean wraps = true;
        private int wrapped;

        Screen(int columns) {
            this.columns = columns;
        }

        void show(String output) {
            for (int i = 0; i < output.length(); i++) {
                char c = output.charAt(i);
                if (c == '\u001B') {
                    int end = i + 2;
                    while (!Character.isLetter(output.charAt(end))) {
                        end++;
                    }
                    control(output.substring(i + 1, end + 1));
                    i = end;
                } else if (c == '\r') {
                    seen.add(line().toString());
                    column = 0;
                } else if (c == '\n') {
                    lines.add(new StringBuilder());
                } else {
                    put(c);
                }
            }
        }

        private void control(String sequence) {
            switch (sequence) {
                case "[K" -> line().setLength(Math.min(column, line().length()));
                case "[?7l" -> wraps = false;
                case "[?7h" -> wraps = true;
                default -> throw new AssertionError("the terminal knows no " + sequence);
            }
        }

        private void put(char c) {
            if (column == columns && wraps) {
                wrapped++;
                lines.add(new StringBuilder());
                column = 0;
            }
            column = Math.min(column, columns - 1);
            while (line().length() <= column) {
                line().append(' ');
            }
            line().setCharAt(column++, c);
        }

        private StringBuilder line() {
            return lines.get(lines.size() - 1);
        }
    }

    private static void needScript() {
        boolean here = List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "script")));
        assumeTrue(here, "no terminal: the program script of util-linux is not installed");
    }

    private static String elbo4j(String arguments) {
        return "'" + Path.of(System.getProperty("java.home"), "bin", "java") + "' -jar '"
                + System.getProperty("elbo4j.jar") + "' " + arguments;
    }

    private String train(int steps) {
        return elbo4j("train --backend java --threads 1 --hidden 200 --latent 2 --steps " + steps + " --out '"
                + directory.resolve("run") + "'");
    }

    private String train() {
        return train(STEPS);
    }

    /** Blank images in Fortran order, which takes longest to read; they take no room on the disk. */
    private Path largeArray() throws IOException {
        int rows = 60_000;
        int columns = 1024;
        String header = "{'descr': '|u1', 'fortran_order': True, 'shape': (" + rows + ", " + columns + "), }";
        Path file = directory.resolve("large.npy");
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0});
            out.write((header + " ".repeat(117 - header.length()) + "\n").getBytes(StandardCharsets.US_ASCII));
            out.setLength(out.length() + (long) rows * columns);
        }
        return file;
    }

    private String run(Map<String, String> environment, String... command) throws Exception {
        Path printed = directory.resolve("printed");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(printed.toFile());
        builder.environment().keySet().removeAll(List.of("COLUMNS", "TERM"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        assertTrue(process.waitFor(300, TimeUnit.SECONDS), "the run did not end in 300 s");
        String text = Files.readString(printed, StandardCharsets.UTF_8);
        assertEquals(0, process.exitValue(), text);
        return text;
    }

    /** Results go to a file: on the terminal is what is drawn, and nothing else. */
    private String onTerminal(Map<String, String> environment, int columns, String command) throws Exception {
        needScript();
        return run(environment, "script", "-qec", "stty cols " + columns + "; " + command + " >'"
                + directory.resolve("results") + "'", "/dev/null");
    }

    /** What stood on the screen while the command ran, of which nothing is left. */
    private List<String> drawn(int columns, String command) throws Exception {
        Screen screen = new Screen(columns);
        screen.show(onTerminal(Map.of("TERM", "xterm"), columns, command));
        assertEquals(0, screen.wrapped);
        assertEquals(List.of(""), screen.lines.stream().map(line -> line.toString().strip()).toList());
        assertTrue(screen.wraps);
        return screen.seen;
    }

    private static void assertDrawn(List<String> seen, String expression) {
        assertTrue(seen.stream().anyMatch(line -> line.matches(expression)), () -> expression + " is not in " + seen);
    }

    @ParameterizedTest
    @ValueSource(ints = {80, NARROW})
    void aBarIsDrawnOnOneLineAndErased(int columns) throws Exception {
        List<String> seen = drawn(columns, train());
        assertDrawn(seen, "reading sprites.*");
        assertDrawn(seen, "epoch 1 +\\d+% \\[=.*");
        assertDrawn(seen, "pictures.*");
    }

    @ParameterizedTest
    @ValueSource(ints = {80, NARROW})
    void readingAndEvaluatingHaveABarToo(int columns) throws Exception {
        needScript();
        run(Map.of(), "sh", "-c", train(1));
        List<String> seen = drawn(columns, elbo4j("evaluate --backend java --threads 1 --samples 8 --checkpoint '"
                + directory.resolve("run") + "' --data 'npy=" + largeArray() + "'"));
        assertDrawn(seen, "reading npy +[1-9]\\d?% \\[.*");
        assertDrawn(seen, "nll +[1-9]\\d?% \\[.*");
        if (columns > NARROW) {
            assertDrawn(seen, "reading npy +[1-9]\\d?% \\[=* +\\] \\d:\\d\\d left");
        }
    }

    @Test
    void columnsThatAreExportedAreKept() throws Exception {
        String printed = onTerminal(Map.of("TERM", "xterm", "COLUMNS", Integer.toString(NARROW)), 80, train());
        Screen screen = new Screen(80);
        screen.show(printed);
        assertTrue(screen.seen.stream().anyMatch(line -> line.startsWith("epoch 1 ")), () -> "no bar in " + printed);
        assertTrue(screen.seen.stream().allMatch(line -> line.length() < NARROW), screen.seen::toString);
    }

    @Test
    void nothingIsDrawnOnADumbTerminalOrIntoAFile() throws Exception {
        String printed = onTerminal(Map.of("TERM", "dumb"), 80, train());
        assertFalse(printed.contains("\u001B") || printed.contains("="), printed);
        Files.move(directory.resolve("run"), directory.resolve("first"));
        String results = run(Map.of("TERM", "xterm"), "sh", "-c", train());
        assertTrue(results.contains("epoch 1"), results);
        assertFalse(results.contains("\u001B") || results.contains("\r"), results);
    }

    @Test
    void pathsThatPosixCannotReadAreRefused() throws IOException, InterruptedException {
        // the shell writes the bytes of a letter: this process may be in the POSIX locale itself
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", "exec " + train().replace("/run'",
                "/'$(printf '\\303\\251')")).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "POSIX");
        Process process = builder.start();
        String sentence = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(2, process.waitFor(), sentence);
        assertTrue(sentence.contains("start java with LC_ALL=C.UTF-8"), sentence);
        assertEquals(1, sentence.lines().count(), sentence);
    }
}
