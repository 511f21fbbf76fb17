package io.elbo4j.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where a command prints.
 *
 * @param out results
 * @param err everything else
 * @param terminal whether {@code err} is a terminal, on which a line may be written over
 * @param columns of that terminal, as far as is known
 */
record Console(PrintStream out, PrintStream err, boolean terminal, int columns) {
    private static final int USUAL_COLUMNS = 80;

    Console(PrintStream out, PrintStream err, boolean terminal) {
        this(out, err, terminal, USUAL_COLUMNS);
    }

    /** The streams of this process. */
    static Console system() {
        Map<String, String> environment = System.getenv();
        return new Console(System.out, System.err, isTerminal() && !dumb(environment),
                columns(environment.getOrDefault("COLUMNS", "")));
    }

    /** Whether the terminal says that it knows no control sequences. */
    static boolean dumb(Map<String, String> environment) {
        return environment.getOrDefault("TERM", "dumb").equals("dumb");
    }

    /** Shells know how wide a terminal is, but tell programs only where COLUMNS is exported. */
    static int columns(String given) {
        return given.length() <= 4 && Values.isWhole(given) && Integer.parseInt(given) > 0 ? Integer.parseInt(given)
                : USUAL_COLUMNS;
    }

    /** Java has no question for standard error alone; Linux has, elsewhere input and output answer for it. */
    private static boolean isTerminal() {
        Path error = Path.of("/proc/self/fd/2");
        try {
            if (Files.isSymbolicLink(error)) {
                String target = Files.readSymbolicLink(error).toString();
                return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
            }
        } catch (IOException e) {
            // then as on a system without /proc
        }
        return System.console() != null;
    }
}
