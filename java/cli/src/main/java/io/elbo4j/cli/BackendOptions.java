package io.elbo4j.cli;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import picocli.CommandLine.Option;

/** What computes. */
final class BackendOptions {
    private static final int MOST_THREADS = 1024;

    /** The backends by their names; AUTO is the fastest of those available. */
    enum Name { AUTO, JAVA, CPU, CUDA }

    @Option(names = "--backend", defaultValue = "auto", paramLabel = "NAME", description =
            "auto, java, cpu or cuda: all give the same bits, auto is the fastest one available (${DEFAULT-VALUE})")
    private Name name;

    @Option(names = "--threads", paramLabel = "N", description =
            "1 to 1024; any number gives the same bits (one per processor)")
    private Integer threads;

    /** @throws Failure if the backend is not available */
    Backend open() {
        if (threads != null && (threads < 1 || threads > MOST_THREADS)) {
            throw Failure.usage("--threads must be from 1 to " + MOST_THREADS + ", not " + threads);
        }
        try {
            return Backends.open(Names.of(name),
                    threads != null ? threads : Runtime.getRuntime().availableProcessors());
        } catch (IllegalStateException e) {
            throw Failure.because(e.getMessage(), e);
        }
    }
}
