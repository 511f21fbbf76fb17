package io.elbo4j.train;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.Trainer.Position;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Labels;
import io.elbo4j.train.data.NpyReader;
import io.elbo4j.train.data.NpyWriter;
import io.elbo4j.train.data.SlowImages;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.ConditionalVae;
import io.elbo4j.train.model.LocalInference;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A run on streamed data has the bits of one on the same data in memory. */
class StreamedTest {
    private static final int ROWS = 50;
    private static final int COLUMNS = 12;
    private static final int BATCH = 8;

    @TempDir
    Path dir;
    private Images resident;
    private Images streamed;

    @BeforeEach
    void open() {
        float[] values = values(ROWS * COLUMNS);
        Path file = dir.resolve("x.npy");
        NpyWriter.write(file, ROWS, COLUMNS, values);
        resident = new Images("x", ROWS, 1, COLUMNS, 1, values);
        streamed = NpyReader.stream(file);
    }

    @AfterEach
    void close() {
        streamed.close();
        assertEquals(List.of(), readers(), "every trainer ends its thread");
    }

    private static List<Thread> readers() {
        return Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().equals("elbo4j-reader")).toList();
    }

    private static float[] values(int n) {
        SplittableRandom random = new SplittableRandom(3);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextDouble();
        }
        return values;
    }

    private static Model vae(LikelihoodKind likelihood, boolean binarise) {
        return new Vae(new VaeSettings(COLUMNS, List.of(6), 3, Activation.TANH, likelihood, 1, binarise));
    }

    private static TrainingSettings settings() {
        return new TrainingSettings(BATCH, 1e-2, 1, 2, 0, 5, 11);
    }

    /** What a run has come to. */
    private record State(Position position, List<float[]> parameters) {
        void assertEqual(State other) {
            assertEquals(position, other.position);
            for (int i = 0; i < parameters.size(); i++) {
                assertArrayEquals(parameters.get(i), other.parameters.get(i));
            }
        }
    }

    private static List<Matrix> matrices(Parameters parameters) {
        return parameters.all().stream().flatMap(s -> Stream.concat(Stream.of(s.value()), s.slots().values().stream()))
                .toList();
    }

    /** Trains to a step, from where another run stopped or from the start. */
    private static State train(Model model, Images images, Standardisation.Kind kind, int chunk, State from,
            long step) {
        try (Backend backend = new JavaBackend(2);
                Parameters parameters = new Parameters(backend, model.graph().parameters(), 1);
                Trainer trainer = new Trainer(model, parameters, backend, settings(), images, from == null
                        ? Position.START : from.position, Standardisation.of(images, kind), chunk)) {
            List<Matrix> matrices = matrices(parameters);
            for (int i = 0; from != null && i < matrices.size(); i++) {
                matrices.get(i).set(from.parameters.get(i));
            }
            trainer.steps(step - trainer.progress().step());
            return new State(trainer.position(), matrices.stream().map(Matrix::toArray).toList());
        }
    }

    static List<Arguments> runs() {
        List<Arguments> runs = new ArrayList<>();
        // 1 batch, 1 and a half, 3 batches, all rows
        for (int chunk : new int[] {1, 12 * COLUMNS, 24 * COLUMNS, 1 << 20}) {
            runs.add(Arguments.of(chunk, LikelihoodKind.BERNOULLI, true, Standardisation.Kind.NONE));
            runs.add(Arguments.of(chunk, LikelihoodKind.GAUSSIAN, false, Standardisation.Kind.COLUMN));
        }
        return runs;
    }

    /** Seven steps are an epoch, the last one of 2 rows. */
    @ParameterizedTest
    @MethodSource("runs")
    void aRunHasTheBitsOfOneInMemory(int chunk, LikelihoodKind likelihood, boolean binarise,
            Standardisation.Kind kind) {
        State whole = train(vae(likelihood, binarise), resident, kind, chunk, null, 17);
        train(vae(likelihood, binarise), streamed, kind, chunk, null, 17).assertEqual(whole);
        for (int stop : new int[] {2, 6, 7, 11, 14}) {
            State stopped = train(vae(likelihood, binarise), streamed, kind, chunk, null, stop);
            // with or without it
            train(vae(likelihood, binarise), streamed, kind, 1, stopped, 17).assertEqual(whole);
            train(vae(likelihood, binarise), resident, kind, chunk, stopped, 17).assertEqual(whole);
        }
        State other = train(vae(likelihood, binarise), streamed.first(49), kind, chunk, null, 17);
        assertFalse(Arrays.equals(other.parameters.get(0), whole.parameters.get(0)), "data matters");
    }

    @Test
    void furtherArraysGoWithTheirRows() {
        int[] classes = new SplittableRandom(8).ints(ROWS, 0, 4).toArray();
        Images labels = Labels.oneHot("labels", classes, 4);
        Path file = dir.resolve("labels.npy");
        NpyWriter.write(file, ROWS, 4, labels.copyRows(0, ROWS));
        ConditionalVae.Settings settings = new ConditionalVae.Settings(COLUMNS, 4, List.of(6), 2, Activation.TANH,
                LikelihoodKind.BERNOULLI, true, ConditionalVae.Prior.LEARNED);
        State whole = train(new ConditionalVae(settings), resident.with(Images.LABEL, labels),
                Standardisation.Kind.NONE, 1, null, 17);
        try (Images streamedLabels = NpyReader.stream(file)) {
            for (Images images : List.of(streamed.with(Images.LABEL, labels), resident.with(Images.LABEL,
                    streamedLabels), streamed.with(Images.LABEL, streamedLabels))) {
                train(new ConditionalVae(settings), images, Standardisation.Kind.NONE, 1, null, 17).assertEqual(whole);
            }
        }
    }

    /** What is learned for a row of the data stays that row's. */
    @Test
    void parametersOfRowsAreThoseOfDataInMemory() {
        LocalInference.Settings settings = new LocalInference.Settings(COLUMNS, ROWS, List.of(6), 2, Activation.TANH,
                LikelihoodKind.BERNOULLI, true, 0.3, 5);
        for (int chunk : new int[] {1, 24 * COLUMNS}) {
            State whole = train(new LocalInference(settings), resident, Standardisation.Kind.NONE, chunk, null, 17);
            State stopped = train(new LocalInference(settings), streamed, Standardisation.Kind.NONE, chunk, null, 11);
            train(new LocalInference(settings), streamed, Standardisation.Kind.NONE, chunk, stopped, 17)
                    .assertEqual(whole);
        }
    }

    /** A reader that is slower than the steps, and one that is faster. */
    @Test
    void noStepSeesAChunkBeforeItIsWhole() {
        State whole = train(vae(LikelihoodKind.BERNOULLI, true), resident, Standardisation.Kind.NONE, 1, null, 17);
        Images slow = SlowImages.of(resident, count -> sleep(1));
        train(vae(LikelihoodKind.BERNOULLI, true), slow, Standardisation.Kind.NONE, 1, null, 17).assertEqual(whole);
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, vae(LikelihoodKind.BERNOULLI, true).graph()
                        .parameters(), 1);
                Trainer trainer = new Trainer(vae(LikelihoodKind.BERNOULLI, true), parameters, backend, settings(),
                        streamed, Position.START, Standardisation.NONE, 1)) {
            for (int i = 0; i < 17; i++) {
                sleep(5);
                trainer.steps(1);
            }
            new State(trainer.position(), matrices(parameters).stream().map(Matrix::toArray).toList())
                    .assertEqual(whole);
        }
    }

    private static void sleep(int milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** While the reader is ahead. */
    @Test
    void anEpochMayBeLeftEarly() {
        List<State> states = new ArrayList<>();
        for (Images images : List.of(resident, streamed, SlowImages.of(resident, count -> sleep(1)))) {
            Model model = vae(LikelihoodKind.BERNOULLI, true);
            try (Backend backend = new JavaBackend(1);
                    Parameters parameters = new Parameters(backend, model.graph().parameters(), 1);
                    Trainer trainer = new Trainer(model, parameters, backend, settings(), images, Position.START,
                            Standardisation.NONE, 1)) {
                for (int steps : new int[] {1, 3, 2, 9}) {
                    trainer.steps(steps);
                    trainer.nextEpoch();
                }
                states.add(new State(trainer.position(), matrices(parameters).stream().map(Matrix::toArray).toList()));
            }
        }
        states.forEach(states.get(0)::assertEqual);
    }

    @Test
    void whatTheReaderMeetsIsSaidByTheStep() {
        AtomicInteger readings = new AtomicInteger();
        DataException met = new DataException("x: is damaged");
        Images failing = SlowImages.of(resident, count -> {
            if (readings.incrementAndGet() == 30) {
                throw met;
            }
        });
        Model model = vae(LikelihoodKind.BERNOULLI, true);
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, model.graph().parameters(), 1);
                Trainer trainer = new Trainer(model, parameters, backend, settings(), failing, Position.START,
                        Standardisation.NONE, 1)) {
            // 8 readings a batch
            trainer.steps(3);
            assertSame(met, assertThrows(DataException.class, () -> trainer.steps(1)));
            assertSame(met, assertThrows(DataException.class, trainer::step), "it stays so");
            assertEquals(3, trainer.position().step());
            State whole = train(vae(LikelihoodKind.BERNOULLI, true), resident, Standardisation.Kind.NONE, 1, null, 3);
            new State(trainer.position(), matrices(parameters).stream().map(Matrix::toArray).toList())
                    .assertEqual(whole);
        }
    }

    @Test
    void aFileThatIsCutWhileItIsTrainedOnIsNoticed() throws Exception {
        Model model = vae(LikelihoodKind.BERNOULLI, true);
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, model.graph().parameters(), 1);
                Trainer trainer = new Trainer(model, parameters, backend, settings(), streamed, Position.START,
                        Standardisation.NONE, 1)) {
            trainer.steps(2);
            Files.write(dir.resolve("x.npy"), new byte[200]);
            assertSentence(dir.resolve("x.npy") + ": has been changed since it was opened, expected the same file until"
                    + " its last row has been read", () -> trainer.steps(4));
        }
    }

    @Test
    void aTrainerIsClosedWhileItsReaderReads() {
        AtomicInteger readings = new AtomicInteger();
        Images slow = SlowImages.of(resident, count -> {
            readings.incrementAndGet();
            sleep(2);
        });
        Model model = vae(LikelihoodKind.BERNOULLI, true);
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, model.graph().parameters(), 1)) {
            Trainer trainer = new Trainer(model, parameters, backend, settings(), slow, Position.START,
                    Standardisation.NONE, 1);
            trainer.steps(1);
            assertEquals(1, readers().size());
            trainer.close();
            assertEquals(List.of(), readers());
            int last = readings.get();
            assertThrows(IllegalStateException.class, trainer::step);
            trainer.close();
            assertEquals(last, readings.get());
        }
    }

    /** All that is in a backend's memory. */
    @Test
    void chunksAreBoundedWholeBatches() {
        Model model = vae(LikelihoodKind.BERNOULLI, false);
        int[][] sizes = {{8, 1, 8}, {8, 12 * COLUMNS, 8}, {8, 25 * COLUMNS, 24}, {8, 1 << 20, 50}, {50, 1, 50},
                {Integer.MAX_VALUE, 1, 50}, {49, 1, 49}, {1, 1, 1}, {1, 3 * COLUMNS, 3}};
        try (Backend backend = new JavaBackend(1)) {
            for (int[] size : sizes) {
                try (Streamed data = new Streamed(backend, streamed, model, Standardisation.NONE, size[0], size[1])) {
                    assertEquals(size[2], data.chunk(), () -> Arrays.toString(size));
                    assertEquals(size[2] == ROWS ? ROWS : 2 * size[2], data.source().matrices().get("x").rows());
                }
            }
        }
    }

    /** Rows of 1,100 values: 500 at a time are a chunk. */
    @Test
    void evaluationAndCodesHaveTheBitsOfDataInMemory() {
        int rows = 1240;
        int columns = 1100;
        float[] values = values(rows * columns);
        Path file = dir.resolve("wide.npy");
        NpyWriter.write(file, rows, columns, values);
        Images all = new Images(file.toString(), rows, 1, columns, 1, values);
        evaluated(file, all, new Vae(new VaeSettings(columns, List.of(4), 2, Activation.TANH,
                LikelihoodKind.GAUSSIAN_SHARED, 1, false)));
        evaluated(file, all, new LocalInference(new LocalInference.Settings(columns, rows, List.of(4), 2,
                Activation.TANH, LikelihoodKind.GAUSSIAN_SHARED, false, 0.3, 3)));
    }

    private static void evaluated(Path file, Images all, Model model) {
        Standardisation standardisation = Standardisation.of(all, Standardisation.Kind.COLUMN);
        try (Images wide = NpyReader.stream(file); Backend backend = new JavaBackend(2);
                Parameters parameters = new Parameters(backend, model.graph().parameters(), 1);
                Evaluator here = new Evaluator(model, parameters, backend, all, 7, standardisation);
                Evaluator there = new Evaluator(model, parameters, backend, wide, 7, standardisation)) {
            for (int draw = 0; draw < 2; draw++) {
                assertEquals(here.evaluate(draw), there.evaluate(draw));
            }
            assertEquals(here.rows(3), there.rows(3));
            assertArrayEquals(here.logLikelihoods(60, done -> {}), there.logLikelihoods(60, done -> {}));
            Coder coder = new Coder(model, parameters, backend, 7, standardisation);
            assertArrayEquals(coder.encode(all), coder.encode(wide));
            assertArrayEquals(coder.reconstruct(all.last(1100)), coder.reconstruct(wide.last(1100)));
        }
    }
}
