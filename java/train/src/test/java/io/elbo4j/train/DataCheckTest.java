package io.elbo4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Activation;
import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.AmortisationGap.LocalSteps;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.NpyReader;
import io.elbo4j.train.data.NpyWriter;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.Categorical;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.Embedding;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.OneHot;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.model.CompletionVae;
import io.elbo4j.train.model.ConditionalVae;
import io.elbo4j.train.model.DeepMarkovModel;
import io.elbo4j.train.model.Inputs;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Data that a model does not take is refused wherever Java code gives it, before anything is computed. */
class DataCheckTest {
    private static final int ROWS = 3;
    private static final String MASK = "the input 'mask' needs values that are 1 for a sequence's steps, at least one,"
            + " and 0 after them; row 1, column %s of 'mask' is %s";
    private static final String LABEL = "the input 'label' needs values that are 1 in one column of a row and 0 in the"
            + " others; row 1, column %s of 'label' is %s";

    private static Model vae(LikelihoodKind kind, boolean binarise) {
        VaeSettings settings = VaeSettings.of(4, 1, 3).withLikelihood(kind).withClasses(4);
        return new Vae(binarise ? settings.withBinarise() : settings);
    }

    private static Model labelled() {
        return new ConditionalVae(new ConditionalVae.Settings(4, 4, List.of(3), 1, Activation.TANH,
                LikelihoodKind.BERNOULLI, false, ConditionalVae.Prior.LEARNED));
    }

    private static Model sequences() {
        return new DeepMarkovModel(new DeepMarkovModel.Settings(4, 1, 2, 3, 4, DeepMarkovModel.Looking.FUTURE,
                LikelihoodKind.BERNOULLI, 0, 0));
    }

    /** Rows of zeros and ones, the second of which is another. */
    private static Images rows(String name, float first, float... second) {
        float[] values = new float[ROWS * 4];
        for (int r = 0; r < ROWS; r++) {
            values[4 * r] = first;
        }
        System.arraycopy(second, 0, values, 4, second.length);
        return new Images(name, ROWS, 4, 1, 1, values);
    }

    private static Images x(float... second) {
        return rows("mine", 1, second);
    }

    private static Images with(String array, float... second) {
        return x(0, 1, 0, 1).with(array, rows(array, 1, second));
    }

    static Stream<Arguments> wrong() {
        String in = "needs values in [0, 1]; row 1, column 2 is 7.0";
        String counts =
                "likelihood needs values that are counts, whole numbers from 0 to 16777216; row 1, column 3 is ";
        return Stream.of(Arguments.of(sequences(), with(Images.MASK, 1, -3, 0, 0), MASK.formatted(1, "-3.0")),
                Arguments.of(sequences(), with(Images.MASK, 1, 0, 1, 1), MASK.formatted(2, "1.0")),
                Arguments.of(sequences(), with(Images.MASK, 1, 1, 0.5f, 0), MASK.formatted(2, "0.5")),
                Arguments.of(sequences(), with(Images.MASK, 0, 0, 0, 0), MASK.formatted(0, "0.0")),
                Arguments.of(sequences(), with(Images.MASK, 0, 1, 1, 1), MASK.formatted(0, "0.0")),
                Arguments.of(labelled(), with(Images.LABEL, 0.5f, 0.5f, 0, 0), LABEL.formatted(0, "0.5")),
                Arguments.of(labelled(), with(Images.LABEL, 1, 0, 1, 0), LABEL.formatted(2, "1.0")),
                Arguments.of(labelled(), with(Images.LABEL, 0, 0, 0, 0), LABEL.formatted(3, "0.0")),
                Arguments.of(labelled(), with(Images.LABEL, 0, 2, -1, 0), LABEL.formatted(1, "2.0")),
                Arguments.of(vae(LikelihoodKind.BERNOULLI, false), x(0, 1, 7, 0), "the Bernoulli likelihood " + in),
                Arguments.of(vae(LikelihoodKind.BERNOULLI, true), x(0, 1, 7, 0), "the Bernoulli likelihood " + in),
                Arguments.of(vae(LikelihoodKind.CONTINUOUS_BERNOULLI, false), x(0, 1, 7, 0),
                        "the ContinuousBernoulli likelihood " + in),
                Arguments.of(vae(LikelihoodKind.POISSON, false), x(0, 2, 0, -1.5f), "the Poisson " + counts + "-1.5"),
                Arguments.of(vae(LikelihoodKind.POISSON, false), x(0, 2, 0, 1.5f), "the Poisson " + counts + "1.5"),
                Arguments.of(vae(LikelihoodKind.NEGATIVE_BINOMIAL, false), x(0, 2, 0, -1), "the NegativeBinomial "
                        + counts + "-1.0"),
                Arguments.of(vae(LikelihoodKind.CATEGORICAL, false), x(0, 3, 0, 9), "the categorical likelihood needs"
                        + " values that are class numbers, whole numbers from 0 to 3; row 1, column 3 is 9.0"),
                Arguments.of(new CompletionVae(new CompletionVae.Settings(2, 2, 1, 1, List.of(3), 1, Activation.TANH)),
                        new Images("mine", ROWS, 2, 2, 1, x(0, 1, 7, 0).copyRows(0, ROWS)), "the Bernoulli likelihood "
                                + in));
    }

