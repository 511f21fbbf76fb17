package io.elbo4j.train.checkpoint;

import static io.elbo4j.train.data.Sentences.names;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.Trainer.Position;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    private static final VaeSettings MODEL = new VaeSettings(6, List.of(5, 4), 2, Activation.GELU,
            LikelihoodKind.GAUSSIAN_SHARED, 0.1, false);
    private static final TrainingSettings TRAINING = new TrainingSettings(32, 0.1 + 0.2, 1 / 3.0, 0.5, 0.25,
            Double.POSITIVE_INFINITY, Long.MIN_VALUE + 1);
    private static final Checkpoint.Data DATA = Checkpoint.Data.of(images(0.5f));
    private static final Checkpoint CHECKPOINT = new Checkpoint(MODEL, TRAINING, DATA,
            new Position((1L << 60) + 1, 3, 32, -1e300 / 3, Math.nextUp(12.0)));

    @TempDir
    Path dir;
    private Backend backend;
    private Parameters parameters;

    @BeforeEach
    void open() {
        backend = new JavaBackend(1);
        parameters = new Parameters(backend, new Vae(MODEL).graph().parameters(), 5);
        float value = 1;
        for (Parameters.State s : parameters.all()) {
            for (Matrix m : new Matrix[] {s.firstMoment(), s.secondMoment()}) {
                float[] values = m.toArray();
                Arrays.fill(values, value /= -1.1f);
                m.set(values);
            }
        }
    }

    @AfterEach
    void close() {
        parameters.close();
        backend.close();
    }

    private static Images images(float value) {
        return new Images("toy", 3, 1, 2, 3, new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
                value});
    }

    private static List<float[]> state(Parameters parameters) {
        List<float[]> all = new ArrayList<>();
        for (Parameters.State s : parameters.all()) {
            all.addAll(List.of(s.value().toArray(), s.firstMoment().toArray(), s.secondMoment().toArray()));
        }
        return all;
    }

    private Path write() {
        Path file = dir.resolve("c.safetensors");
        CHECKPOINT.write(file, parameters);
        return file;
    }

    @Test
    void readsWhatItWrote() throws IOException {
        Path file = write();
        Checkpoint.Loaded loaded = Checkpoint.read(file);
        assertEquals(CHECKPOINT, loaded.checkpoint());
        try (Parameters other = new Parameters(backend, new Vae(loaded.checkpoint().model()).graph().parameters(), 6)) {
            loaded.restore(other);
            assertArrayEquals(state(parameters).toArray(), state(other).toArray());
            Path again = dir.resolve("again.safetensors");
            loaded.checkpoint().write(again, other);
            assertEquals(-1, Files.mismatch(file, again), "equal states must leave equal bytes");
        }
        assertEquals(List.of("again.safetensors", "c.safetensors"), names(dir).stream().sorted().toList());
    }

    @Test
    void noClippingIsNoNumberInTheMetadata() {
        Safetensors.Content content = Safetensors.read(write());
        String state = content.metadata().get("elbo4j.checkpoint");
        assertFalse(state.contains("clip") || state.contains("Infinity"), state);
        // as earlier versions wrote it
        Map<String, String> earlier = new HashMap<>(content.metadata());
        earlier.put("elbo4j.checkpoint", state.replace("\"freeBits\"", "\"clip\":Infinity,\"freeBits\""));
        assertEquals(CHECKPOINT, Checkpoint.read(rewrite(earlier, t -> t)).checkpoint());
    }

    @Test
    void aCheckpointKnowsTheEpochsThatAreDone() {
        for (int row = 0; row <= 3; row++) {
            assertEquals(row == 3 ? 8 : 7, new Checkpoint(MODEL, TRAINING, DATA, new Position(50, 7, row, 0, 0))
                    .epochsCompleted());
        }
    }

    @Test
    void theFingerprintIsTheDataOnly() throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(18 * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 17; i++) {
            bytes.putFloat(i);
        }
        bytes.putFloat(0.5f);
        String expected = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
        assertEquals(new Checkpoint.Data(3, 1, 2, 3, expected), DATA);
        assertNotEquals(DATA, Checkpoint.Data.of(images(0.25f)));
    }

    /** The written file's metadata and tensors, with the tensors changed. */
    private Path rewrite(Map<String, String> metadata, UnaryOperator<StoredTensor> change) {
        Safetensors.Content content = Safetensors.read(write());
        Path file = dir.resolve("changed.safetensors");
        Safetensors.write(file, metadata == null ? content.metadata() : metadata,
                content.tensors().stream().map(change).filter(t -> t != null).toList());
        return file;
    }

    private void refusedWithoutChange(Path file, String words) {
        List<float[]> before = state(parameters);
        String message = assertThrows(CheckpointException.class, () -> Checkpoint.read(file).restore(parameters))
                .getMessage();
        assertTrue(message.contains(words), message);
        assertArrayEquals(before.toArray(), state(parameters).toArray(), "nothing may be changed");
    }

    @Test
    void missingTensorsAndWrongShapesChangeNothing() {
        // the last tensors to be looked at: everything before them fits
        List<Parameters.State> all = parameters.all();
        String last = all.get(all.size() - 1).parameter().name() + ".secondMoment";
        // other values, so that a restore that had begun would show
        refusedWithoutChange(rewrite(null, t -> t.name().equals(last) ? null : zero(t)), last);
        refusedWithoutChange(rewrite(null, t -> t.name().equals(last) ? new StoredTensor(last, new long[] {1, 7},
                new float[7]) : zero(t)), "tensor '" + last + "' has the wrong shape, expected 1 x 6");
        refusedWithoutChange(rewrite(null, t -> t.name().equals(last) ? new StoredTensor(last, new long[] {6},
                t.values()) : zero(t)), "has the wrong shape");
        String weight = all.get(0).parameter().name();
        refusedWithoutChange(rewrite(null, t -> t.name().equals(weight) ? new StoredTensor(weight, new long[] {5, 6},
                t.values()) : zero(t)), "tensor 'encoder.0.weight' has the wrong shape, expected 6 x 5");
    }

    private static StoredTensor zero(StoredTensor t) {
        return new StoredTensor(t.name(), t.shape(), new float[t.values().length]);
    }

    @Test
    void metadataThatIsNoCheckpointIsRefused() {
        String state = Safetensors.read(write()).metadata().get("elbo4j.checkpoint");
        refusedWithoutChange(rewrite(Map.of(), t -> t), "no elbo4j checkpoint of format 1");
        refusedWithoutChange(rewrite(Map.of("elbo4j.format", "2", "elbo4j.checkpoint", state), t -> t),
                "elbo4j.format = 2");
        for (String wrong : new String[] {"{", "", "7", "[]", "null", "{\"model\":7}"}) {
            refusedWithoutChange(rewrite(Map.of("elbo4j.format", "1", "elbo4j.checkpoint", wrong), t -> t), "metadata");
        }
        assertTrue(state.contains("\"batch\":32") && state.contains("\"position\":"), state);
        refusedWithoutChange(rewrite(Map.of("elbo4j.format", "1", "elbo4j.checkpoint",
                state.replace("\"batch\":32", "\"batch\":0")), t -> t), "batch must be at least 1, not 0");
        refusedWithoutChange(rewrite(Map.of("elbo4j.format", "1", "elbo4j.checkpoint",
                state.replace("\"position\":", "\"place\":")), t -> t), "lacks model, training, data or position");
        refusedWithoutChange(rewrite(Map.of("elbo4j.format", "1", "elbo4j.checkpoint",
                state.replace("\"hidden\":", "\"shown\":")), t -> t), "metadata cannot be read");
    }

    @Test
    void failedWritesLeaveTheOldFile() throws IOException {
        Path file = write();
        byte[] before = Files.readAllBytes(file);
        assertThrows(CheckpointException.class,
                () -> CHECKPOINT.write(dir.resolve("missing").resolve("c.safetensors"), parameters));
        assertThrows(CheckpointException.class, () -> CHECKPOINT.write(file.resolve("c.safetensors"), parameters));
        parameters.close();
        assertThrows(IllegalStateException.class, () -> CHECKPOINT.write(file, parameters));
        assertArrayEquals(before, Files.readAllBytes(file));
        assertEquals(List.of("c.safetensors"), names(dir));
    }
}
