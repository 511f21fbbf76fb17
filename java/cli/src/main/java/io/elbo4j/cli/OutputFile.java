package io.elbo4j.cli;

import io.elbo4j.Quoted;
import io.elbo4j.train.data.AtomicFile;
import java.nio.file.Path;

/** The file that a command was asked for. Unlike a run it is not saved at Ctrl-C, or a plain kill: nothing is left. */
final class OutputFile {
    private OutputFile() {}

    /** @param writes with {@link AtomicFile} */
    static void write(Console console, Path file, Runnable writes) {
        Thread hook = new Thread(AtomicFile::abandon, "elbo4j-abandon");
        addHook(hook, file);
        Bar bar = Bar.begun(console, "writing " + Quoted.of(file.getFileName()));
        try {
            writes.run();
        } finally {
            bar.close();
            removeHook(hook);
        }
    }

    private static void addHook(Thread hook, Path file) {
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            throw Failure.because(file + " is not written: the process is ending", e);
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the process is ending this very moment
        }
    }
}
