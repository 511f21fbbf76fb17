package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Leaks;
import io.elbo4j.train.EpochReport;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Sprites;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.run.TrainingRun;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole run, with its evaluation and pictures, closes all native memory it takes; what is forgotten is counted. */
class LeakTest {
    @TempDir
    Path directory;

    @Test
    void aTrainingRunLeaksNothing() throws InterruptedException {
        assumeTrue(Backends.hasCpuLevel(0), "skipped: needs the native library");
        collect();
        long before = Leaks.count();
        run();
        collect();
        assertEquals(before, Leaks.count());
    }

    @Test
    void aForgottenMatrixIsCounted() throws InterruptedException {
        assumeTrue(Backends.hasCpuLevel(0), "skipped: needs the native library");
        long before = Leaks.count();
        try (Backend backend = Backends.open("cpu", 1)) {
            backend.matrix(10, 10);
        }
        collect();
        assertTrue(Leaks.count() > before);
    }

    private static void collect() throws InterruptedException {
        for (int i = 0; i < 5; i++) {
            System.gc();
            Thread.sleep(50);
        }
    }

    private void run() {
        Images all = Sprites.images(1, 220);
        VaeSettings model = new VaeSettings(all.columns(), List.of(16), 3, Activation.RELU, LikelihoodKind.BERNOULLI, 1,
                false);
        TrainingSettings settings = new TrainingSettings(32, 1e-3, 1, 0, 0, 5, 1);
        try (Backend backend = Backends.open("cpu", 2);
                TrainingRun run = TrainingRun.start(directory, new DataSource(all.first(200), all.last(20)), model,
                        settings, backend)) {
            run.train(10, new TrainingRun.Listener() {
                @Override
                public boolean step(Trainer.Progress progress, long stepsPerEpoch) {
                    return true;
                }

                @Override
                public void epoch(EpochReport report) {
                    assertTrue(report.step() > 0);
                }
            });
        }
    }
}
