package io.elbo4j.train.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Sentences;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Four steps are an epoch. */
class EpochPicturesTest extends Runs {
    private static void run(Path run, RunPlan plan, DataSource source, long every, long steps, long stopAfter) {
        Collector collector = new Collector(step -> step < stopAfter);
        try (Backend backend = new JavaBackend(1);
                TrainingRun training = Files.exists(run.resolve("run.json")) ? TrainingRun.resume(run, source, backend)
                        : TrainingRun.start(RunFolder.create(run), plan, source, backend)) {
            (every > 0 ? training.withPicturesEvery(every) : training).train(steps, collector);
        }
    }

    /** They are those that a run draws which ends there, whether the epoch is evaluated or not; no bit is another. */
    @Test
    void theyAreThoseOfARunThatEndsThere() throws IOException {
        Path run = dir.resolve("run");
        run(run, plan().withEvaluateEvery(4), source(1), 2, 16, 100);
        assertEquals(List.of("reconstructions-2.png", "reconstructions-4.png", "samples-2.png", "samples-4.png",
                "traversal-2.png", "traversal-4.png"), Sentences.names(run.resolve("epochs")));
        for (int epoch : new int[] {2, 4}) {
            Path other = dir.resolve("other-" + epoch);
            run(other, plan().withEvaluateEvery(4), source(1), 0, 4 * epoch, 100);
            assertFalse(Files.exists(other.resolve("epochs")));
            for (String name : List.of("reconstructions", "samples", "traversal")) {
                assertArrayEquals(Files.readAllBytes(other.resolve(name + ".png")), Files.readAllBytes(run.resolve(
                        "epochs/" + name + "-" + epoch + ".png")), name + epoch);
            }
        }
        assertFalse(Arrays.equals(Files.readAllBytes(run.resolve("epochs/samples-2.png")), Files.readAllBytes(run
                .resolve("epochs/samples-4.png"))));
        assertArrayEquals(checkpoint(dir.resolve("other-4")), checkpoint(run));
    }

    /** One that was stopped at the end of an epoch, before its pictures, has them when it goes on. */
    @Test
    void aRunThatGoesOnHasAllOfThem() throws IOException {
        Path run = dir.resolve("run");
        run(run, plan(), source(1), 1, 12, 8);
        assertEquals(List.of("reconstructions-1.png", "samples-1.png", "traversal-1.png"), Sentences.names(run.resolve(
                "epochs")));
        run(run, plan(), source(1), 1, 12, 100);
        Path through = dir.resolve("through");
        run(through, plan(), source(1), 1, 12, 100);
        assertEquals(files(through.resolve("epochs")), files(run.resolve("epochs")));
        assertEquals(9, files(run.resolve("epochs")).size());
    }

    @Test
    void dataThatIsNoPictureHasNone() {
        Images train = images("train", 30, 1);
        Images flat = new Images("flat", 30, 1, 8, 2, train.copyRows(0, 30));
        DataSource source = new DataSource(flat, new Images("test", 10, 1, 8, 2, images("test", 10, 99).copyRows(0,
                10)));
        Path run = dir.resolve("run");
        run(run, RunPlan.of(source, MODEL, settings(1e-2)), source, 1, 8, 100);
        assertFalse(Files.exists(run.resolve("epochs")));
        try (Backend backend = new JavaBackend(1);
                TrainingRun other = TrainingRun.resume(run, source, backend)) {
            assertEquals("epochs must be at least 1, not 0", assertThrows(ArgumentException.class, () -> other
                    .withPicturesEvery(0)).getMessage());
        }
    }
}
