package io.elbo4j.train.checkpoint;

import static io.elbo4j.train.data.Sentences.assertSentence;
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
import io.elbo4j.train.ObjectiveKind;
import io.elbo4j.train.OptimiserSettings;
import io.elbo4j.train.PenaltySettings;
import io.elbo4j.train.ScheduleSettings;
import io.elbo4j.train.Trainer.Position;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.data.Table;
import io.elbo4j.train.data.TableSettings;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.ConditionalVae;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.optimiser.Adam;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CheckpointTest {
    private static final VaeSettings MODEL = new VaeSettings(6, List.of(5, 4), 2, Activation.GELU,
            LikelihoodKind.GAUSSIAN_SHARED, 0.1, false);
    private static final TrainingSettings TRAINING = new TrainingSettings(32, 0.1 + 0.2, 1 / 3.0, 0.5, 0.25,
            Double.POSITIVE_INFINITY, Long.MIN_VALUE + 1);
    private static final Checkpoint.Data DATA = Checkpoint.Data.of(images(0.5f));
    private static final Checkpoint CHECKPOINT = new Checkpoint(MODEL, TRAINING, DATA,
            new Position((1L << 39) + 1, 1L << 39, 3, -1e300 / 3, Math.nextUp(12.0)));

    @TempDir
    Path dir;
    private Backend backend;
    private Parameters parameters;

    @BeforeEach
    void open() {
        backend = new JavaBackend(1);
        parameters = new Parameters(backend, new Vae(MODEL).graph().parameters(), 5).keep(new Adam(1));
        float value = 1;
        for (Parameters.State s : parameters.all()) {
            for (Matrix m : new Matrix[] {s.slot("firstMoment"), s.slot("secondMoment")}) {
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
            all.addAll(List.of(s.value().toArray(), s.slot("firstMoment").toArray(), s.slot("secondMoment").toArray()));
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
        try (Parameters other = new Parameters(backend, Models.create(loaded.checkpoint().model()).graph().parameters(),
                6)) {
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
    void aModelsNewSettingsAreWrittenWhereTheyAreAskedForAlone() {
        for (ConditionalVae.Prior prior : ConditionalVae.Prior.values()) {
            Checkpoint of = new Checkpoint(new ConditionalVae.Settings(DATA.columns(), 2, List.of(3), 1,
                    Activation.TANH, LikelihoodKind.BERNOULLI, false, prior), TRAINING, DATA, CHECKPOINT.position());
            String state = of.toJson().toString();
            assertEquals(prior == ConditionalVae.Prior.LEARNED, state.contains("prior"), state);
            assertEquals(of, Checkpoint.of(state));
        }
    }

    /** What earlier versions did not have stands in a file only where it is not as it was with them. */
    @Test
    void newSettingsAreWrittenWhereTheyAreAskedForAlone() {
        String state = Safetensors.read(write()).metadata().get("elbo4j.checkpoint");
        for (String name : List.of("optimiser", "schedule", "objective", "samples", "clipValue", "klCycle",
                "penalty")) {
            assertFalse(state.contains(name), state);
        }
        TrainingSettings asked = TrainingSettings.of(32, 1).withObjective(ObjectiveKind.IMPORTANCE_WEIGHTED, 5)
                .withClipValue(0.5).withOptimiser(OptimiserSettings.of(OptimiserSettings.Kind.SGD).withMomentum(0.9)
                        .withAverage(0.5))
                .withSchedule(ScheduleSettings.staircase(2, 0.5).withWarmUp(1));
        Checkpoint changed = new Checkpoint(MODEL, asked, DATA, CHECKPOINT.position());
        assertEquals(changed, Checkpoint.of(changed.toJson().toString()));
        String earlier = changed.toJson().toString().replace("\"scheduleGrowth\":1.0,", "");
        assertFalse(earlier.contains("scheduleGrowth"), earlier);
        assertEquals(changed, Checkpoint.of(earlier));
        TrainingSettings cycled = TRAINING.withKlCycle(2);
        assertEquals(cycled, Checkpoint.of(new Checkpoint(MODEL, cycled, DATA, CHECKPOINT.position()).toJson()
                .toString()).training());
        TrainingSettings penalised = TRAINING.withPenalty(new PenaltySettings(5, 3, 0));
        String ofPenalty = new Checkpoint(MODEL, penalised, DATA, CHECKPOINT.position()).toJson().toString();
        assertEquals(penalised, Checkpoint.of(ofPenalty).training());
        String withoutCapacity = ofPenalty.replace(",\"klCapacity\":0.0", "");
        assertFalse(withoutCapacity.contains("klCapacity"), withoutCapacity);
        assertEquals(penalised, Checkpoint.of(withoutCapacity).training());
        assertEquals(List.of("velocity", "average"), asked.optimiser().slots());
        // a file whose optimiser keeps what it does not hold
        Path file = dir.resolve("other.safetensors");
        changed.write(file, parameters);
        assertSentence(file + ": holds no F32 tensor 'encoder.0.weight.velocity'", () -> Checkpoint.read(file));
        String broken = changed.toJson().toString();
        assertEquals("lacks training.optimiser.momentum", assertThrows(IllegalArgumentException.class,
                () -> Checkpoint.of(broken.replace("\"momentum\":0.9,", ""))).getMessage());
        assertEquals("has training.objective = \"MINE\", expected one of [ELBO, SAMPLED_ELBO, IMPORTANCE_WEIGHTED,"
                + " STICKING_THE_LANDING, DOUBLY_REPARAMETERISED]", assertThrows(IllegalArgumentException.class,
                        () -> Checkpoint.of(broken.replace("IMPORTANCE_WEIGHTED", "MINE"))).getMessage().replace('\'',
                                '"'));
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
                new float[7]) : zero(t)), "tensor '" + last + "' has the shape [1, 7], expected [1, 6]");
        refusedWithoutChange(rewrite(null, t -> t.name().equals(last) ? new StoredTensor(last, new long[] {6},
                t.values()) : zero(t)), "has the shape [6], expected [1, 6]");
        String weight = all.get(0).parameter().name();
        refusedWithoutChange(rewrite(null, t -> t.name().equals(weight) ? new StoredTensor(weight, new long[] {5, 6},
                t.values()) : zero(t)), "tensor 'encoder.0.weight' has the shape [5, 6], expected [6, 5]");
    }

    private static StoredTensor zero(StoredTensor t) {
        return new StoredTensor(t.name(), t.shape(), new float[t.values().length]);
    }

    @Test
    void metadataThatIsNoCheckpointIsRefused() {
        String state = Safetensors.read(write()).metadata().get("elbo4j.checkpoint");
        refusedWithoutChange(rewrite(Map.of(), t -> t), "no elbo4j checkpoint of format 1");
        refusedWithoutChange(rewrite(Map.of("elbo4j.format", "2", "elbo4j.checkpoint", state), t -> t),
                "elbo4j.format = '2'");
        for (String wrong : new String[] {"{", "", "7", "[]", "null", "{\"model\":7}"}) {
            refusedWithoutChange(rewrite(Map.of("elbo4j.format", "1", "elbo4j.checkpoint", wrong), t -> t), "metadata");
        }
    }

    /** What stands in the state, what takes its place, and what is said of that. */
    static Stream<Arguments> wrongValues() {
        return Stream.of(
                Arguments.of("\"batch\":32", "\"batch\":0", "training.batch must be at least 1, not 0"),
                Arguments.of("\"batch\":32", "\"batch\":null", "has training.batch = null, expected a whole number"),
                Arguments.of("\"batch\":32", "\"batch\":\"32\"", "has training.batch = '32', expected a whole number"),
                Arguments.of("\"batch\":32", "\"batch\":32.5", "has training.batch = '32.5', expected a whole number"),
                Arguments.of("\"batch\":32", "\"batch\":4294967328",
                        "'4294967328', expected a whole number of 32 bits"),
                Arguments.of("\"batch\":32", "\"batch\":32,\"batch\":32", "has training.batch twice"),
                Arguments.of("\"batch\":32", "\"batch\":[32]", "has training.batch = an array, expected"),
                Arguments.of("\"batch\":32", "\"lot\":32", "lacks training.batch"),
                Arguments.of("\"position\":", "\"place\":", "lacks position"),
                Arguments.of("\"hidden\":", "\"shown\":", "lacks model.hidden"),
                Arguments.of("[5,4]", "[5,null]", "has model.hidden = null, expected a whole number"),
                Arguments.of("[5,4]", "[5,-4]", "model.hidden must be at least 1 unit in every layer, not -4"),
                Arguments.of("[5,4]", "[100000,60000]",
                        "tensor 'encoder.0.weight' has the shape [6, 5], expected [6, 100000]"),
                Arguments.of("[5,4]", "[5" + ",4".repeat(40) + "]", "holds no F32 tensor 'encoder.2.weight'"),
                Arguments.of("\"GELU\"", "\"SINE\"", "has model.activation = 'SINE', expected one of [IDENTITY, RELU,"),
                Arguments.of("\"GELU\"", "null", "has model.activation = null, expected one of [IDENTITY, RELU,"),
                Arguments.of("\"binarise\":false", "\"binarise\":0",
                        "has model.binarise = '0', expected true or false"),
                Arguments.of("\"columns\":6", "\"columns\":4611686018427387904",
                        "images of 1 x 2 x 3 and a model of 4611686018427387904 columns"),
                Arguments.of("\"latent\":2", "\"latent\":2147483647", "tensor 'posterior.weight' has the shape"),
                Arguments.of("\"standardDeviation\":0.1", "\"standardDeviation\":NaN",
                        "has model.standardDeviation = 'NaN', expected a number"),
                Arguments.of("\"rows\":3", "\"rows\":0", "data.rows must be at least 1, not 0"),
                Arguments.of("\"height\":1", "\"height\":-1", "data.height must be at least 1, not -1"),
                Arguments.of("\"fingerprint\":\"", "\"fingerprint\":\"x", "data.fingerprint must be 64 hexadecimal"),
                Arguments.of("\"row\":3", "\"row\":1000000000",
                        "has position.row = 1000000000, expected whole batches of 32 of 3 rows"),
                Arguments.of("\"row\":3", "\"row\":2", "has position.row = 2, expected whole batches of 32 of 3 rows"),
                Arguments.of("\"row\":3", "\"row\":-3", "position.row must be at least 0, not -3"),
                Arguments.of("\"step\":549755813889", "\"step\":4611686018427387904",
                        "position.step must be from 0 to 2^40 - 1, not 4611686018427387904"),
                Arguments.of("\"step\":549755813889", "\"step\":7", "has position.step = 7, expected 549755813889"),
                Arguments.of("\"epoch\":549755813888", "\"epoch\":9223372036854775807", "expected 9223372036854775808"),
                Arguments.of("\"kl\":12", "\"kl\":NaN,\"k\":12", "has position.kl = 'NaN', expected a number"),
                Arguments.of("\"kl\":12", "\"kl\":1e999,\"k\":12", "position.kl must be finite, not Infinity"),
                Arguments.of("\"model\":{", "\"more\":" + "[".repeat(100_000) + "]".repeat(100_000) + ",\"model\":{",
                        "is not the JSON that elbo4j writes"));
    }

    @ParameterizedTest
    @MethodSource("wrongValues")
    void metadataOfNoRunIsRefused(String stands, String instead, String words) {
        String state = Safetensors.read(write()).metadata().get("elbo4j.checkpoint");
        assertTrue(state.contains(stands), state);
        refusedWithoutChange(rewrite(Map.of("elbo4j.format", "1", "elbo4j.checkpoint", state.replace(stands, instead)),
                t -> t), words);
    }

    @Test
    void standardisationIsInTheFile() {
        Path file = dir.resolve("standardised");
        float[] mean = {1, -2, 3e38f, 0, -0f, 6};
        float[] deviation = {1e-45f, 1, 2, 3, 4, 5};
        for (Standardisation s : List.of(new Standardisation(mean, deviation),
                new Standardisation(new float[] {7}, new float[] {8}))) {
            Checkpoint checkpoint = CHECKPOINT.with(s);
            checkpoint.write(file, parameters);
            assertEquals(checkpoint, Checkpoint.read(file).checkpoint());
            StoredTensor stored = Safetensors.read(file).tensor("standardisation.mean");
            assertArrayEquals(new long[] {1, s.mean().length}, stored.shape());
            assertArrayEquals(s.mean(), stored.values());
        }
    }

    @Test
    void aTableIsInTheFile() {
        TableSettings settings = new TableSettings("SELECT \"größe\", 'it''s'\n-- <&>\u2028", List.of("id", "a,b"), List
                .of(
                        "mean", "größe=1e-3"), "kind", "", 0.1 + 0.2, Long.MIN_VALUE);
        List<Table.Column> columns = List.of(new Table.Column("größe", "DECIMAL(9,3)", List.of(),
                "0.30000000000000004"),
                new Table.Column("", "VARCHAR", List.of("", "\"a\"", "数", "\\"), "数"), new Table.Column("x=y", "FLOAT",
                        List.of(), ""));
        Checkpoint checkpoint = CHECKPOINT.with(new Table(settings, columns, List.of("no", "yes")));
        Path file = dir.resolve("table");
        checkpoint.write(file, parameters);
        assertEquals(checkpoint, Checkpoint.read(file).checkpoint());
        assertEquals(List.of("größe", "=", "=\"a\"", "=数", "=\\", "x=y"), checkpoint.table().names());
        // without a table nothing of it is in the file
        CHECKPOINT.write(file, parameters);
        assertFalse(Safetensors.read(file).metadata().get("elbo4j.checkpoint").contains("table"));
        CHECKPOINT.with(new Table(settings, columns.subList(0, 2), List.of())).write(file, parameters);
        String said = assertThrows(CheckpointException.class, () -> Checkpoint.read(file)).getMessage();
        assertTrue(said.contains("has a table of 5 values a row and a model of 6 columns"), said);
    }

    @Test
    void standardisationOfNoRunIsRefused() {
        float[] one = {1};
        refusedWithoutChange(standardised(one, new float[] {0}, 1), "its standardisation must have finite means and"
                + " deviations above 0, not 1.0 and 0.0 (number 0, counted from 0)");
        refusedWithoutChange(standardised(new float[] {Float.NaN}, one, 1), "not NaN and 1.0");
        refusedWithoutChange(standardised(one, null, 1), "as many means as deviations, not 1 and 0");
        refusedWithoutChange(standardised(new float[5], new float[] {1, 1, 1, 1, 1}, 1),
                "has a model of 6 columns and a standardisation of 5");
        refusedWithoutChange(standardised(new float[6], new float[] {1, 1, 1, 1, 1, 1}, 2),
                "has the shape [2, 3], expected [1, 6]");
    }

    private Path standardised(float[] mean, float[] deviation, int rows) {
        Safetensors.Content content = Safetensors.read(write());
        List<StoredTensor> tensors = new ArrayList<>(content.tensors());
        tensors.add(new StoredTensor("standardisation.mean", new long[] {rows, mean.length / rows}, mean));
        if (deviation != null) {
            tensors.add(new StoredTensor("standardisation.deviation", new long[] {rows, mean.length / rows},
                    deviation));
        }
        Path file = dir.resolve("standardised");
        Safetensors.write(file, content.metadata(), tensors);
        return file;
    }

    /** A file that is replaced between its two readings, by one of the same shapes. */
    @Test
    void aFileThatChangesWhileItIsReadIsNoticed() throws IOException {
        Path file = write();
        Checkpoint.Loaded loaded = Checkpoint.read(file);
        Files.move(rewrite(null, CheckpointTest::zero), file, StandardCopyOption.REPLACE_EXISTING);
        assertSentence(file + ": has changed while it was read", () -> loaded.restore(parameters));
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
