package io.elbo4j.cli;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import picocli.CommandLine.Option;

/** What computes. */
final class BackendOptions {
    /** The backends by their names; AUTO is the fastest of those available. */
    enum Name { AUTO, JAVA, CPU, CUDA }

    @Option(names = "--backend", defaultValue = "auto", paramLabel = "NAME", description =
            "auto, java, cpu or cuda: all give the same bits, auto is the fastest one available (${DEFAULT-VALUE})")
    private Name name;

    @Option(names = "--threads", paramLabel = "N", description = "any number gives the same bits (one per processor)")
    private Integer threads;

    /** @throws Failure if the backend is not available */
    Backend open() {
        if (threads != null && threads < 1) {
            throw Failure.usage("--threads must be at least 1, not " + threads);
        }
        try {
            return Backends.open(Names.of(name),
                    threads != null ? threads : Runtime.getRuntime().availableProcessors());
        } catch (IllegalStateException e) {
            throw Failure.because(e.getMessage(), e);
        }
    }
}
