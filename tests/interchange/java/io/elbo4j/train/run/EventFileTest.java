package io.elbo4j.train.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.train.EpochReport;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Sprites;
import io.elbo4j.train.model.VaeSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.framework.Summary;
import org.tensorflow.util.Event;
import org.tensorflow.util.SessionLog;

/** Event files in TensorFlow's own classes, against the lines of the run. */
class EventFileTest {
    @TempDir
    Path dir;

    /** Masked as tensorflow/core/lib/hash/crc32c.h says, CRC-32C bit by bit. */
    private static int checksum(byte[] bytes) {
        int crc = ~0;
        for (byte b : bytes) {
            crc ^= b & 0xff;
            for (int i = 0; i < 8; i++) {
                crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ 0x82f63b78;
            }
        }
        crc = ~crc;
        return (crc >>> 15 | crc << 17) + 0xa282ead8;
    }

    private static List<Event> events(Path file) throws IOException {
        List<Event> events = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            byte[] length = new byte[8];
            bytes.get(length);
            assertEquals(checksum(length), bytes.getInt());
            byte[] event = new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
            bytes.get(event);
            assertEquals(checksum(event), bytes.getInt());
            events.add(Event.parseFrom(event));
        }
        return events;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(dir)) {
            return all.filter(f -> f.getFileName().toString().startsWith("events.out.tfevents.")).sorted().toList();
        }
    }

    private void train(long steps, boolean asked) {
        DataSource source = new DataSource(Sprites.images(0, 200), Sprites.images(200, 64));
        TrainingRun.Listener listener = new TrainingRun.Listener() {
            @Override
            public boolean step(Trainer.Progress progress, long stepsPerEpoch) {
                return true;
            }

            @Override
            public void epoch(EpochReport report) {}
        };
        try (Backend backend = Backends.open("java", 1);
                TrainingRun run = Files.exists(dir.resolve("run.json")) ? TrainingRun.resume(dir, source, backend)
                        : TrainingRun.start(dir, source, VaeSettings.of(Sprites.images(0, 1).columns(), 3, 8),
                                TrainingSettings.of(20, 1), backend)) {
            run.withLogEvery(4);
            (asked ? run.withTensorBoard() : run).train(steps, listener);
        }
    }

    /** What a line says, by tag: with names of its own, written by hand. */
    private static Map<String, Float> expected(JsonObject line) {
        Map<String, Float> values = new TreeMap<>();
        if (line.has("gradient_norm")) {
            for (String name : List.of("epoch", "rows", "seconds", "elbo", "reconstruction", "kl", "gradient_norm")) {
                values.put("steps/" + name, line.get(name).getAsFloat());
            }
            return values;
        }
        values.put("metrics/epoch", line.get("epoch").getAsFloat());
        values.put("metrics/kl_weight", line.get("kl_weight").getAsFloat());
        values.put("metrics/samples_per_second", line.get("samples_per_second").getAsFloat());
        for (String set : List.of("train", "test")) {
            for (String name : List.of("elbo", "reconstruction", "kl")) {
                values.put(set + "/" + name, line.getAsJsonObject(set).get(name).getAsFloat());
            }
        }
        JsonObject test = line.getAsJsonObject("test");
        values.put("test/active_units", test.get("active_units").getAsFloat());
        for (int i = 0; i < 3; i++) {
            values.put("test.kl_per_dimension/" + i, test.getAsJsonArray("kl_per_dimension").get(i).getAsFloat());
        }
        return values;
    }

    private List<Map<String, Float>> expected(String name, long after) throws IOException {
        return Files.readAllLines(dir.resolve(name)).stream().map(l -> JsonParser.parseString(l).getAsJsonObject())
                .filter(l -> l.get("step").getAsLong() > after).map(l -> {
                    Map<String, Float> values = expected(l);
                    values.put("step", l.get("step").getAsFloat());
                    return values;
                }).toList();
    }

    private static List<Map<String, Float>> written(List<Event> events, boolean steps) {
        return events.stream().filter(Event::hasSummary).map(event -> {
            Map<String, Float> values = new TreeMap<>(Map.of("step", (float) event.getStep()));
            for (Summary.Value value : event.getSummary().getValueList()) {
                assertEquals(Summary.Value.ValueCase.SIMPLE_VALUE, value.getValueCase());
                values.put(value.getTag(), value.getSimpleValue());
            }
            return values;
        }).filter(values -> values.containsKey("steps/elbo") == steps).toList();
    }

    @Test
    void theNumbersOfTheLinesAreRead() throws IOException {
        double before = System.currentTimeMillis() / 1e3;
        train(20, true);
        List<Event> events = events(files().get(0));
        assertEquals("brain.Event:2", events.get(0).getFileVersion());
        assertEquals(SessionLog.SessionStatus.START, events.get(1).getSessionLog().getStatus());
        assertEquals(1, events.get(1).getStep());
        assertEquals(5, written(events, true).size());
        assertEquals(expected("steps.jsonl", 0), written(events, true));
        assertTrue(!written(events, false).isEmpty());
        assertEquals(expected("metrics.jsonl", 0), written(events, false));
        double last = before;
        for (Event event : events) {
            assertTrue(event.getWallTime() >= last && event.getWallTime() <= System.currentTimeMillis() / 1e3);
            last = event.getWallTime();
        }
    }

    @Test
    void aRunThatGoesOnHasAFileMore() throws IOException {
        train(20, true);
        byte[] first = Files.readAllBytes(files().get(0));
        // asked for or not
        train(40, false);
        assertEquals(2, files().size());
        assertEquals(first.length, Files.size(files().get(0)));
        List<Event> events = events(files().get(1));
        assertEquals(SessionLog.SessionStatus.START, events.get(1).getSessionLog().getStatus());
        // what other files have from here on is left out
        assertEquals(21, events.get(1).getStep());
        assertEquals(expected("steps.jsonl", 20), written(events, true));
        assertEquals(expected("metrics.jsonl", 20), written(events, false));
    }

    @Test
    void nothingIsWrittenUnlessItIsAskedFor() throws IOException {
        train(20, false);
        assertEquals(List.of(), files());
    }
}
