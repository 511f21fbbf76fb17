package io.elbo4j.fuzz;

import com.sun.management.ThreadMXBean;
import io.elbo4j.train.data.DataException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What holds of every input; and Jazzer's way in. */
public final class Fuzz {
    private static final long FREE = 64 << 20;
    static final int MOST_TIMES = 8;
    /** Seconds: no measure, what takes longer hangs. */
    private static final long HANGS = 5;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static Target target;
    private static Path folder;

    private Fuzz() {}

    /** Called by Jazzer, with the name of a target. */
    public static void fuzzerInitialize(String[] args) throws IOException {
        target = Target.valueOf(args[0].toUpperCase(Locale.ROOT));
        // In memory, where there is such a place: every input is a file.
        Path memory = Path.of("/dev/shm");
        folder = Files.isWritable(memory) ? Files.createTempDirectory(memory, "fuzz")
                : Files.createTempDirectory("fuzz");
    }

    /** Called by Jazzer for every input. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        check(target, input, folder);
    }

    /** Called by Jazzer at the end. */
    public static void fuzzerTearDown() throws IOException {
        empty(folder);
        Files.delete(folder);
    }

    /** What one input took. */
    private record Cost(long bytes, int times, long seconds) {
        boolean tooMuch(int length) {
            return bytes > FREE + times * (long) length || seconds > HANGS;
        }
    }

    /** @param folder is emptied first */
    static void check(Target target, byte[] input, Path folder) throws IOException {
        for (int reading = 0; reading < target.readings(); reading++) {
            // What is loaded, and by Jazzer rewritten, with the first input of a kind is not the input's.
            if (cost(target, input, folder, reading).tooMuch(input.length)) {
                Cost cost = cost(target, input, folder, reading);
                if (cost.tooMuch(input.length)) {
                    throw new AssertionError("an input of " + input.length + " bytes: " + cost);
                }
            }
        }
    }

    private static Cost cost(Target target, byte[] input, Path folder, int reading) throws IOException {
        empty(folder);
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        int times = target.accepted();
        try {
            target.read(input, folder, reading);
        } catch (DataException e) {
            times = MOST_TIMES;
            String sentence = e.getMessage();
            if (sentence.isBlank() || sentence.chars().anyMatch(Character::isISOControl)) {
                throw new AssertionError("not one line: " + sentence, e);
            }
        }
        return new Cost(THREADS.getCurrentThreadAllocatedBytes() - bytes, times,
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
    }

    private static void empty(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : entries.toList()) {
                Files.delete(entry);
            }
        }
    }
}