    @ParameterizedTest
    @MethodSource
    void wrong(Model model, Images data, String expected, @TempDir Path dir) {
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, model.graph().parameters(), 1)) {
            String sentence = "mine: " + expected;
            float[] before = first(parameters);
            assertRefused(sentence, () -> new Trainer(model, parameters, backend, TrainingSettings.of(2, 1), data));
            assertRefused(sentence, () -> new Evaluator(model, parameters, backend, data, 1));
            Coder coder = new Coder(model, parameters, backend, 1);
            assertRefused(sentence, () -> coder.encode(data));
            assertRefused(sentence, () -> coder.reconstruct(data));
            if (!(model instanceof DeepMarkovModel)) {
                assertRefused(sentence, () -> AmortisationGap.of(model, parameters, backend, data, 1,
                        Standardisation.NONE, 0, new LocalSteps(1, 0.1), done -> {}));
            }
            assertArrayEquals(before, first(parameters));
            assertStreamRefused(sentence, model, parameters, backend, data, dir);
        }
    }

    private static float[] first(Parameters parameters) {
        return parameters.all().get(0).value().toArray();
    }

    private static void assertStreamRefused(String sentence, Model model, Parameters parameters, Backend backend,
            Images data, Path dir) {
        for (String array : data.arrays()) {
            NpyWriter.write(dir.resolve(array + ".npy"), ROWS, 4, data.array(array).copyRows(0, ROWS));
        }
        try (Images x = NpyReader.stream(dir.resolve("x.npy"))) {
            Images all = x;
            for (String array : data.arrays().subList(1, data.arrays().size())) {
                all = all.with(array, NpyReader.stream(dir.resolve(array + ".npy")));
            }
            Images streamed = all;
            String message = assertThrows(DataException.class, () -> new Trainer(model, parameters, backend,
                    TrainingSettings.of(2, 1), streamed)).getMessage();
            assertEquals(sentence.replace("mine", dir.resolve("x.npy").toString()), message);
            streamed.close();
        }
    }

    private static void assertRefused(String sentence, org.junit.jupiter.api.function.Executable takes) {
        assertEquals(sentence, assertThrows(DataException.class, takes).getMessage());
    }

    @Test
    void aRowByItselfIsRefused() {
        float[] x = {0, 1, 0, 1};
        try (Backend backend = new JavaBackend(1)) {
            Model model = labelled();
            try (Parameters p = new Parameters(backend, model.graph().parameters(), 1);
                    Encoder encoder = new Encoder(model, p, backend, 1, Standardisation.NONE);
                    Scorer scorer = new Scorer(model, p, backend, 1, Standardisation.NONE)) {
                String label = "label must be of values that are 1 in one column of a row and 0 in the others, as the"
                        + " input 'label' needs them, not ";
                assertSentence(label + "0.5 in column 0", () -> encoder.with("label", new float[] {0.5f, 0, 0, 0}));
                assertSentence(label + "1.0 in column 3", () -> scorer.with("label", new float[] {1, 0, 0, 1}));
                encoder.with("label", new float[] {0, 0, 1, 0});
                scorer.with("label", new float[] {0, 0, 1, 0});
                String of =
                        "x must be of values in [0, 1], as the Bernoulli likelihood needs them, not 7.0 in column 1";
                assertSentence(of, () -> encoder.encode(new float[] {0, 7, 0, 0}, new float[1]));
                assertSentence(of, () -> scorer.score(new float[] {0, 7, 0, 0}));
                assertSentence("x must be finite, not NaN in column 2", () -> scorer.score(new float[] {0, 1, Float.NaN,
                        0}));
                scorer.score(x);
            }
            Model counts = new Vae(VaeSettings.of(4, 1, 3).withLikelihood(LikelihoodKind.POISSON).withLibrarySize());
            try (Parameters p = new Parameters(backend, counts.graph().parameters(), 1);
                    Encoder encoder = new Encoder(counts, p, backend, 1, Standardisation.NONE)) {
                assertSentence("x must be counts with a sum above 0, its library size, not all 0",
                        () -> encoder.encode(new float[4], new float[1]));
                encoder.encode(x, new float[1]);
            }
            Model markov = sequences();
            try (Parameters p = new Parameters(backend, markov.graph().parameters(), 1);
                    Scorer scorer = new Scorer(markov, p, backend, 1, Standardisation.NONE)) {
                assertSentence("mask must be of values that are 1 for a sequence's steps, at least one, and 0 after"
                        + " them, as the input 'mask' needs them, not -3.0 in column 0",
                        () -> scorer.with("mask", new float[] {-3, 0, 0, 0}));
                scorer.with("mask", new float[] {1, 1, 1, 0}).score(x);
            }
        }
    }

    private static void assertSentence(String sentence, org.junit.jupiter.api.function.Executable takes) {
        assertEquals(sentence, assertThrows(ArgumentException.class, takes).getMessage());
    }

    /** What a decoder takes beside z is data too. */
    @Test
    void wrongConditionsAreRefused() {
        Model model = labelled();
        try (Backend backend = new JavaBackend(1);
                Parameters p = new Parameters(backend, model.graph().parameters(), 1)) {
            Coder coder = new Coder(model, p, backend, 1);
            Images wrong = with(Images.LABEL, 0, 1, 1, 0);
            String sentence = "mine: the input 'label' needs values that are shares of classes, at least 0 with a sum"
                    + " of 1 in each row; row 1, column 3 of 'label' is 0.0";
            assertRefused(sentence, () -> coder.decode(new float[ROWS], wrong, done -> {}));
            assertRefused(sentence, () -> coder.decodeAlike(new float[ROWS], wrong, done -> {}));
            assertRefused(sentence, () -> coder.prior(ROWS, wrong, 1));
            for (float[] right : new float[][] {{0, 1, 0, 0}, {0.3f, 0.6f, 0.1f, 0}}) {
                Images label = with(Images.LABEL, right);
                assertEquals(ROWS * 4, coder.decode(new float[ROWS], label, done -> {}).length);
            }
            assertSentence("count must be at least 1, not 0", () -> coder.prior(0));
        }
    }

    /** Standardised values are no probabilities, and the zeros past a sequence's end no zeros. */
    @Test
    void aStandardisationThatTheModelCannotBearIsRefused() {
        Standardisation two = Standardisation.of(x(0, 1, 0, 1), Standardisation.Kind.WHOLE);
        try (Backend backend = new JavaBackend(1)) {
            Model model = vae(LikelihoodKind.BERNOULLI, false);
            Parameters p = new Parameters(backend, model.graph().parameters(), 1);
            String sentence = "the Bernoulli likelihood needs values in [0, 1], which standardised values are not";
            assertRefused(sentence, () -> new Trainer(model, p, backend, TrainingSettings.of(2, 1), x(),
                    Trainer.Position.START, two));
            assertRefused(sentence, () -> new Evaluator(model, p, backend, x(), 1, two));
            assertRefused(sentence, () -> new Encoder(model, p, backend, 1, two));
            p.close();
            Model markov = new DeepMarkovModel(new DeepMarkovModel.Settings(4, 1, 2, 3, 4,
                    DeepMarkovModel.Looking.PAST, LikelihoodKind.GAUSSIAN, 0, 0));
            Parameters q = new Parameters(backend, markov.graph().parameters(), 1);
            assertSentence("standardisation must be none with sequences, of whose rows not all values are modelled, not"
                    + " whole", () -> new Evaluator(markov, q, backend, with(Images.MASK, 1, 1, 0, 0), 1, two));
            q.close();
        }
    }

    @Test
    void anIndexIsOfARowOfItsTable() {
        Graph g = new Graph();
        Embedding.of("word", g.input(Images.X, 1), 4, 2);
        Images fine = new Images("fine", 2, 1, 1, 1, new float[] {0, 3});
        Inputs.requireValues(g, fine);
        assertRefused("mine: 'word' needs values that are class numbers, whole numbers from 0 to 3; row 1, column 0 is"
                + " 4.0", () -> Inputs.requireValues(g, new Images("mine", 2, 1, 1, 1, new float[] {3, 4})));
    }

    /** A graph knows nothing of what its data may be where it makes other values of it, or draws them. */
    @Test
    void whatIsMadeOfDataIsNotData() {
        Graph g = new Graph();
        Value bytes = g.input(Images.X, 2);
        Value logits = LearnedRow.of(g, "logits", 2, 0);
        g.observe("grey", new Bernoulli(logits), Scale.of(bytes, 1f / 255, 0));
        g.observe("class", new Bernoulli(logits), OneHot.of(Dense.of("dense", bytes, 2, Activation.IDENTITY)));
        assertDoesNotThrow(() -> Inputs.requireValues(g, new Images("bytes", 1, 1, 2, 1, new float[] {255, 17})));
    }

    /** The density of soft labels and of counts is what it says it is of. */
    @Test
    void aCategoricalRowMayBeOfCounts() {
        Graph g = new Graph();
        g.observe("words", new Categorical(LearnedRow.of(g, "logits", 2, 0)), g.input(Images.X, 2));
        Inputs.requireValues(g, new Images("words", 2, 1, 2, 1, new float[] {7, 0, 0.25f, 0.75f}));
        assertRefused("mine: the Categorical likelihood needs values that are at least 0; row 0, column 1 is -1.0",
                () -> Inputs.requireValues(g, new Images("mine", 1, 1, 2, 1, new float[] {1, -1})));
    }

    @Test
    void countsAreNotNegative() {
        Model model = vae(LikelihoodKind.BERNOULLI, false);
        try (Backend backend = new JavaBackend(1);
                Parameters p = new Parameters(backend, model.graph().parameters(), 1);
                Trainer trainer = new Trainer(model, p, backend, TrainingSettings.of(2, 1), x(0, 1, 0, 1))) {
            assertSentence("count must be at least 0, not -1", () -> trainer.steps(-1));
            assertSentence("start must be a position in the 3 rows of an epoch, not row 4", () -> new Trainer(model, p,
                    backend, TrainingSettings.of(2, 1), x(), new Trainer.Position(2, 0, 4, 0, 0)));
            trainer.steps(0);
            assertEquals(Trainer.Position.START, trainer.position());
        }
        assertSentence("count must be at least 0, not -1", () -> new AnomalyScores(new double[1], new double[1])
                .highest(-1));
        assertSentence("most must be at least 0, not -2", () -> Traversal.mostInformative(List.of(1.0), -2));
    }
}
