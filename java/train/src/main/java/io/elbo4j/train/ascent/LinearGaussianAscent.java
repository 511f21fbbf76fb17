package io.elbo4j.train.ascent;

import io.elbo4j.Backend;
import io.elbo4j.train.exact.FactorAnalysis;
import io.elbo4j.train.exact.Gaussian;
import io.elbo4j.train.graph.Input;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.model.LinearGaussian;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.picture.Lines;
import java.util.List;
import java.util.Random;

/**
 * A linear-Gaussian model of three columns and one latent dimension, three ways up from one start: by the gradient of
 * log p(x), by EM, and by the gradient of the ELBO, with an encoder and a sample of z.
 */
public final class LinearGaussianAscent {
    private static final int COLUMNS = 3;
    private static final double LEAST_DEVIATION = 0.05;

    private LinearGaussianAscent() {}

    /** x_j = (j + 1) z + noise, z and the noise Gaussian. */
    static double[][] data(int points, long seed) {
        Random random = new Random(seed);
        double[][] data = new double[points][COLUMNS];
        for (double[] x : data) {
            double z = random.nextGaussian();
            for (int j = 0; j < COLUMNS; j++) {
                x[j] = (j + 1) * z + 0.5 * random.nextGaussian();
            }
        }
        return data;
    }

    /** A mean over the points, without the noise of samples: log p(x) less KL(q || p(z given x)). */
    private static double elbo(FactorAnalysis p, double[][] data, float[] mean, float[] logVariance) {
        double sum = 0;
        for (int i = 0; i < data.length; i++) {
            sum += p.elbo(data[i], Gaussian.diagonal(new double[] {mean[i]}, new double[] {logVariance[i]}));
        }
        return sum / data.length;
    }

    /** log p(x) of all three, what EM maximises, and the ELBO: means over the points after some numbers of steps. */
    public static List<Lines.Series> of(AscentSettings settings, Backend backend) {
        double[][] data = data(settings.points(), settings.seed());
        LinearGaussian model = new LinearGaussian(new LinearGaussian.Settings(COLUMNS, 1, LEAST_DEVIATION));
        Value input = model.graph().all(Input.class).get(0);
        Value mean = model.outputs().get(Model.POSTERIOR_MEAN);
        Value logVariance = model.outputs().get(Model.POSTERIOR_LOG_VARIANCE);
        Climb climb = new Climb(settings.steps());
        try (Parameters parameters = new Parameters(backend, model.graph().parameters(), settings.seed());
                Step step = Step.of(model.graph(), parameters, backend).seed(settings.seed()).rows(data.length)
                        .minimise(new Elbo(), new Adam(settings.learningRate())).compile();
                Step encoder = Step.of(model.graph(), parameters, backend).rows(data.length).want(mean, logVariance)
                        .compile()) {
            step.value(input).set(Climb.floats(data));
            encoder.value(input).set(Climb.floats(data));
            FactorAnalysis start = model.exact(parameters);
            climb.go("the gradient of log p(x)", start, at -> at.ascend(data, settings.learningRate()), List.of(
                    new Climb.Quantity<>("log p(x), gradient", at -> at.logMarginal(data))));
            climb.go("EM", start, at -> at.expectationMaximisation(data, LEAST_DEVIATION * LEAST_DEVIATION), List.of(
                    new Climb.Quantity<>("log p(x), EM", at -> at.logMarginal(data)),
                    new Climb.Quantity<>("expected log-likelihood, EM", at -> Climb.mean(data, x -> at
                            .expectedLogLikelihood(x, at.posterior(x))))));
            int[] number = {0};
            climb.go("the gradient of the ELBO", start, at -> {
                step.run(number[0]++);
                return model.exact(parameters);
            }, List.of(new Climb.Quantity<>("log p(x), gradient of the ELBO", at -> at.logMarginal(data)),
                    new Climb.Quantity<>("ELBO", at -> {
                        encoder.run(0);
                        return elbo(at, data, encoder.value(mean).toArray(), encoder.value(logVariance).toArray());
                    })));
        }
        return climb.series();
    }
}
