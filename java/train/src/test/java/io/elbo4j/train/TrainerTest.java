package io.elbo4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.Trainer.Position;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.Mixture;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Input;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.LearnedRowPer;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TrainerTest {
    private static final int ROWS = 50;
    private static final VaeSettings MODEL = new VaeSettings(12, List.of(8), 3, Activation.RELU,
            LikelihoodKind.BERNOULLI, 1, true);

    private static TrainingSettings settings(double learningRate, double warmUp) {
        return new TrainingSettings(16, learningRate, 0.9, warmUp, 0.02, 5, 11);
    }

    private static Images images(int row, float value) {
        SplittableRandom random = new SplittableRandom(3);
        float[] values = new float[ROWS * 12];
        for (int i = 0; i < values.length; i++) {
            values[i] = i / 12 == row ? value : (float) random.nextDouble();
        }
        return new Images("toy", ROWS, 3, 4, 1, values);
    }

    private static Images images() {
        return images(-1, 0);
    }

    /** Values, first and second moments of all parameters. */
    private static List<float[]> state(Parameters parameters) {
        List<float[]> all = new ArrayList<>();
        for (Parameters.State s : parameters.all()) {
            all.addAll(List.of(s.value().toArray(), s.slot("firstMoment").toArray(), s.slot("secondMoment").toArray()));
        }
        return all;
    }

    private static void restore(List<float[]> state, Parameters parameters) {
        int at = 0;
        for (Parameters.State s : parameters.all()) {
            for (Matrix m : new Matrix[] {s.value(), s.slot("firstMoment"), s.slot("secondMoment")}) {
                m.set(state.get(at++));
            }
        }
    }

    private static void steps(Trainer trainer, int steps) {
        for (int i = 0; i < steps; i++) {
            if (trainer.atEndOfEpoch()) {
                trainer.nextEpoch();
            }
            trainer.step();
        }
    }

    /** A model with a parameter that its objective does not reach: a checkpoint has it whole, its average its value. */
    @Test
    void parametersThatAreNotTrainedAreKeptWhole() {
        Vae vae = new Vae(MODEL);
        Dense.of("beside", vae.graph().all(Input.class).get(0), 3, Activation.RELU);
        TrainingSettings averaged = settings(1e-3, 0).withOptimiser(OptimiserSettings.of(OptimiserSettings.Kind.ADAM)
                .withAverage(0.9));
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                Trainer trainer = new Trainer(vae, parameters, backend, averaged, images(), Position.START)) {
            steps(trainer, 3);
            for (Parameters.State s : parameters.all()) {
                assertEquals(Set.of("firstMoment", "secondMoment", "average"), s.slots().keySet());
                boolean trained = !s.parameter().name().startsWith("beside");
                assertEquals(!trained, Arrays.equals(s.value().toArray(), s.slot("average").toArray()), s.parameter()
                        .name());
            }
        }
    }

    @Test
    void theLastBatchOfAnEpochIsSmaller() {
        Vae vae = new Vae(MODEL);
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                Trainer trainer = new Trainer(vae, parameters, backend, settings(1e-3, 0), images(), Position.START)) {
            assertTrue(Double.isNaN(trainer.elbo().elbo()));
            assertEquals(4, trainer.stepsPerEpoch());
            int[] rows = new int[5];
            double reconstruction = 0;
            for (int i = 1; i <= 4; i++) {
                assertFalse(trainer.atEndOfEpoch());
                trainer.step();
                rows[i] = trainer.position().row();
                assertTrue(trainer.position().reconstruction() < reconstruction, "log-likelihoods add up");
                reconstruction = trainer.position().reconstruction();
            }
            assertArrayEquals(new int[] {0, 16, 32, 48, 50}, rows);
            assertTrue(trainer.atEndOfEpoch());
            assertEquals(reconstruction / 50, trainer.elbo().reconstruction());
            assertEquals(trainer.position().kl() / 50, trainer.elbo().kl());
            trainer.nextEpoch();
            assertEquals(new Position(4, 1, 0, 0, 0), trainer.position());
            trainer.step();
            assertEquals(16, trainer.position().row());
        }
    }

    @Test
    void oneBatchMayHoldAllRows() {
        Vae vae = new Vae(MODEL);
        TrainingSettings huge = new TrainingSettings(Integer.MAX_VALUE, 1e-3, 1, 0, 0, Double.POSITIVE_INFINITY, 1);
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                Trainer trainer = new Trainer(vae, parameters, backend, huge, images(), Position.START)) {
            assertEquals(1, trainer.stepsPerEpoch());
            trainer.step();
            assertTrue(trainer.atEndOfEpoch());
        }
    }

    @Test
    void goesOnFromAnyPositionToTheSameBits() {
        Vae vae = new Vae(MODEL);
        TrainingSettings settings = settings(1e-2, 2.5);
        int all = 11;
        List<float[]> expected;
        Position end;
        double klWeight;
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                Trainer trainer = new Trainer(vae, parameters, backend, settings, images(), Position.START)) {
            steps(trainer, all);
            expected = state(parameters);
            end = trainer.position();
            klWeight = trainer.klWeight();
        }
        for (int stop = 0; stop <= all - 1; stop++) {
            List<float[]> state;
            Position at;
            try (Backend backend = new JavaBackend(2);
                    Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                    Trainer trainer = new Trainer(vae, parameters, backend, settings, images(), Position.START)) {
                steps(trainer, stop);
                state = state(parameters);
                at = trainer.position();
            }
            try (Backend backend = new JavaBackend(1);
                    Parameters parameters = new Parameters(backend, vae.graph().parameters(), 99);
                    Trainer trainer = new Trainer(vae, parameters, backend, settings, images(), at)) {
                restore(state, parameters);
                steps(trainer, all - stop);
                assertEquals(end, trainer.position(), "stopped after " + stop);
                assertEquals(klWeight, trainer.klWeight());
                assertArrayEquals(expected.toArray(), state(parameters).toArray(), "stopped after " + stop);
            }
        }
    }

    @Test
    void learns() {
        Vae vae = new Vae(MODEL);
        float[] stripes = new float[ROWS * 12];
        for (int i = 0; i < stripes.length; i++) {
            stripes[i] = (i / 12 + i) % 2;
        }
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                Trainer trainer = new Trainer(vae, parameters, backend, settings(1e-2, 0),
                        new Images("stripes", ROWS, 3, 4, 1, stripes), Position.START)) {
            steps(trainer, 4);
            double before = trainer.elbo().elbo();
            steps(trainer, 400);
            // two patterns, one bit: the best ELBO is about -log 2
            System.out.println("ELBO of two patterns, seed 11: " + before + " -> " + trainer.elbo().elbo());
            assertTrue(before < -7 && trainer.elbo().elbo() > -2, before + " -> " + trainer.elbo().elbo());
        }
    }

    @Test
    void theKlWeightGrowsLinearly() {
        TrainingSettings warm = settings(1e-3, 2.5);
        assertEquals(0, warm.klWeightAt(0, 4));
        assertEquals(0.09, warm.klWeightAt(1, 4), 1e-15);
        assertEquals(0.81, warm.klWeightAt(9, 4), 1e-15);
        assertEquals(0.9, warm.klWeightAt(10, 4));
        assertEquals(0.9, warm.klWeightAt(1L << 50, 4));
        assertEquals(0.9, settings(1e-3, 0).klWeightAt(0, 4));
        Vae vae = new Vae(MODEL);
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                Trainer trainer = new Trainer(vae, parameters, backend, warm, images(), Position.START)) {
            for (int step = 0; step < 12; step++) {
                steps(trainer, 1);
                assertEquals(Math.min(0.9, 0.09 * step), trainer.klWeight(), 1e-15);
            }
        }
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new TrainingSettings(0, 1, 1, 0, 0, 1, 0));
        for (double wrong : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(IllegalArgumentException.class, () -> new TrainingSettings(1, wrong, 1, 0, 0, 1, 0));
            assertThrows(IllegalArgumentException.class, () -> new TrainingSettings(1, 1, wrong, 0, 0, 1, 0));
            assertThrows(IllegalArgumentException.class, () -> new TrainingSettings(1, 1, 1, wrong, 0, 1, 0));
            assertThrows(IllegalArgumentException.class, () -> new TrainingSettings(1, 1, 1, 0, wrong, 1, 0));
        }
        for (double wrong : new double[] {-1, 0, Double.NaN}) {
            assertThrows(IllegalArgumentException.class, () -> new TrainingSettings(1, 1, 1, 0, 0, wrong, 0));
        }
    }

    @Test
    void aHugeLearningRateStopsWithTheStepAndTheTensor() {
        Vae vae = new Vae(MODEL);
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                Trainer trainer = new Trainer(vae, parameters, backend, settings(1e30, 0), images(), Position.START)) {
            trainer.step();
            Position before = trainer.position();
            String message = assertThrows(NonFiniteException.class, trainer::step).getMessage();
            System.out.println(message);
            assertTrue(
                    message.matches("step 2: .* in tensor '(posterior|KL of z|z)', row \\d+ of the batch \\(row \\d+ of"
                            + " those to train on\\).*"),
                    message);
            assertEquals(before, trainer.position());
            message = assertThrows(NonFiniteException.class, trainer::checkParameters).getMessage();
            assertTrue(message.contains("encoder.0.weight"), message);
        }
    }

    @Test
    void dataThatOverflowsStopsWithItsRow() {
        Vae vae = new Vae(new VaeSettings(12, List.of(), 3, Activation.RELU, LikelihoodKind.GAUSSIAN_FIXED, 1, false));
        int bad = 29;
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                Trainer trainer = new Trainer(vae, parameters, backend, settings(1e-3, 0), images(bad, 3e38f),
                        Position.START)) {
            String message = assertThrows(NonFiniteException.class, () -> steps(trainer, 4)).getMessage();
            System.out.println(message);
            assertTrue(message.contains("(row " + bad + " of those to train on)"), message);
        }
    }

    private record Mixed(Graph graph) implements Model {
        @Override
        public Record settings() {
            return this;
        }

        @Override
        public Map<String, Value> outputs() {
            return Map.of();
        }
    }

    /** What is not finite may be in a tensor that has other rows than the batch, more or fewer. */
    @Test
    void componentsThatOverflowAreNotRowsOfTheData() {
        Graph g = new Graph();
        Value x = g.input("x", 12);
        Value means = Activate.of(LearnedRowPer.of(g, Axis.COMPONENT, "means", 60, 12, 1), Activation.LOG);
        g.observe("o", new Mixture(LearnedRow.of(g, "w", 60, 0), new DiagonalGaussian(means, ConstantRow.of(g, "v", 12,
                0))), x);
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Trainer trainer = new Trainer(new Mixed(g), parameters, backend, TrainingSettings.of(16, 1),
                        images())) {
            String message = assertThrows(NonFiniteException.class, () -> steps(trainer, 1)).getMessage();
            assertTrue(message.matches("step 1: .* NaN in tensor 'log of means', row \\d+\\. .*"), message);
        }
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 1);
                Evaluator evaluator = new Evaluator(new Mixed(g), parameters, backend, images(), 1)) {
            String message = assertThrows(NonFiniteException.class, () -> evaluator.evaluate(0)).getMessage();
            assertTrue(message.matches(".* NaN in tensor 'log of means', row \\d+"), message);
        }
    }

    @Test
    void imagesOfAnotherSizeAreRefused() {
        Vae vae = new Vae(new VaeSettings(13, List.of(), 3, Activation.RELU, LikelihoodKind.BERNOULLI, 1, false));
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1)) {
            String message = assertThrows(DataException.class, () -> new Trainer(vae, parameters, backend,
                    settings(1, 0), images(), Position.START).close()).getMessage();
            assertEquals("toy: an image has 12 values (3 x 4 x 1), the model takes 13", message);
        }
    }

    @Test
    void shufflesAreUniformPermutations() {
        long seed = 20250101;
        int draws = 72_000;
        int[] counts = new int[720];
        int[] order = new int[6];
        for (int epoch = 0; epoch < draws; epoch++) {
            Shuffle.permutation(seed, epoch, order);
            int[] sorted = order.clone();
            Arrays.sort(sorted);
            assertArrayEquals(new int[] {0, 1, 2, 3, 4, 5}, sorted);
            counts[rank(order)]++;
        }
        double chiSquare = 0;
        for (int count : counts) {
            chiSquare += (count - draws / 720.0) * (count - draws / 720.0) / (draws / 720.0);
        }
        // 719 degrees of freedom: mean 719, standard deviation sqrt(2 * 719) = 37.9; five of them either way
        System.out.println("shuffle, seed " + seed + ": chi-square " + chiSquare + " of 719");
        assertEquals(719, chiSquare, 5 * 37.9);
    }

    /** Position of a permutation of 6 in lexicographic order. */
    private static int rank(int[] order) {
        int rank = 0;
        for (int i = 0; i < order.length; i++) {
            int smaller = 0;
            for (int j = i + 1; j < order.length; j++) {
                smaller += order[j] < order[i] ? 1 : 0;
            }
            rank = rank * (order.length - i) + smaller;
        }
        return rank;
    }

    @Test
    void shufflesAreTheSameEverywhere() {
        int[] order = new int[10];
        Shuffle.permutation(1, 0, order);
        // found by a second implementation, in Python integers of any length
        assertArrayEquals(new int[] {0, 3, 8, 9, 7, 4, 5, 1, 2, 6}, order);
        Shuffle.permutation(1, 0, new int[0]);
        int[] one = {9};
        Shuffle.permutation(1, 0, one);
        assertArrayEquals(new int[] {0}, one);
        int[] other = new int[10];
        Shuffle.permutation(1, 1, other);
        assertFalse(Arrays.equals(order, other));
        Shuffle.permutation(2, 0, other);
        assertFalse(Arrays.equals(order, other));
    }
}
