package io.elbo4j.train.checkpoint;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.Trainer.Position;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.optimiser.Adam;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints that other tools have read and written again: the same content in another order. */
class SavedAgainTest {
    private static final VaeSettings MODEL = VaeSettings.of(3, 2, 4);

    @TempDir
    Path dir;
    private Path file;
    private Backend backend;
    private Parameters parameters;

    @BeforeEach
    void write() {
        backend = new JavaBackend(1);
        parameters = new Parameters(backend, new Vae(MODEL).graph().parameters(), 5).keep(new Adam(1));
        file = dir.resolve("c.safetensors");
        Images images = new Images("toy", 2, 1, 3, 1, new float[6]);
        new Checkpoint(MODEL, TrainingSettings.of(2, 1), Checkpoint.Data.of(images), Position.START)
                .write(file, parameters);
    }

    @AfterEach
    void close() {
        parameters.close();
        backend.close();
    }

    /** Another program's header: its own order of everything, spaces, escapes; tensors laid out in that order. */
    private Path again(long seed, boolean metadata, boolean changed) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        JsonObject header = JsonParser.parseString(new String(bytes, 8, length, StandardCharsets.UTF_8))
                .getAsJsonObject();
        List<String> parts = new ArrayList<>();
        JsonObject strings = header.remove("__metadata__").getAsJsonObject();
        List<String> keys = new ArrayList<>(strings.keySet());
        Collections.shuffle(keys, new Random(seed));
        if (metadata) {
            parts.add("\"__metadata__\": {" + String.join(", ", keys.stream().map(k -> "\"" + k + "\": "
                    + strings.get(k).toString().replace("\"model", "\"\\u006Dodel")).toList()) + "}");
        }
        List<String> names = new ArrayList<>(header.keySet());
        Collections.shuffle(names, new Random(seed));
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (String name : names) {
            JsonObject tensor = header.getAsJsonObject(name);
            int begin = tensor.getAsJsonArray("data_offsets").get(0).getAsInt();
            int end = tensor.getAsJsonArray("data_offsets").get(1).getAsInt();
            parts.add("\"" + name + "\": {\"data_offsets\": [" + data.size() + ", " + (data.size() + end - begin)
                    + "], \"shape\": " + tensor.get("shape") + ", \"dtype\": \"F32\"}");
            data.write(bytes, 8 + length + begin, end - begin);
        }
        Collections.shuffle(parts, new Random(seed + 1));
        byte[] json = ("{" + String.join(",\n", parts) + "}").getBytes(StandardCharsets.UTF_8);
        byte[] values = data.toByteArray();
        values[9] ^= changed ? 1 : 0;
        return Files.write(dir.resolve("again"), ByteBuffer.allocate(8 + json.length + values.length)
                .order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json).put(values).array());
    }

    private float[][] state(Parameters p) {
        return p.all().stream().map(s -> s.value().toArray()).toArray(float[][]::new);
    }

    @Test
    void theSameContentInAnotherOrderIsRead() throws IOException {
        Checkpoint expected = Checkpoint.read(file).checkpoint();
        for (long seed = 1; seed <= 10; seed++) {
            Checkpoint.Loaded loaded = Checkpoint.read(again(seed, true, false));
            assertEquals(expected, loaded.checkpoint(), "seed " + seed);
            try (Parameters other = new Parameters(backend, new Vae(MODEL).graph().parameters(), 6)) {
                loaded.restore(other);
                assertArrayEquals(state(parameters), state(other), "seed " + seed);
                Path written = dir.resolve("written");
                loaded.checkpoint().write(written, other);
                assertEquals(-1, Files.mismatch(file, written), "seed " + seed);
            }
        }
    }

    @Test
    void changedContentIsNotRead() throws IOException {
        Path again = again(1, true, true);
        assertSentence(again + ": was saved by another program, which changed it: its content does not have the SHA-256"
                + " it states", () -> Checkpoint.read(again));
    }

    @Test
    void lostMetadataIsNamed() throws IOException {
        Path again = again(1, false, false);
        assertSentence(again + ": has no checksum elbo4j.sha256 in its metadata, so another program has saved this"
                + " checkpoint again without its metadata, which it cannot do without", () -> Checkpoint.read(again));
    }
}
