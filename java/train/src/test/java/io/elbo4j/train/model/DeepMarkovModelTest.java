package io.elbo4j.train.model;

import static io.elbo4j.train.model.ModelsTest.SEQUENCES;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.Coder;
import io.elbo4j.train.ElboTerms;
import io.elbo4j.train.Evaluator;
import io.elbo4j.train.ScheduleSettings;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataKinds;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.DeepMarkovModel.Looking;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Sequences of any lengths, with actions and without. */
class DeepMarkovModelTest {
    @Test
    void theImportanceWeightedLogLikelihoodIsTheIntegralOverTheStepsThatThereAre() {
        for (Looking looking : Looking.values()) {
            Model model = new DeepMarkovModel(new DeepMarkovModel.Settings(2, 2, 1, 3, 4, looking,
                    LikelihoodKind.BERNOULLI, 0, 0));
            ModelsTest.compare(model, (q, r) -> {
                float[] x = SEQUENCES.copyRows(r, 1);
                boolean isShort = SEQUENCES.array(Images.MASK).value(r, 1) == 0;
                float[] first = Arrays.copyOf(x, 2);
                float[] second = Arrays.copyOfRange(x, 2, 4);
                double begin = q.row("z.first")[0];
                return Math.log(Quadrature.integral(z1 -> transition(q, begin, z1) * emission(q, z1, first)
                        * (isShort ? 1 : Quadrature.integral(z2 -> transition(q, z1, z2) * emission(q, z2,
                                second)))));
            });
        }
    }

    private static double transition(Quadrature q, double before, double z) {
        double gate = 1 / (1 + Math.exp(-q.linear("transition.gate", q.relu("transition.gate.0", before))[0]));
        double proposal = q.linear("transition.proposal", q.relu("transition.proposal.0", before))[0];
        return Quadrature.normal(z, (1 - gate) * before + gate * proposal, q.linear("transition.logVariance",
                proposal)[0]);
    }

    private static double emission(Quadrature q, double z, float[] x) {
        return Math.exp(Quadrature.logBernoulli(q.linear("logits", q.relu("emission.1", q.relu("emission.0", z))), x));
    }

