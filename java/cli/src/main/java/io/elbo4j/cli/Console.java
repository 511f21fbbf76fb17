package io.elbo4j.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a command prints.
 *
 * @param out results
 * @param err everything else
 * @param terminal whether {@code err} is a terminal, on which a line may be written over
 */
record Console(PrintStream out, PrintStream err, boolean terminal) {
    /** The streams of this process. */
    static Console system() {
        return new Console(System.out, System.err, isTerminal());
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
