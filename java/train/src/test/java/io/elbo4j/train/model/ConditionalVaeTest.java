package io.elbo4j.train.model;

import static io.elbo4j.train.model.ModelsTest.COLUMNS;
import static io.elbo4j.train.model.ModelsTest.DATA;
import static io.elbo4j.train.model.ModelsTest.ROWS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.Coder;
import io.elbo4j.train.ElboTerms;
import io.elbo4j.train.Evaluator;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Labels;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.ConditionalVae.Prior;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A VAE of x given its label, by both conventions of what the prior of z knows. */
class ConditionalVaeTest {
    private static final int LABELS = 3;

    private static Model model(int latent, Prior prior) {
        return new ConditionalVae(new ConditionalVae.Settings(COLUMNS, LABELS, List.of(5), latent, Activation.TANH,
                LikelihoodKind.BERNOULLI, false, prior));
    }

    private static double[] label(int row) {
        double[] y = new double[LABELS];
        y[row % LABELS] = 1;
        return y;
    }

    @Test
    void theImportanceWeightedLogLikelihoodIsTheIntegralGivenTheLabel() {
        for (Prior prior : Prior.values()) {
            ModelsTest.compare(model(1, prior), (q, r) -> {
                float[] x = DATA.copyRows(r, 1);
                double[] y = label(r);
                double[] p = prior == Prior.LEARNED ? q.linear("prior", y) : new double[2];
                return Math.log(Quadrature.integral(z -> Quadrature.normal(z, p[0], p[1]) * Math.exp(Quadrature
                        .logBernoulli(q.linear("logits", q.tanh("decoder.0", z, y[0], y[1], y[2])), x))));
            });
        }
    }

    @Test
    void theKlIsThatOfTheTwoGaussiansOfTheLabel() {
        Model model = model(2, Prior.LEARNED);
        try (Backend backend = new JavaBackend(1); Parameters parameters = ModelsTest.parameters(backend, model);
                Evaluator evaluator = new Evaluator(model, parameters, backend, DATA, 3)) {
            Quadrature values = new Quadrature(parameters);
            Coder coder = new Coder(model, parameters, backend, 3);
            float[] mean = coder.encode(DATA);
            float[] logVariance = coder.output(Model.POSTERIOR_LOG_VARIANCE, DATA, done -> {});
            List<ElboTerms> terms = evaluator.rows(0);
            double[] ofDimension = new double[2];
            for (int r = 0; r < ROWS; r++) {
                double[] p = values.linear("prior", label(r));
                double kl = 0;
                for (int d = 0; d < 2; d++) {
                    double away = mean[2 * r + d] - p[d];
                    double lv = logVariance[2 * r + d];
                    double each = 0.5 * (p[2 + d] - lv + (Math.exp(lv) + away * away) / Math.exp(p[2 + d]) - 1);
                    kl += each;
                    ofDimension[d] += each / ROWS;
                }
                assertEquals(kl, terms.get(r).kl(), 1e-5, "row " + r);
            }
            List<Double> found = evaluator.evaluate(0).klPerDimension();
            for (int d = 0; d < 2; d++) {
                assertEquals(ofDimension[d], found.get(d), 1e-5, "dimension " + d);
            }
        }
    }

    /** Mean and variance of 20,000 draws for each label, within five standard errors. */
    @Test
    void samplesBeginWithDrawsOfTheLabelsPrior() {
        int each = 20_000;
        Model model = model(2, Prior.LEARNED);
        Images labels = DATA.first(LABELS).array(Images.LABEL).repeated(LABELS * each);
        Images conditions = new Images("rows", LABELS * each, 1, 1, 1, new float[LABELS * each]).with(Images.LABEL,
                labels);
        try (Backend backend = new JavaBackend(2); Parameters parameters = ModelsTest.parameters(backend, model)) {
            Quadrature values = new Quadrature(parameters);
            float[] z = new Coder(model, parameters, backend, 7).prior(LABELS * each, conditions, 1);
            for (int label = 0; label < LABELS; label++) {
                double[] p = values.linear("prior", label(label));
                for (int d = 0; d < 2; d++) {
                    double sum = 0;
                    double squares = 0;
                    for (int i = 0; i < each; i++) {
                        double away = (z[2 * (LABELS * i + label) + d] - p[d]) / Math.exp(p[2 + d] / 2);
                        sum += away / each;
                        squares += away * away / each;
                    }
                    String which = "seed 7, label " + label + ", dimension " + d;
                    assertEquals(0, sum, 5 / Math.sqrt(each), which);
                    assertEquals(1, squares, 5 * Math.sqrt(2.0 / each), which);
                }
            }
        }
    }

    @Test
    void codesAndImagesDependOnTheLabel() {
        Model model = model(2, Prior.STANDARD);
        Images others = new Images("toy", ROWS, 2, 2, 1, DATA.copyRows(0, ROWS)).with(Images.LABEL,
                Labels.oneHot("others", new int[ROWS], 3));
        try (Backend backend = new JavaBackend(1); Parameters parameters = ModelsTest.parameters(backend, model)) {
            Coder coder = new Coder(model, parameters, backend, 1);
            assertEquals(List.of(Images.LABEL), coder.conditions().stream().map(i -> i.name()).toList());
            float[] z = coder.prior(ROWS);
            float[] first = coder.decode(z, DATA, done -> {});
            float[] second = coder.decode(z, others, done -> {});
            float[] codes = coder.encode(DATA);
            float[] otherCodes = coder.encode(others);
            for (int r = 0; r < ROWS; r++) {
                boolean same = r % 3 == 0;
                assertEquals(same, Arrays.equals(first, r * 4, r * 4 + 4, second, r * 4, r * 4 + 4), "row " + r);
                assertEquals(same, Arrays.equals(codes, r * 2, r * 2 + 2, otherCodes, r * 2, r * 2 + 2), "row " + r);
            }
            assertEquals("this model needs 'label' of each row beside z", assertThrows(IllegalArgumentException.class,
                    () -> coder.decode(z)).getMessage());
            assertEquals("'label' must be 1 x 3, not 24 x 3", assertThrows(IllegalArgumentException.class,
                    () -> coder.decode(new float[2], DATA, done -> {})).getMessage());
            Images unlabelled = new Images("plain", 1, 2, 2, 1, new float[4]);
            assertEquals("plain: has no array 'label', which the model takes; it has x",
                    assertThrows(DataException.class, () -> coder.encode(unlabelled)).getMessage());
        }
    }
}
