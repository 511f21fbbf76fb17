package io.elbo4j.cli;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Quoted;
import io.elbo4j.cuda.CudaException;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What computes. */
final class BackendOptions {
    private static final int MOST_THREADS = 1024;

    /** The backends by their names; auto is the fastest of those available. */
    record Name(String text) {
        static final List<String> KNOWN = List.of("auto", "java", "cpu", "cuda");
        private static final Pattern GPU = Pattern.compile("cuda:\\d{1,6}");

        static Name read(String given) {
            if (!KNOWN.contains(given) && !GPU.matcher(given).matches()) {
                throw new TypeConversionException("expected one of auto, java, cpu, cuda, cuda:N, not "
                        + Quoted.of(given) + Suggestions.of(given, KNOWN));
            }
            return new Name(given);
        }
    }

    @Option(names = "--backend", defaultValue = "auto", paramLabel = "NAME",
            description = "auto, java, cpu, cuda or cuda:N (the GPU of that number): all give the same bits, auto"
                    + " is the fastest one"
                    + " available (${DEFAULT-VALUE})")
    private Name name;

    @Option(names = "--threads", paramLabel = "N",
            description = "1 to 1024; any number gives the same bits (one per processor)")
    private Integer threads;

    /**
     * Says on {@code console} why auto does not take a GPU that is there.
     *
     * @throws Failure if the backend is not available
     */
    Backend open(Console console) {
        if (threads != null && (threads < 1 || threads > MOST_THREADS)) {
            throw Failure.usage("--threads must be from 1 to " + MOST_THREADS + ", not " + threads);
        }
        boolean auto = name.text().equals("auto");
        if (auto) {
            Backends.whyNotCuda().ifPresent(why -> console.err().println("elbo4j: the GPU is not used: " + why));
        }
        try {
            return Backends.open(auto ? Backends.best() : name.text(),
                    threads != null ? threads : Runtime.getRuntime().availableProcessors());
        } catch (IllegalStateException | IllegalArgumentException | CudaException e) {
            throw Failure.because(e.getMessage(), e);
        }
    }

    /** What a run begins on. */
    static String inWords(Backend b) {
        return b.name() + " (" + b.description() + "), threads " + b.threads();
    }
}
