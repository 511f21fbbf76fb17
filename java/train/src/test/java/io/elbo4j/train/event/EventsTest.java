package io.elbo4j.train.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.EpochReport;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.NpyWriter;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.run.TrainingRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventsTest {
    @TempDir
    Path dir;

    @Test
    void aRecordingHasWhatARunDoes() throws Exception {
        Random random = new Random(1);
        float[] values = new float[20 * 6];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        Path npy = dir.resolve("data.npy");
        NpyWriter.write(npy, 20, 6, values);
        List<EpochReport> reports = new ArrayList<>();
        Path run = dir.resolve("run");
        Path file = dir.resolve("events.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            try (DataSource source = DataSource.parse("npy=" + npy); Backend backend = new JavaBackend(1);
                    TrainingRun training = TrainingRun.start(run, source, new VaeSettings(6, List.of(4), 2,
                            Activation.RELU, LikelihoodKind.BERNOULLI, 1, false), TrainingSettings.of(8, 1), backend)) {
                training.train(100, new TrainingRun.Listener() {
                    @Override
                    public boolean step(Trainer.Progress progress, long stepsPerEpoch) {
                        return true;
                    }

                    @Override
                    public void epoch(EpochReport report) {
                        reports.add(report);
                    }
                });
            }
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        RecordedEvent data = named(events, "io.elbo4j.DataRead").get(0);
        assertEquals("npy=" + npy, data.getString("data"));
        assertEquals(20, data.getLong("rows"));
        assertEquals(6, data.getLong("columns"));

        List<RecordedEvent> steps = named(events, "io.elbo4j.Step");
        assertEquals(100, steps.size());
        // 18 rows to train: two batches of 8 and one of 2
        assertEquals(List.of(8, 8, 2, 8), steps.subList(0, 4).stream().map(e -> e.getInt("rows")).toList());
        assertEquals(List.of(1L, 2L, 3L, 4L), steps.subList(0, 4).stream().map(e -> e.getLong("step")).toList());
        assertEquals(List.of(0L, 0L, 0L, 1L), steps.subList(0, 4).stream().map(e -> e.getLong("epoch")).toList());
        assertTrue(steps.stream().allMatch(e -> e.getDuration().toNanos() > 0));

        // 34 steps begin an epoch, the last of which is not at its end
        List<RecordedEvent> epochs = named(events, "io.elbo4j.Epoch");
        assertEquals(33, epochs.size());
        for (int e = 0; e < epochs.size(); e++) {
            assertEquals(e + 1, epochs.get(e).getLong("epoch"));
            assertEquals(3 * (e + 1), epochs.get(e).getLong("step"));
            assertEquals(18, epochs.get(e).getInt("rows"));
            assertTrue(!epochs.get(e).getStartTime().isAfter(steps.get(3 * e).getStartTime()));
            assertTrue(!epochs.get(e).getEndTime().isBefore(steps.get(3 * e + 2).getEndTime()));
        }

        RecordedEvent last = named(events, "io.elbo4j.Evaluation").get(reports.size() - 1);
        EpochReport report = reports.get(reports.size() - 1);
        assertEquals(report.epoch(), last.getLong("epoch"));
        assertEquals(100, last.getLong("step"));
        assertEquals(report.train().elbo(), last.getDouble("trainingElbo"));
        assertEquals(report.test().elbo().elbo(), last.getDouble("elbo"));
        assertEquals(report.test().elbo().kl(), last.getDouble("kl"));

        List<RecordedEvent> checkpoints = named(events, "io.elbo4j.Checkpoint");
        assertEquals(TrainingRun.checkpoint(run).toString(), checkpoints.get(checkpoints.size() - 1).getString("file"));
        assertEquals(100, checkpoints.get(checkpoints.size() - 1).getLong("step"));
    }

    private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
        return events.stream().filter(e -> e.getEventType().getName().equals(name)).toList();
    }
}
