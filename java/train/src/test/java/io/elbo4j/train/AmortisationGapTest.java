package io.elbo4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.AmortisationGap.LocalSteps;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.exact.FactorAnalysis;
import io.elbo4j.train.exact.Gaussian;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.CategoricalVae;
import io.elbo4j.train.model.ConditionalVae;
import io.elbo4j.train.model.DeepMarkovModel;
import io.elbo4j.train.model.HierarchicalVae;
import io.elbo4j.train.model.LinearGaussian;
import io.elbo4j.train.model.LocalInference;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AmortisationGapTest {
    /** More than are fitted at once. */
    private static final int ROWS = 600;
    private static final int COLUMNS = 4;
    private static final long DRAW = 17;

    private static Images data(boolean real) {
        SplittableRandom random = new SplittableRandom(5);
        float[] x = new float[ROWS * COLUMNS];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) (real ? random.nextGaussian() : random.nextDouble());
        }
        return new Images("toy", ROWS, 2, 2, 1, x);
    }

    private static AmortisationGap gap(Model model, Parameters parameters, Backend backend, Images data,
            LocalSteps local) {
        return AmortisationGap.of(model, parameters, backend, data, 3, Standardisation.NONE, DRAW, local, done -> {});
    }

    /** An encoder that is not trained, whose decoder has more to say than at first. */
    private static Parameters parameters(Backend backend, Model model) {
        Parameters parameters = new Parameters(backend, model.graph().parameters(), 5);
        parameters.all().stream().filter(s -> s.parameter().name().equals("decoder.weight")).forEach(s -> {
            float[] values = s.value().toArray();
            for (int i = 0; i < values.length; i++) {
                values[i] *= 2;
            }
            s.value().set(values);
        });
        return parameters;
    }

    /**
     * Of p(z given x) = N(m, C) the diagonal Gaussian of least KL(q || p) is N(m, 1 / diag(inverse of C)): the gap is
     * the difference of two ELBOs in double precision. With one latent dimension the best q is p(z given x) itself.
     */
    @Test
    void theGapIsTheKnownOneOfALinearGaussianModel() {
        for (int latent = 1; latent <= 2; latent++) {
            LinearGaussian model = new LinearGaussian(new LinearGaussian.Settings(COLUMNS, latent, 0.3));
            Images data = data(true);
            try (Backend backend = new JavaBackend(2); Parameters parameters = parameters(backend, model)) {
                FactorAnalysis exact = model.exact(parameters);
                Coder coder = new Coder(model, parameters, backend, 3);
                float[] mean = coder.encode(data);
                float[] logVariance = coder.output(Model.POSTERIOR_LOG_VARIANCE, data, done -> {});
                AmortisationGap found = gap(model, parameters, backend, data, new LocalSteps(4000, 0.02));
                double expected = 0;
                double worst = 0;
                double approximation = 0;
                for (int r = 0; r < ROWS; r++) {
                    double[] x = row(data.copyRows(r, 1), 0, COLUMNS);
                    Gaussian p = exact.posterior(x);
                    double best = exact.elbo(x, Gaussian.diagonal(p.mean(), conditionalLogVariances(p.covariance())));
                    double own = exact.elbo(x, Gaussian.diagonal(row(found.mean(), r, latent), row(found.logVariance(),
                            r, latent)));
                    assertTrue(own <= best + 1e-12, "row " + r);
                    worst = Math.max(worst, best - own);
                    approximation += (exact.logMarginal(x) - best) / ROWS;
                    expected += (best - exact.elbo(x, Gaussian.diagonal(row(mean, r, latent), row(logVariance, r,
                            latent)))) / ROWS;
                }
                System.out.printf("linear-Gaussian, %d latent, seeds 5 and 3: gap %.4f, expected %.4f, left at most"
                        + " %.5f, approximation gap %.4f%n", latent, found.gap(), expected, worst, approximation);
                assertTrue(worst < 0.01, "left " + worst);
                assertEquals(latent > 1, approximation > 1e-6, "approximation gap " + approximation);
                // the two evaluations have the noise of one draw
                assertTrue(expected > 0.5, "gap " + expected);
                assertEquals(expected, found.gap(), 4 * found.error());
                assertTrue(found.error() < 0.3 * expected, "error " + found.error());
            }
        }
    }

    /** On digits: what the encoder gives away is seen, and no Gaussian q is above log p(x). */
    @Test
    void onDigitsTheFittedBoundLiesBetweenTheEncodersAndLogP() {
        String folder = System.getProperty("elbo4j.mnist");
        assumeTrue(folder != null, "skipped: needs MNIST; give its folder with -Delbo4j.mnist=DIR");
        Model model = new Vae(VaeSettings.of(784, 10, 100));
        try (DataSource digits = DataSource.parse("mnist=" + folder); Backend backend = Backends.open("auto", 2);
                Parameters parameters = new Parameters(backend, model.graph().parameters(), 1);
                Trainer trainer = new Trainer(model, parameters, backend, TrainingSettings.of(100, 1), digits.train()
                        .first(5000))) {
            trainer.steps(1000);
            Images test = digits.test().first(300);
            AmortisationGap found = gap(model, parameters, backend, test, new LocalSteps(300, 0.03));
            try (Evaluator evaluator = new Evaluator(model, parameters, backend, test, 3)) {
                double elbo = evaluator.evaluate(DRAW).elbo().elbo();
                double logLikelihood = evaluator.logLikelihood(500, done -> {});
                System.out.printf("300 digits, seeds 1 and 3: ELBO %.2f, amortisation gap %.2f (%.2f), log p(x) of 500"
                        + " samples %.2f; %s%n", elbo, found.gap(), found.error(), logLikelihood, AmortisationGap.size(
                                model, 300));
                assertTrue(found.gap() > 4 * found.error(), "gap " + found.gap() + ", error " + found.error());
                assertTrue(elbo + found.gap() < logLikelihood, elbo + " " + found.gap() + " " + logLikelihood);
            }
        }
    }

    private static double[] row(float[] values, int row, int columns) {
        double[] of = new double[columns];
        for (int i = 0; i < columns; i++) {
            of[i] = values[row * columns + i];
        }
        return of;
    }

    /** -log of the diagonal of the inverse, of one or two dimensions. */
    private static double[] conditionalLogVariances(double[][] c) {
        if (c.length == 1) {
            return new double[] {Math.log(c[0][0])};
        }
        double determinant = c[0][0] * c[1][1] - c[0][1] * c[1][0];
        return new double[] {Math.log(determinant / c[1][1]), Math.log(determinant / c[0][0])};
    }

    @Test
    void itBeginsWithTheEncodersAnswer() {
        Model model = new LinearGaussian(new LinearGaussian.Settings(COLUMNS, 2, 0.3));
        Images data = data(true);
        Standardisation standardisation = Standardisation.of(data, Standardisation.Kind.COLUMN);
        try (Backend backend = new JavaBackend(1); Parameters parameters = parameters(backend, model);
                Evaluator evaluator = new Evaluator(model, parameters, backend, data, 3, standardisation)) {
            AmortisationGap found = AmortisationGap.of(model, parameters, backend, data, 3, standardisation, DRAW,
                    new LocalSteps(1, 1e-30), done -> {});
            assertEquals(evaluator.rows(DRAW), found.encoder());
            assertEquals(found.encoder(), found.fitted());
            assertArrayEquals(new Coder(model, parameters, backend, 3, standardisation).encode(data), found.mean());
        }
    }

    /** Where x is drawn, q is fitted to the draw of x that is evaluated. */
    @Test
    void binarisedPixelsAreThoseOfOneDraw() {
        Model model = new Vae(VaeSettings.of(COLUMNS, 2, 3).withBinarise());
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, model.graph()
                .parameters(), 5)) {
            AmortisationGap still = gap(model, parameters, backend, data(false), new LocalSteps(3, 1e-30));
            assertEquals(still.encoder(), still.fitted());
            AmortisationGap fitted = gap(model, parameters, backend, data(false), new LocalSteps(300, 0.05));
            assertEquals(still.encoder(), fitted.encoder());
            assertTrue(fitted.gap() > 3 * fitted.error(), fitted.gap() + " +- " + fitted.error());
        }
    }

    /** The other parameters stay as they are, and threads change no bit. */
    @Test
    void theModelIsHeldAndThreadsChangeNothing() {
        Model model = new Vae(VaeSettings.of(COLUMNS, 2, 3));
        AmortisationGap[] found = new AmortisationGap[2];
        for (int threads = 1; threads <= 2; threads++) {
            try (Backend backend = new JavaBackend(threads); Parameters parameters = new Parameters(backend, model
                    .graph().parameters(), 5)) {
                List<float[]> before = parameters.all().stream().map(s -> s.value().toArray()).toList();
                found[threads - 1] = gap(model, parameters, backend, data(false), new LocalSteps(5, 0.1));
                for (int i = 0; i < before.size(); i++) {
                    assertArrayEquals(before.get(i), parameters.all().get(i).value().toArray());
                }
            }
        }
        assertEquals(found[0].fitted(), found[1].fitted());
        assertArrayEquals(found[0].mean(), found[1].mean());
        assertArrayEquals(found[0].logVariance(), found[1].logVariance());
    }

    @Test
    void theSizeOfQ() {
        Model vae = new Vae(VaeSettings.of(COLUMNS, 2, 3));
        // 4 x 3 and 3, 3 x 4 and 4
        assertEquals(new AmortisationGap.Size(31, 400), AmortisationGap.size(vae, 100));
        assertEquals(new AmortisationGap.Size(31, 4000), AmortisationGap.size(vae, 1000));
        Model conditional = new ConditionalVae(new ConditionalVae.Settings(COLUMNS, 2, List.of(3), 2, Activation.TANH,
                LikelihoodKind.BERNOULLI, false, ConditionalVae.Prior.LEARNED));
        assertEquals(new AmortisationGap.Size(37, 400), AmortisationGap.size(conditional, 100));
    }

    @Test
    void aModelWithoutOneGaussianOfAnEncoderIsRefused() {
        List<Model> others = List.of(new LocalInference(new LocalInference.Settings(COLUMNS, ROWS, List.of(), 1,
                Activation.TANH, LikelihoodKind.BERNOULLI, false, 0.25, 2)), new CategoricalVae(
                        new CategoricalVae.Settings(COLUMNS, List.of(3), 2, Activation.TANH, LikelihoodKind.BERNOULLI,
                                false)), new HierarchicalVae(new HierarchicalVae.Settings(COLUMNS, List.of(3, 3),
                                        List.of(2, 1), Activation.TANH, false)), new DeepMarkovModel(
                                                new DeepMarkovModel.Settings(2, 2, 1, 1, 1,
                                                        DeepMarkovModel.Looking.PAST, LikelihoodKind.BERNOULLI, 0, 0)));
        for (Model model : others) {
            assertEquals("localSteps must be left out with a model without one Gaussian q(z given x) that an encoder"
                    + " gives, not given", assertThrows(IllegalArgumentException.class, () -> AmortisationGap.size(
                            model, 1)).getMessage());
        }
        assertEquals("localSteps must be at least 1, not 0", assertThrows(IllegalArgumentException.class,
                () -> new LocalSteps(0, 1)).getMessage());
        assertEquals("localRate must be above 0 and at most 1e9, not 0.0", assertThrows(IllegalArgumentException.class,
                () -> new LocalSteps(1, 0)).getMessage());
    }
}
