package io.elbo4j.train.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.Coder;
import io.elbo4j.train.ElboTerms;
import io.elbo4j.train.Evaluator;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataKinds;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Labels;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.ConditionalVae.Prior;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ModelsTest {
    static final int ROWS = 24;
    static final int COLUMNS = 4;
    static final Images DATA = data();
    static final Images SEQUENCES = DATA.with(Images.MASK, mask());

    private static Images data() {
        SplittableRandom random = new SplittableRandom(8);
        float[] x = new float[ROWS * COLUMNS];
        int[] labels = new int[ROWS];
        for (int r = 0; r < ROWS; r++) {
            labels[r] = r % 3;
            for (int c = 0; c < COLUMNS; c++) {
                // a pixel is bright where it is that of the label
                x[r * COLUMNS + c] = random.nextDouble() < (c == labels[r] ? 0.9 : 0.2) ? 1 : 0;
            }
        }
        return new Images("toy", ROWS, 2, 2, 1, x).with(Images.LABEL, Labels.oneHot("toy", labels, 3));
    }

    private static Images mask() {
        // every third sequence of two steps has one
        float[] mask = new float[ROWS * 2];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i % 6 == 1 ? 0 : 1;
        }
        return new Images("mask", ROWS, 1, 2, 1, mask);
    }

    static Images data(Model model) {
        return Inputs.columns(model.graph(), Images.MASK) > 0 ? SEQUENCES : DATA;
    }

    /** With larger parameters than at first, so that the latent variables matter, under wide posteriors. */
    static Parameters parameters(Backend backend, Model model) {
        Parameters parameters = new Parameters(backend, model.graph().parameters(), 5);
        for (Parameters.State s : parameters.all()) {
            String name = s.parameter().name();
            float[] values = s.value().toArray();
            for (int i = 0; i < values.length; i++) {
                values[i] *= name.startsWith("posterior") ? 1 : name.startsWith("transition.logVariance") ? 0.2 : 2;
                // the weights of samples then have no heavy tail
                values[i] += name.equals("prior.logits") || name.equals("prior.logVariance") ? 0.3 * (i % 3) - 0.4 : 0;
                values[i] += name.startsWith("posterior") && name.endsWith("bias") && i >= values.length / 2 ? 0.7 : 0;
            }
            s.value().set(values);
        }
        return parameters;
    }

    static void compare(Model model, java.util.function.BiFunction<Quadrature, Integer, Double> logDensity) {
        try (Backend backend = new JavaBackend(2); Parameters parameters = parameters(backend, model);
                Evaluator evaluator = new Evaluator(model, parameters, backend, data(model), 3)) {
            Quadrature quadrature = new Quadrature(parameters);
            double[] found = evaluator.logLikelihoods(5000, done -> {});
            List<ElboTerms> terms = evaluator.rows(0);
            double elbo = 0;
            double exact = 0;
            for (int r = 0; r < ROWS; r++) {
                double expected = logDensity.apply(quadrature, r);
                assertEquals(expected, found[r], 0.15, model.getClass() + ", row " + r);
                elbo += terms.get(r).elbo() / ROWS;
                exact += expected / ROWS;
            }
            // the rows' noise is independent: their average is some five times as close as each
            assertEquals(exact, Arrays.stream(found).average().orElseThrow(), 0.02);
            assertTrue(elbo < exact, elbo + " " + exact);
            assertEquals(elbo, evaluator.evaluate(0).elbo().elbo(), 1e-6 * Math.abs(elbo));
            System.out.printf("%s, seed 3: log p(x) by quadrature %.5f, from 5000 samples %.5f, ELBO %.5f%n", model
                    .getClass().getSimpleName(), exact, Arrays.stream(found).average().orElseThrow(), elbo);
        }
    }

    @Test
    void theHierarchicalVaesImportanceWeightedLogLikelihoodIsTheIntegral() {
        Model model = new HierarchicalVae(new HierarchicalVae.Settings(COLUMNS, List.of(3, 2), List.of(1, 1),
                Activation.TANH, false));
        compare(model, (q, r) -> {
            float[] x = DATA.copyRows(r, 1);
            return Math.log(Quadrature.integral(h2 -> {
                double[] p1 = q.linear("prior1", q.tanh("decoder2.1", q.tanh("decoder2.0", h2)));
                return Quadrature.normal(h2, 0, 0) * Quadrature.integral(h1 -> Quadrature.normal(h1, p1[0], p1[1])
                        * Math.exp(Quadrature.logBernoulli(q.linear("logits", q.tanh("decoder1.1", q.tanh(
                                "decoder1.0", h1))), x)));
            }));
        });
    }

    @Test
    void theHierarchicalVaesLikelihoodMayBeAnother() {
        Model model = new HierarchicalVae(new HierarchicalVae.Settings(COLUMNS, List.of(3, 2), List.of(1, 1),
                Activation.TANH, false, LikelihoodKind.GAUSSIAN_SHARED));
        compare(model, (q, r) -> {
            float[] x = DATA.copyRows(r, 1);
            double[] logVariance = q.row("likelihood.logVariance");
            return Math.log(Quadrature.integral(h2 -> {
                double[] p1 = q.linear("prior1", q.tanh("decoder2.1", q.tanh("decoder2.0", h2)));
                return Quadrature.normal(h2, 0, 0) * Quadrature.integral(h1 -> {
                    double[] mean = q.linear("mean", q.tanh("decoder1.1", q.tanh("decoder1.0", h1)));
                    double density = Quadrature.normal(h1, p1[0], p1[1]);
                    for (int c = 0; c < COLUMNS; c++) {
                        density *= Quadrature.normal(x[c], mean[c], logVariance[c]);
                    }
                    return density;
                });
            }));
        });
    }

    @Test
    void withAMixtureAsPriorTheImportanceWeightedLogLikelihoodIsTheIntegral() {
        Model model = new Vae(VaeSettings.of(COLUMNS, 1, 5).withActivation(Activation.TANH).withMixturePrior(3));
        compare(model, (q, r) -> {
            float[] x = DATA.copyRows(r, 1);
            double[] logits = q.row("prior.logits");
            double[] mean = q.row("prior.mean");
            double[] logVariance = q.row("prior.logVariance");
            double all = Arrays.stream(logits).map(Math::exp).sum();
            assertTrue(Math.abs(logits[0] - logits[1]) > 0.1 && Math.abs(logVariance[0] - logVariance[1]) > 0.1);
            return Math.log(Quadrature.integral(z -> {
                double prior = 0;
                for (int k = 0; k < 3; k++) {
                    prior += Math.exp(logits[k]) / all * Quadrature.normal(z, mean[k], logVariance[k]);
                }
                return prior * Math.exp(Quadrature.logBernoulli(q.linear("logits", q.tanh("decoder.0", z)), x));
            }));
        });
    }

    /** Files that were written before have neither. */
    @Test
    void settingsThatCameLaterAreLeftOutWhereTheyAreAsBefore() {
        Record[] settings = {VaeSettings.of(4, 2, 3), new HierarchicalVae.Settings(4, List.of(3, 3), List.of(2, 1),
                Activation.TANH, false)};
        Record[] others = {VaeSettings.of(4, 2, 3).withMixturePrior(4), new HierarchicalVae.Settings(4, List.of(3, 3),
                List.of(2, 1), Activation.TANH, false, LikelihoodKind.LAPLACE)};
        String[][] names = {{"prior", "priorComponents"}, {"likelihood"}};
        Checkpoint.Data data = Checkpoint.Data.of(DATA);
        for (int i = 0; i < settings.length; i++) {
            Checkpoint before = new Checkpoint(settings[i], TrainingSettings.of(8, 1), data, Trainer.Position.START);
            Checkpoint after = new Checkpoint(others[i], TrainingSettings.of(8, 1), data, Trainer.Position.START);
            for (String name : names[i]) {
                assertFalse(before.toJson().getAsJsonObject("model").has(name), name);
                assertTrue(after.toJson().getAsJsonObject("model").has(name), name);
            }
            assertEquals(before, Checkpoint.of(before.toJson().toString()));
            assertEquals(after, Checkpoint.of(after.toJson().toString()));
        }
    }

    @Test
    void theCompletionVaesImportanceWeightedLogLikelihoodIsTheIntegralGivenWhatIsSeen() {
        Model model = new CompletionVae(new CompletionVae.Settings(2, 2, 1, 1, List.of(5), 1, Activation.TANH));
        compare(model, (q, r) -> {
            float[] image = DATA.copyRows(r, 1);
            float[] y = {image[0], image[1], image[3]};
            double x = image[2];
            double[] guess = Arrays.stream(q.linear("guess.logits", q.tanh("guess.0", x))).map(l -> 1 / (1 + Math.exp(
                    -l))).toArray();
            double[] p = q.linear("prior", q.tanh("prior.0", x, guess[0], guess[1], guess[2]));
            return Math.log(Quadrature.integral(z -> Quadrature.normal(z, p[0], p[1]) * Math.exp(Quadrature
                    .logBernoulli(q.linear("logits", q.tanh("decoder.0", z)), y))));
        });
    }

    @Test
    void theFlowVaesImportanceWeightedLogLikelihoodIsTheIntegral() {
        Model model = new FlowVae(new FlowVae.Settings(COLUMNS, List.of(5), 2, 2, 3, Activation.TANH,
                LikelihoodKind.BERNOULLI, false));
        compare(model, (q, r) -> {
            float[] x = DATA.copyRows(r, 1);
            return Math.log(Quadrature.integral(a -> Quadrature.normal(a, 0, 0) * Quadrature.integral(b -> Quadrature
                    .normal(b, 0, 0) * Math.exp(Quadrature.logBernoulli(q.linear("logits", q.tanh("decoder.0", a, b)),
                            x)))));
        });
    }

    @Test
    void theVampVaesImportanceWeightedLogLikelihoodIsTheIntegral() {
        Model model = new VampVae(new VampVae.Settings(COLUMNS, List.of(5), 1, 3, Activation.TANH, false));
        compare(model, (q, r) -> {
            float[] x = DATA.copyRows(r, 1);
            double[] inputs = q.row("pseudo-inputs");
            return Math.log(Quadrature.integral(z -> {
                double prior = 0;
                for (int k = 0; k < 3; k++) {
                    double[] u = new double[COLUMNS];
                    for (int c = 0; c < COLUMNS; c++) {
                        u[c] = 1 / (1 + Math.exp(-inputs[k * COLUMNS + c]));
                    }
                    double[] of = q.linear("posterior", q.tanh("encoder.0", u));
                    prior += Quadrature.normal(z, of[0], of[1]) / 3;
                }
                return prior * Math.exp(Quadrature.logBernoulli(q.linear("logits", q.tanh("decoder.0", z)), x));
            }));
        });
    }

    @Test
    void aCompletionKeepsWhatIsGivenAndDoesNotSeeTheRest() {
        SplittableRandom random = new SplittableRandom(4);
        float[] pixels = new float[2 * 4 * 6 * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextDouble();
        }
        for (int observed = 1; observed <= 3; observed++) {
            Model model = new CompletionVae(new CompletionVae.Settings(4, 6, 3, observed, List.of(5), 2,
                    Activation.TANH));
            float[] changed = pixels.clone();
            boolean[] given = new boolean[pixels.length];
            for (int i = 0; i < pixels.length; i++) {
                boolean left = i / 3 % 6 < 3;
                boolean lower = i / 18 % 4 >= 2;
                given[i] = left && (lower || observed >= 2) || !lower && observed == 3;
                changed[i] = given[i] ? pixels[i] : 0.5f;
            }
            try (Backend backend = new JavaBackend(1); Parameters parameters = parameters(backend, model)) {
                Coder coder = new Coder(model, parameters, backend, 1);
                float[] completed = coder.reconstruct(new Images("toy", 2, 4, 6, 3, pixels));
                for (int i = 0; i < pixels.length; i++) {
                    assertEquals(given[i], completed[i] == pixels[i], observed + " quadrants, value " + i);
                }
                assertArrayEquals(completed, coder.reconstruct(new Images("toy", 2, 4, 6, 3, changed)));
            }
        }
    }

    @Test
    void trainingLowersTheLossOfEveryModel() {
        for (ModelKind<?> kind : Models.all()) {
            Model model = Models.create(kind.defaults(DataShape.of(DataKinds.NPY, SEQUENCES)));
            try (Backend backend = new JavaBackend(1);
                    Parameters parameters = new Parameters(backend, model.graph().parameters(), 2);
                    Trainer trainer = new Trainer(model, parameters, backend, TrainingSettings.of(8, 2), data(model));
                    Evaluator evaluator = new Evaluator(model, parameters, backend, data(model), 2)) {
                double before = evaluator.evaluate(0).elbo().elbo();
                trainer.steps(300);
                double after = evaluator.evaluate(0).elbo().elbo();
                assertTrue(after > before + 0.2, kind.name() + ": " + before + ", " + after);
            }
        }
    }

    /**
     * Of z ~ N(0, 1), x ~ N(w z + b, v) the posterior is N(m, 1/c) with c = 1 + sum w^2/v, m = sum w (x - b)/(v c):
     * each row's q is fitted to it, whatever the rows that were trained, which stay as they are.
     */
    @Test
    void localInferenceFindsThePosteriorOfAnyData() {
        Model model = new LocalInference(new LocalInference.Settings(COLUMNS, ROWS, List.of(), 1, Activation.TANH,
                LikelihoodKind.GAUSSIAN_SHARED, false, 0.02, 2000));
        Images others = new Images("others", 5, 2, 2, 1, DATA.copyRows(3, 5));
        try (Backend backend = new JavaBackend(1); Parameters parameters = parameters(backend, model);
                Evaluator evaluator = new Evaluator(model, parameters, backend, others, 3)) {
            Map<String, float[]> values = new java.util.HashMap<>();
            parameters.all().forEach(s -> values.put(s.parameter().name(), s.value().toArray()));
            Coder coder = new Coder(model, parameters, backend, 3);
            float[] means = coder.encode(others);
            float[] logVariances = coder.output(Model.POSTERIOR_LOG_VARIANCE, others, done -> {});
            double[] found = evaluator.logLikelihoods(2000, done -> {});
            List<ElboTerms> terms = evaluator.rows(0);
            for (int r = 0; r < 5; r++) {
                double precision = 1;
                double mean = 0;
                double logDensity = 0;
                for (int d = 0; d < COLUMNS; d++) {
                    double w = values.get("mean.weight")[d];
                    double v = Math.exp(values.get("likelihood.logVariance")[d]);
                    double rest = others.value(r, d) - values.get("mean.bias")[d];
                    precision += w * w / v;
                    mean += w * rest / v;
                    logDensity -= 0.5 * (Math.log(2 * Math.PI * v) + rest * rest / v);
                }
                mean /= precision;
                // the normaliser of the product of two Gaussians
                logDensity += 0.5 * (mean * mean * precision - Math.log(precision));
                assertEquals(mean, means[r], 0.05, "mean " + r);
                assertEquals(-Math.log(precision), logVariances[r], 0.1, "log-variance " + r);
                assertEquals(logDensity, found[r], 0.02, "log p(x) " + r);
                assertEquals(0.5 * (means[r] * means[r] + Math.exp(logVariances[r]) - logVariances[r] - 1), terms.get(r)
                        .kl(), 1e-5, "KL " + r);
            }
            parameters.all().forEach(s -> assertArrayEquals(values.get(s.parameter().name()), s.value().toArray()));
            assertEquals(2 * ROWS, values.get("posterior").length);
            parameters.all().stream().filter(s -> s.parameter().name().equals("posterior")).forEach(s -> s.value().set(
                    new float[2 * ROWS]));
            assertArrayEquals(means, coder.encode(others));
            assertEquals("others: has 5 rows, the model's 'posterior' is of data of 24", assertThrows(
                    DataException.class, () -> new Trainer(model, parameters, backend, TrainingSettings.of(8, 2),
                            others)).getMessage());
        }
    }

    /** log p(x), which is the ELBO, as z is summed out, and the posterior, in double precision. */
    @Test
    void theGaussianMixtureIsExact() {
        double least = 0.3;
        Model model = new GaussianMixture(new GaussianMixture.Settings(COLUMNS, 3, least, 1));
        try (Backend backend = new JavaBackend(2); Parameters parameters = new Parameters(backend, model.graph()
                .parameters(), 5); Evaluator evaluator = new Evaluator(model, parameters, backend, data(model), 3);
                Trainer trainer = new Trainer(model, parameters, backend, TrainingSettings.of(8, 2), data(model))) {
            trainer.steps(500);
            Map<String, float[]> values = new java.util.HashMap<>();
            parameters.all().forEach(s -> values.put(s.parameter().name(), s.value().toArray()));
            double normaliser = 0;
            for (float logit : values.get("logits")) {
                normaliser += Math.exp(logit);
            }
            List<ElboTerms> terms = evaluator.rows(0);
            double[] samples = evaluator.logLikelihoods(3, done -> {});
            float[] posterior = new Coder(model, parameters, backend, 1).encode(DATA);
            for (int r = 0; r < ROWS; r++) {
                double[] joint = new double[3];
                for (int c = 0; c < 3; c++) {
                    joint[c] = Math.exp(values.get("logits")[c]) / normaliser;
                    for (int d = 0; d < COLUMNS; d++) {
                        double raw = values.get("rawLogVariance")[c * COLUMNS + d];
                        joint[c] *= Quadrature.normal(DATA.value(r, d), values.get("mean")[c * COLUMNS + d], Math.log1p(
                                Math.exp(raw)) + 2 * Math.log(least));
                    }
                }
                double p = Arrays.stream(joint).sum();
                assertEquals(Math.log(p), terms.get(r).elbo(), 1e-5);
                assertEquals(0, terms.get(r).kl());
                assertEquals(Math.log(p), samples[r], 1e-5);
                for (int c = 0; c < 3; c++) {
                    assertEquals(joint[c] / p, posterior[3 * r + c], 1e-5);
                }
            }
        }
    }

    /** The standard deviation of what is drawn, and for a temperature of 0 nothing but the mean. */
    @Test
    void theTemperatureScalesThePrior() {
        Model model = new Vae(VaeSettings.of(COLUMNS, 2, 3));
        try (Backend backend = new JavaBackend(1); Parameters parameters = parameters(backend, model)) {
            Coder coder = new Coder(model, parameters, backend, 1);
            float[] plain = coder.prior(50);
            assertArrayEquals(plain, coder.prior(50, null, 1));
            float[] half = coder.prior(50, null, 0.5);
            for (int i = 0; i < plain.length; i++) {
                assertEquals(plain[i] / 2, half[i]);
            }
            assertArrayEquals(new float[100], coder.prior(50, null, 0));
            assertEquals("temperature must be a number of at least 0, not -1.0", assertThrows(
                    IllegalArgumentException.class, () -> coder.prior(1, null, -1)).getMessage());
        }
    }

    @Test
    void outputsAreNamed() {
        Model model = new HierarchicalVae(new HierarchicalVae.Settings(COLUMNS, List.of(3, 2), List.of(2, 1),
                Activation.TANH, true));
        try (Backend backend = new JavaBackend(1); Parameters parameters = parameters(backend, model)) {
            Coder coder = new Coder(model, parameters, backend, 1);
            Map<String, Integer> columns = Map.of("posterior.mean", 1, "posterior.logVariance", 1, "z", 1, "mean", 4,
                    "h1", 2, "h1.posterior.mean", 2, "h1.posterior.logVariance", 2);
            assertEquals(columns.keySet(), model.outputs().keySet());
            columns.forEach((name, n) -> assertEquals(ROWS * n, coder.output(name, data(model), done -> {}).length,
                    name));
            assertEquals("the model has no output 'h3'; it has posterior.mean, posterior.logVariance, z, mean,"
                    + " h1, h1.posterior.mean, h1.posterior.logVariance", assertThrows(
                            IllegalArgumentException.class, () -> coder.output("h3")).getMessage());
        }
    }

    @Test
    void everyModelIsRegisteredWithUsableSettings() {
        assertEquals(
                "bayesian-regression, categorical-vae, completion-vae, conditional-vae, convolutional-vae,"
                        + " deep-markov-model, flow-vae, gaussian-mixture, hierarchical-vae, linear-gaussian,"
                        + " local-inference, vae, vamp-vae",
                Models.names());
        for (ModelKind<?> kind : Models.all()) {
            Record settings = kind.defaults(DataShape.of(DataKinds.NPY, SEQUENCES));
            assertEquals(kind.name(), Models.of(settings).name());
            assertEquals(settings, Models.create(settings).settings());
            assertEquals(settings, Settings.with(settings, Map.of()));
            assertFalse(kind.description().contains("\n"), kind.name());
            assertFalse(Settings.options(kind.settings()).isEmpty(), kind.name());
        }
        record Foreign(int n) {}
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Models.of(new Foreign(1))).getMessage()
                .contains("META-INF/services/io.elbo4j.train.model.ModelKind"));
        assertEquals(
                "there is no model 'gan'; there are " + Models.names(),
                assertThrows(
                        IllegalArgumentException.class, () -> Models.named("gan")).getMessage());
    }

    @Test
    void settingsThatMakeNoModelAreRefused() {
        assertEquals("latents must be two numbers of at least 1, not [1]", assertThrows(IllegalArgumentException.class,
                () -> new HierarchicalVae.Settings(4, List.of(1, 1), List.of(1), Activation.TANH, false))
                .getMessage());
        assertEquals("likelihood must be any of vae but that of a fixed standard deviation, not gaussian-fixed",
                assertThrows(IllegalArgumentException.class, () -> new ConditionalVae.Settings(4, 2, List.of(), 1,
                        Activation.TANH, LikelihoodKind.GAUSSIAN_FIXED, false, Prior.STANDARD)).getMessage());
        assertEquals("width must be even, and at least 2, not 3", assertThrows(IllegalArgumentException.class,
                () -> new CompletionVae.Settings(2, 3, 1, 1, List.of(), 1, Activation.TANH)).getMessage());
        assertEquals("observed must be 1, 2 or 3, not 4", assertThrows(IllegalArgumentException.class,
                () -> new CompletionVae.Settings(2, 2, 1, 4, List.of(), 1, Activation.TANH)).getMessage());
        assertEquals("pseudoInputs must be at least 1, not 0", assertThrows(IllegalArgumentException.class,
                () -> new VampVae.Settings(4, List.of(), 1, 0, Activation.TANH, false)).getMessage());
        assertEquals("classes must be at least 1, not 0", assertThrows(IllegalArgumentException.class,
                () -> new ConditionalVae.Settings(4, 0, List.of(), 1, Activation.TANH, LikelihoodKind.GAUSSIAN, false,
                        Prior.STANDARD))
                .getMessage());
    }
}
