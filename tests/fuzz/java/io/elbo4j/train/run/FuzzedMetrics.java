package io.elbo4j.train.run;

import io.elbo4j.train.ElboTerms;
import io.elbo4j.train.EpochReport;
import java.nio.file.Path;

/** What a run that goes on asks of the metrics that it finds. */
public final class FuzzedMetrics {
    private static final long STEP = 100;

    private FuzzedMetrics() {}

    /** Reads the file, asks all, and adds a line. */
    public static void read(Path file) {
        Metrics metrics = new Metrics(file, STEP, epoch -> epoch % 2 == 0, "test");
        metrics.endWith(STEP);
        metrics.epochs();
        metrics.elbo("train");
        metrics.elbo("test");
        ElboTerms elbo = new ElboTerms(-1, 1);
        metrics.add(new EpochReport(STEP, STEP + 1, true, elbo, null, 1, Double.NaN));
    }
}