    /** What lies past the end of a sequence, and how far it goes, changes nothing. */
    @Test
    void itSeesNothingPastTheEndOfASequence() {
        int rows = 5;
        SplittableRandom random = new SplittableRandom(6);
        float[] x = new float[rows * 2 * 3];
        float[] longer = new float[rows * 4 * 3];
        float[] mask = new float[rows * 4];
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < 12; i++) {
                longer[r * 12 + i] = random.nextInt(2);
            }
            System.arraycopy(longer, r * 12, x, r * 6, 6);
            mask[r * 4] = 1;
            mask[r * 4 + 1] = 1;
        }
        float[] ones = new float[rows * 2];
        Arrays.fill(ones, 1);
        for (Looking looking : Looking.values()) {
            List<ElboTerms> expected = terms(2, looking, x, ones);
            List<ElboTerms> found = terms(4, looking, longer, mask);
            for (int r = 0; r < rows; r++) {
                assertEquals(expected.get(r).reconstruction(), found.get(r).reconstruction(), 1e-5);
                assertEquals(expected.get(r).kl(), found.get(r).kl(), 1e-5);
            }
            Arrays.fill(mask, 1);
            assertTrue(terms(4, looking, longer, mask).get(0).reconstruction() < found.get(0).reconstruction());
            for (int r = 0; r < rows; r++) {
                mask[r * 4 + 2] = 0;
                mask[r * 4 + 3] = 0;
            }
        }
    }

    private static List<ElboTerms> terms(int steps, Looking looking, float[] x, float[] mask) {
        Model model = new DeepMarkovModel(new DeepMarkovModel.Settings(steps, 3, 2, 4, 5, looking,
                LikelihoodKind.BERNOULLI, 0, 0));
        Images data = new Images("toy", mask.length / steps, steps, 3, 1, x).with(Images.MASK, new Images("mask",
                mask.length / steps, 1, steps, 1, mask));
        try (Backend backend = new JavaBackend(1); Parameters parameters = ModelsTest.parameters(backend, model);
                Evaluator evaluator = new Evaluator(model, parameters, backend, data, 3)) {
            return evaluator.rows(0);
        }
    }

    private static DeepMarkovModel pushed(int steps, int units, int width, Looking looking, boolean acting) {
        return new DeepMarkovModel(new DeepMarkovModel.Settings(steps, acting ? 2 : 1, 2, units, width, looking,
                LikelihoodKind.GAUSSIAN_SHARED, acting ? 1 : 0, 0));
    }

    /** y = x M by a layer of units that are not negative: x = relu(x) - relu(-x). */
    private static float[] halves(int inputs, int units, boolean second, double... m) {
        int outputs = m.length / inputs;
        float[] weight = new float[second ? units * outputs : inputs * units];
        for (int i = 0; i < inputs; i++) {
            for (int sign = 0; sign < 2; sign++) {
                int unit = 2 * i + sign;
                if (second) {
                    for (int j = 0; j < outputs; j++) {
                        weight[unit * outputs + j] = (float) ((1 - 2 * sign) * m[i * outputs + j]);
                    }
                } else {
                    weight[i * units + unit] = 1 - 2 * sign;
                }
            }
        }
        return weight;
    }

    private static void set(Parameters parameters, Map<String, float[]> values) {
        parameters.all().forEach(s -> {
            String name = s.parameter().name();
            if (values.containsKey(name)) {
                s.value().set(values.get(name));
            } else if (name.startsWith("transition") || name.startsWith("emission") || name.startsWith("mean")) {
                s.value().set(new float[(int) (s.parameter().rows() * s.parameter().columns())]);
            }
        });
    }

    /** The transition and the emission are set to those of the body; q stays as it is, so that it has no say. */
    @Test
    void withTheParametersOfALinearSystemLogPIsTheKalmanFilters() {
        DoubleIntegrator body = new DoubleIntegrator(0.7, 0.6, 0.4, 0.8);
        double dt = body.dt();
        int rows = 6;
        int steps = 3;
        Images drawn = body.draw(new SplittableRandom(9), rows, steps, 0.3, 0.5);
        float[] mask = new float[rows * steps];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i % steps <= i / steps % steps ? 1 : 0;
        }
        Images data = new Images("pushed", rows, steps, 2, 1, drawn.copyRows(0, rows)).with(Images.MASK, new Images(
                "mask", rows, 1, steps, 1, mask));
        Map<String, float[]> values = values(body);
        for (Looking looking : Looking.values()) {
            Model model = pushed(steps, 4, 6, looking, true);
            try (Backend backend = new JavaBackend(2); Parameters parameters = ModelsTest.parameters(backend, model);
                    Evaluator evaluator = new Evaluator(model, parameters, backend, data, 3)) {
                set(parameters, values);
                double[] found = evaluator.logLikelihoods(20_000, done -> {});
                for (int r = 0; r < rows; r++) {
                    double expected = body.logDensity(data.copyRows(r, 1), 1 + r % steps, new double[] {0.5 - dt / 4,
                            -0.25}, new double[] {body.placeVariance(), body.speedVariance()}, 0);
                    assertEquals(expected, found[r], 0.1, looking + ", seeds 9 and 3, row " + r);
                }
            }
        }
    }

    /** Parameters of the body's own transition and emission, for layers of 6 units. */
    private static Map<String, float[]> values(DoubleIntegrator body) {
        Map<String, float[]> values = new HashMap<>();
        values.put("transition.proposal.0.weight", halves(3, 6, false));
        double dt = body.dt();
        values.put("transition.proposal.weight", halves(3, 6, true, 1, 0, dt, 1, dt * dt / 2, dt));
        values.put("transition.gate.bias", new float[] {30, 30});
        values.put("transition.logVariance.bias", new float[] {(float) Math.log(body.placeVariance()), (float) Math.log(
                body.speedVariance())});
        values.put("emission.0.weight", halves(2, 6, false));
        float[] same = new float[36];
        for (int i = 0; i < 6; i++) {
            same[7 * i] = 1;
        }
        values.put("emission.1.weight", same);
        values.put("mean.weight", halves(2, 6, true, 1, 0));
        values.put("likelihood.logVariance", new float[] {(float) Math.log(body.seenVariance())});
        values.put("z.first", new float[] {0.5f, -0.25f});
        return values;
    }

    /**
     * States drawn along a sequence, and what is seen of them, have the moments of the body whose pushes are given:
     * m' = A m + B a, S' = A S A' + Q, cov(z', z) = A S.
     */
    @Test
    void withTheParametersOfALinearSystemSamplesHaveItsMoments() {
        DoubleIntegrator body = new DoubleIntegrator(0.7, 0.6, 0.4, 0.8);
        int count = 20_000;
        int steps = 3;
        float[] pushes = {1, -2, 3};
        float[] x = new float[count * steps * 2];
        for (int i = 0; i < count * steps; i++) {
            x[2 * i] = Float.MAX_VALUE; // what is seen in the data must not matter
            x[2 * i + 1] = pushes[i % steps];
        }
        Images given = new Images("pushes", count, steps, 2, 1, x);
        Model model = pushed(steps, 4, 6, Looking.FUTURE, true);
        try (Backend backend = new JavaBackend(2); Parameters parameters = ModelsTest.parameters(backend, model)) {
            set(parameters, values(body));
            Coder coder = new Coder(model, parameters, backend, 17);
            float[] z = coder.generate("states", count, given, done -> {});
            float[] mean = coder.generate(Model.MEAN, count, given, done -> {});
            float[] drawn = coder.generate(Model.DRAWN, count, given, done -> {});
            assertArrayEquals(Arrays.copyOf(z, 3 * 2 * steps), coder.generate("states", 3, given.first(3), done -> {}));
            double dt = body.dt();
            double[] m = {0.5, -0.25};
            double[][] s = new double[2][2];
            double[][] a = {{1, dt}, {0, 1}};
            double[] q = {body.placeVariance(), body.speedVariance()};
            for (int t = 0; t < steps; t++) {
                double push = t == 0 ? 0 : pushes[t - 1];
                m = new double[] {m[0] + dt * m[1] + dt * dt / 2 * push, m[1] + dt * push};
                double[][] ofBefore = product(a, s);
                double[][] before = s;
                s = product(ofBefore, new double[][] {{1, 0}, {dt, 1}});
                for (int i = 0; i < 2; i++) {
                    s[i][i] += q[i];
                    String where = "seed 17, step " + t + ", dimension " + i;
                    assertEquals(m[i], mean(z, count, 2 * steps, 2 * t + i), 5 * Math.sqrt(s[i][i] / count), where);
                }
                for (int i = 0; i < 2; i++) {
                    for (int j = 0; j < 2; j++) {
                        String where = "seed 17, step " + t + ", dimensions " + i + " and " + j;
                        assertEquals(s[i][j], covariance(z, count, 2 * steps, 2 * t + i, 2 * t + j), 5 * Math.sqrt(
                                (s[i][i] * s[j][j] + s[i][j] * s[i][j]) / count), where);
                        if (t > 0) {
                            assertEquals(ofBefore[i][j], covariance(z, count, 2 * steps, 2 * t + i, 2 * t - 2 + j),
                                    5 * Math.sqrt((s[i][i] * before[j][j] + ofBefore[i][j] * ofBefore[i][j]) / count),
                                    where + " of the step before");
                        }
                    }
                }
            }
            float[] noise = new float[count * steps];
            for (int i = 0; i < noise.length; i++) {
                assertEquals(z[2 * i], mean[2 * i], 1e-5);
                assertEquals(pushes[i % steps], mean[2 * i + 1]);
                assertEquals(pushes[i % steps], drawn[2 * i + 1]);
                noise[i] = drawn[2 * i] - mean[2 * i];
            }
            for (int i = 0; i < steps; i++) {
                assertEquals(0, mean(noise, count, steps, i), 5 * Math.sqrt(body.seenVariance() / count));
                for (int j = 0; j < steps; j++) {
                    assertEquals(i == j ? body.seenVariance() : 0, covariance(noise, count, steps, i, j), 5 * Math.sqrt(
                            (i == j ? 2 : 1) / (double) count) * body.seenVariance());
                }
            }
        }
    }

    private static double[][] product(double[][] a, double[][] b) {
        double[][] c = new double[2][2];
        for (int i = 0; i < 8; i++) {
            c[i / 4][i / 2 % 2] += a[i / 4][i % 2] * b[i % 2][i / 2 % 2];
        }
        return c;
    }

    private static double mean(float[] rows, int count, int width, int column) {
        double sum = 0;
        for (int r = 0; r < count; r++) {
            sum += rows[r * width + column];
        }
        return sum / count;
    }

    private static double covariance(float[] rows, int count, int width, int i, int j) {
        double ofI = mean(rows, count, width, i);
        double ofJ = mean(rows, count, width, j);
        double sum = 0;
        for (int r = 0; r < count; r++) {
            sum += (rows[r * width + i] - ofI) * (rows[r * width + j] - ofJ);
        }
        return sum / count;
    }

    /** Each note is there as often as its own mean says, and no mean is another sequence's. */
    @Test
    void notesAreDrawnWithTheirProbabilities() {
        Model model = new DeepMarkovModel(new DeepMarkovModel.Settings(3, 2, 2, 3, 4, Looking.PAST,
                LikelihoodKind.BERNOULLI, 0, 0));
        int count = 20_000;
        try (Backend backend = new JavaBackend(2); Parameters parameters = ModelsTest.parameters(backend, model)) {
            Coder coder = new Coder(model, parameters, backend, 18);
            assertEquals(Set.of(), coder.conditions(Model.DRAWN));
            float[] mean = coder.generate(Model.MEAN, count, null, done -> {});
            float[] drawn = coder.generate(Model.DRAWN, count, null, done -> {});
            for (int c = 0; c < 6; c++) {
                double excess = 0;
                double weighted = 0;
                double variance = 0;
                double weightedVariance = 0;
                double all = mean(mean, count, 6, c);
                for (int r = 0; r < count; r++) {
                    float p = mean[r * 6 + c];
                    float x = drawn[r * 6 + c];
                    assertTrue(x == 0 || x == 1, "x is " + x);
                    excess += x - p;
                    variance += p * (1 - p);
                    weighted += (x - p) * (p - all);
                    weightedVariance += p * (1 - p) * (p - all) * (p - all);
                }
                assertEquals(0, excess, 5 * Math.sqrt(variance), "seed 18, column " + c);
                assertEquals(0, weighted, 5 * Math.sqrt(weightedVariance), "seed 18, column " + c);
                assertTrue(weightedVariance > 0);
            }
        }
    }

    private record Learned(double elbo, double logDensity) {}

    private static Learned learned(Model model, Images train, Images test) {
        TrainingSettings settings = TrainingSettings.of(64, 1).withLearningRate(0.01).withKlWarmUp(5).withSchedule(
                ScheduleSettings.cosine(75));
        try (Backend backend = new JavaBackend(2); Parameters parameters = new Parameters(backend, model.graph()
                .parameters(), 1); Trainer trainer = new Trainer(model, parameters, backend, settings, train);
                Evaluator evaluator = new Evaluator(model, parameters, backend, test, 1)) {
            trainer.steps(75 * train.rows() / 64);
            return new Learned(evaluator.evaluate(0).elbo().elbo(), evaluator.logLikelihood(50, done -> {}));
        }
    }

    private static Images withoutPushes(Images data) {
        float[] seen = new float[data.rows() * data.height()];
        for (int i = 0; i < seen.length; i++) {
            seen[i] = data.value(i / data.height(), i % data.height() * 2);
        }
        return new Images("seen", data.rows(), data.height(), 1, 1, seen).with(Images.MASK, data.array(Images.MASK));
    }

    /**
     * No model that is not told the pushes can be above the exact log-density without them; one that is told comes near
     * that with them, and not above but by the noise of one draw.
     */
    @Test
    void whoIsToldTheActionsLearnsMoreThanAnybodyElseCould() {
        int steps = 5;
        int rows = 2048;
        double pushes = 4;
        DoubleIntegrator body = new DoubleIntegrator(0.5, 0.0025, 0.01, 0.09);
        Images all = body.draw(new SplittableRandom(1), 2 * rows, steps, 0.25, pushes);
        Images train = all.first(rows);
        Images test = all.last(rows);
        double told = 0;
        double untold = 0;
        for (int r = 0; r < rows; r++) {
            double[] none = new double[2];
            double[] first = {0.25, 0.25};
            told += body.logDensity(test.copyRows(r, 1), steps, none, first, 0) / rows;
            untold += body.logDensity(test.copyRows(r, 1), steps, none, first, pushes) / rows;
        }
        Learned future = learned(pushed(steps, 16, 16, Looking.FUTURE, true), train, test);
        Learned past = learned(pushed(steps, 16, 16, Looking.PAST, true), train, test);
        Learned blind = learned(pushed(steps, 16, 16, Looking.FUTURE, false), withoutPushes(train), withoutPushes(
                test));
        System.out.printf("double integrator, seeds 1: exact %.3f, with unknown pushes %.3f; learned, ELBO and of 50"
                + " samples: smoothing %.3f %.3f, filtering %.3f %.3f, without pushes %.3f %.3f%n", told, untold,
                future.elbo, future.logDensity, past.elbo, past.logDensity, blind.elbo, blind.logDensity);
        assertTrue(blind.elbo < untold + 0.05 && blind.elbo > untold - 1, blind + " " + untold);
        for (Learned learned : List.of(future, past)) {
            assertTrue(learned.elbo > untold + 0.5 && learned.elbo > told - 1, learned + " " + told);
            assertTrue(learned.logDensity < told + 0.05 && learned.logDensity > learned.elbo, learned + " " + told);
        }
        assertTrue(future.elbo > told - 0.5, future + " " + told);
    }

    /** One observation or one action is another one: q of which steps changes, to the bit. */
    @Test
    void filteringSeesNoFutureAndSmoothingDoes() {
        int steps = 4;
        Images data = new DoubleIntegrator(0.5, 0.1, 0.1, 0.1).draw(new SplittableRandom(2), 1, steps, 1, 1);
        for (Looking looking : Looking.values()) {
            Model model = pushed(steps, 5, 4, looking, true);
            try (Backend backend = new JavaBackend(1); Parameters parameters = ModelsTest.parameters(backend, model)) {
                Coder coder = new Coder(model, parameters, backend, 3);
                float[] before = coder.encode(data);
                for (int i = 0; i < 2 * steps; i++) {
                    float[] x = data.copyRows(0, 1);
                    x[i] += 1;
                    float[] after = coder.encode(new Images("changed", 1, steps, 2, 1, x).with(Images.MASK, data.array(
                            Images.MASK)));
                    // an action is there with the step that it leads to, the last one leads nowhere
                    int read = i / 2 + i % 2;
                    for (int t = 0; t < steps; t++) {
                        boolean changes = read < steps && (looking == Looking.FUTURE || t >= read);
                        assertEquals(changes, !Arrays.equals(before, 2 * t, 2 * t + 2, after, 2 * t, 2 * t + 2), looking
                                + ", number " + i + " of the row, step " + t);
                    }
                }
            }
        }
    }

    @Test
    void whatIsPastTheEndChangesNoBit() {
        int rows = 6;
        int steps = 4;
        Images drawn = new DoubleIntegrator(0.5, 0.1, 0.1, 0.1).draw(new SplittableRandom(3), rows, steps, 1, 1);
        float[] mask = new float[rows * steps];
        float[] other = drawn.copyRows(0, rows);
        for (int i = 0; i < mask.length; i++) {
            int last = i / steps % steps;
            mask[i] = i % steps <= last ? 1 : 0;
            other[2 * i] = mask[i] == 1 ? other[2 * i] : 100 - i;
            // the last action leads past the end
            other[2 * i + 1] = i % steps < last ? other[2 * i + 1] : i - 50;
        }
        Images masks = new Images("mask", rows, 1, steps, 1, mask);
        for (Looking looking : Looking.values()) {
            Model model = pushed(steps, 5, 4, looking, true);
            try (Backend backend = new JavaBackend(1); Parameters parameters = ModelsTest.parameters(backend, model);
                    Evaluator of = new Evaluator(model, parameters, backend, new Images("pushed", rows, steps, 2, 1,
                            drawn.copyRows(0, rows)).with(Images.MASK, masks), 3);
                    Evaluator ofOther = new Evaluator(model, parameters, backend, new Images("other", rows, steps, 2, 1,
                            other).with(Images.MASK, masks), 3)) {
                assertEquals(of.rows(0), ofOther.rows(0), looking.toString());
                assertEquals(of.logLikelihood(5, done -> {}), ofOther.logLikelihood(5, done -> {}));
            }
        }
    }

    /** N x T would be N sequences of one step, of which nothing is learned. */
    @Test
    void rowsThatAreNoSequencesAreRefused() {
        assertEquals("the data has rows of 6 values, which deep-markov-model would take for sequences of one step:"
                + " expected an array of N x T x D, of N x T x 1 if a step has one value", assertThrows(
                        DataException.class, () -> new DeepMarkovModel.Kind().defaults(new DataShape(DataKinds.NPY,
                                40, 1, 6, 1, Map.of()))).getMessage());
    }

    /** A variance that is a mean over the batch would count the steps past a sequence's end. */
    @Test
    void aVarianceOfTheWholeBatchIsRefused() {
        assertEquals("likelihood must be another one of vae in a model of sequences, not sigma-vae", assertThrows(
                ArgumentException.class, () -> new DeepMarkovModel.Settings(2, 2, 1, 3, 4, Looking.PAST,
                        LikelihoodKind.SIGMA_VAE, 0, 0)).getMessage());
    }

    /** What is observed must be something that the likelihood has a density of; an action may be anything. */
    @Test
    void actionsNeedNoDensity() {
        Model model = new DeepMarkovModel(new DeepMarkovModel.Settings(2, 2, 1, 3, 4, Looking.PAST,
                LikelihoodKind.BERNOULLI, 1, 0));
        Images mask = new Images("mask", 1, 1, 2, 1, new float[] {1, 1});
        Images fine = new Images("fine", 1, 2, 2, 1, new float[] {1, -7, 0, 5}).with(Images.MASK, mask);
        Inputs.requireValues(model.graph(), fine);
        Images wrong = new Images("wrong", 1, 2, 2, 1, new float[] {1, -7, -1, 5}).with(Images.MASK, mask);
        assertEquals("wrong: the Bernoulli likelihood needs values in [0, 1]; row 0, column 2 is -1.0", assertThrows(
                DataException.class, () -> Inputs.requireValues(model.graph(), wrong)).getMessage());
    }

    @Test
    void aReconstructionHasTheActionsThatAreGiven() {
        Images data = new DoubleIntegrator(0.5, 0.1, 0.1, 0.1).draw(new SplittableRandom(4), 3, 4, 1, 1);
        Model model = pushed(4, 5, 4, Looking.FUTURE, true);
        try (Backend backend = new JavaBackend(1); Parameters parameters = ModelsTest.parameters(backend, model)) {
            float[] found = new Coder(model, parameters, backend, 3).reconstruct(data);
            assertEquals(3 * 4 * 2, found.length);
            for (int i = 0; i < found.length; i++) {
                assertEquals(i % 2 == 1, found[i] == data.value(i / 8, i % 8), "value " + i);
            }
        }
    }

    /** Training leaves out what it is told to; an evaluation has it all. */
    @Test
    void dropoutIsOfTrainingAlone() {
        List<Integer> training = new ArrayList<>();
        List<ElboTerms> evaluated = new ArrayList<>();
        for (double dropout : new double[] {0, 0.25, 0.5}) {
            Model model = new DeepMarkovModel(new DeepMarkovModel.Settings(2, 2, 1, 3, 4, Looking.FUTURE,
                    LikelihoodKind.BERNOULLI, 0, dropout));
            try (Backend backend = new JavaBackend(1);
                    Parameters parameters = ModelsTest.parameters(backend, model);
                    Trainer trainer = new Trainer(model, parameters, backend, TrainingSettings.of(8, 2), SEQUENCES)) {
                try (Evaluator evaluator = new Evaluator(model, parameters, backend, SEQUENCES, 3)) {
                    evaluated.addAll(evaluator.rows(0).subList(0, 2));
                }
                trainer.steps(1);
                training.add(parameters.all().stream().mapToInt(s -> Arrays.hashCode(s.value().toArray())).sum());
            }
        }
        assertEquals(3, training.stream().distinct().count());
        assertEquals(2, evaluated.stream().distinct().count());
        for (double wrong : new double[] {-0.1, 1, Double.NaN}) {
            assertEquals("dropout must be at least 0 and below 1, not " + wrong, assertThrows(ArgumentException.class,
                    () -> new DeepMarkovModel.Settings(2, 2, 1, 3, 4, Looking.PAST, LikelihoodKind.BERNOULLI, 0,
                            wrong)).getMessage());
        }
    }

    @Test
    void actionsThatLeaveNothingToObserveAreRefused() {
        for (int actions : new int[] {-1, 2}) {
            assertEquals("actions must be at least 0 and below the 2 columns of a step, not " + actions, assertThrows(
                    IllegalArgumentException.class, () -> new DeepMarkovModel.Settings(3, 2, 1, 1, 1, Looking.PAST,
                            LikelihoodKind.BERNOULLI, actions, 0)).getMessage());
        }
    }
}
