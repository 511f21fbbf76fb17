package io.elbo4j.cli;

import io.elbo4j.Quoted;
import io.elbo4j.train.data.AtomicFile;
import io.elbo4j.train.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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

    static void requirePng(String option, Path file) {
        if (!file.toString().endsWith(".png")) {
            throw Failure.usage(option + " must end in .png, not " + Quoted.of(file));
        }
        requireFolder(option, file);
    }

    /** Noticed now, not after all has been computed. */
    static void requireFolder(String option, Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder)) {
            throw Failure.usage(option + " must be in a folder that exists, not " + Quoted.of(file));
        }
    }

    /**
     * Refuses to write over what the command reads, under whatever name.
     *
     * @param option which says where to write
     * @param from which says what to read
     */
    static void requireNoInput(String option, Path file, String from, List<Path> inputs) {
        for (Path input : inputs) {
            if (isSame(file, input)) {
                throw Failure.usage(option + " " + Quoted.of(file) + " is read by " + from
                        + ", and would be lost: write to another file");
            }
        }
    }

    /** Whether both are one, by their names or, where both are there, by links. */
    static boolean isSame(Path one, Path other) {
        try {
            return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize()) || Files.exists(one)
                    && Files.exists(other) && Files.isSameFile(one, other);
        } catch (IOException e) {
            throw Failure.because(other + ": cannot be read: " + DataException.reason(e), e);
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
