package io.elbo4j.cli;

import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.worker.SocketExchange;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Several processes that train one model. An option not given is null. */
final class WorkerOptions {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @Option(names = "--workers", split = ",", paramLabel = "HOST:PORT", description = {
            "where each of 2, 4 or 8 processes that train together listens, the same list for all, in the order of"
                    + " their ranks; they wait 5 minutes for each other. Each needs all data, and computes a part of"
                    + " every batch that has 32 rows or more for each of them. The result is that of one process, to"
                    + " the bit. Nothing is encrypted, nobody is asked for a password",
            "(one process alone)"})
    private List<String> workers;

    @Option(names = "--rank", paramLabel = "N", description = {
            "which of --workers this process is, from 0. Worker 0 alone writes, as its --out, --log-every,"
                    + " --pictures-every and --tensorboard say, and says what is trained; the others take that from it,"
                    + " but for --data"})
    private Integer rank;

    private @Nullable SocketExchange exchange;

    void check() {
        if ((workers == null) != (rank == null)) {
            throw Failure.usage(workers == null ? "--rank needs --workers HOST:PORT,HOST:PORT,..."
                    : "--workers needs --rank N, which of them this process is");
        }
        if (workers != null && workers.size() == 1) {
            throw Failure.usage("--workers names 1 process, " + workers.get(0) + "; 2, 4 or 8 are expected, or leave it"
                    + " out");
        }
        if (workers != null) {
            Names.checked(() -> {
                SocketExchange.check(workers, rank);
                return workers;
            });
        }
    }

    /** Refuses what workers cannot share, as far as it is known before they meet. */
    void check(TrainingSettings settings) {
        if (workers != null && !settings.refinement().isNone()) {
            throw Failure.usage("--refine-steps goes with one process alone, not with --workers");
        }
    }

    /** Whether this is one of several, and not the one that writes. */
    boolean follows() {
        return rank != null && rank > 0;
    }

    /** Null for one alone. */
    @Nullable
    SocketExchange connect(Console console) {
        if (workers != null) {
            console.err().println("waiting for the other workers ...");
            exchange = Names.checked(() -> SocketExchange.connect(workers, rank, PATIENCE));
        }
        return exchange;
    }

    /** The others end with this sentence. */
    void abandon(Throwable why) {
        if (exchange != null) {
            exchange.abandon(Main.sentence(why).replaceFirst("^elbo4j: ", ""));
        }
    }

    RuntimeException abandoned(RuntimeException why) {
        abandon(why);
        return why;
    }

    void close() {
        if (exchange != null) {
            exchange.close();
        }
    }
}
