package io.elbo4j.train.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.EpochReport;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Sentences;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.io.TempDir;

/** What tests of runs share: four steps are an epoch. */
abstract class Runs {
    static final VaeSettings MODEL = new VaeSettings(16, List.of(8), 2, Activation.RELU,
            LikelihoodKind.BERNOULLI, 1, true);

    @TempDir
    Path dir;

    static TrainingSettings settings(double learningRate) {
        return new TrainingSettings(8, learningRate, 1, 1.5, 0, Double.POSITIVE_INFINITY, 4);
    }

    static Images images(String name, int rows, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[rows * 16];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        return new Images(name, rows, 4, 4, 1, values);
    }

    static DataSource source(long seed) {
        return new DataSource(images("train", 30, seed), images("test", 10, 99));
    }

    /** Collects reports; goes on while {@code goOn} holds for the number of steps done. */
    static class Collector implements TrainingRun.Listener {
        final List<EpochReport> reports = new ArrayList<>();
        private final LongPredicate goOn;

        Collector(LongPredicate goOn) {
            this.goOn = goOn;
        }

        @Override
        public boolean step(Trainer.Progress progress, long stepsPerEpoch) {
            assertEquals(4, stepsPerEpoch);
            return goOn.test(progress.step());
        }

        @Override
        public void epoch(EpochReport report) {
            reports.add(report);
        }
    }

    static RunPlan plan() {
        return RunPlan.of(source(1), MODEL, settings(1e-2)).withEvaluateEvery(1);
    }

    TrainingRun.Outcome start(Path run, long steps, Collector collector) {
        try (Backend backend = new JavaBackend(1);
                TrainingRun training = TrainingRun.start(RunFolder.create(run), plan(), source(1), backend)) {
            return training.train(steps, collector);
        }
    }

    TrainingRun.Outcome resume(Path run, long steps, Collector collector) {
        try (Backend backend = new JavaBackend(2);
                TrainingRun training = TrainingRun.resume(run, source(1), backend)) {
            return training.train(steps, collector);
        }
    }

    static byte[] checkpoint(Path run) throws IOException {
        return Files.readAllBytes(TrainingRun.checkpoint(run));
    }

    /** Lines of metrics without what depends on the clock. */
    static List<JsonObject> metrics(Path run) throws IOException {
        List<JsonObject> lines = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
            JsonObject o = JsonParser.parseString(line).getAsJsonObject();
            JsonElement speed = o.remove("samples_per_second");
            assertTrue(speed.isJsonNull() || speed.getAsDouble() > 0);
            lines.add(o);
        }
        return lines;
    }

    /** All that is in a folder. */
    static Map<String, ByteBuffer> files(Path run) throws IOException {
        Map<String, ByteBuffer> files = new TreeMap<>();
        for (String name : Sentences.names(run)) {
            files.put(name, ByteBuffer.wrap(Files.readAllBytes(run.resolve(name))));
        }
        return files;
    }
}
