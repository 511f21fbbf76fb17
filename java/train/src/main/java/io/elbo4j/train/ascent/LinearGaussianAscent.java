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
import java.util.function.ToDoubleBiFunction;

/**
 * A linear-Gaussian model of three columns and one latent dimension, three ways up from one start: by the gradient of
 * log p(x), by EM, and by the gradient of the ELBO, with an encoder and a sample of z. Both gradients are followed by
 * Adam, at one rate.
 */
public final class LinearGaussianAscent {
    /** The name of what log p(x) is above the ELBO. */
    public static final String KL = "KL(q || p(z | x))";

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

    /** A mean over the points of what is known of x and its q, without the noise of samples. */
    private static double mean(double[][] data, Step encoder, LinearGaussian model,
            ToDoubleBiFunction<double[], Gaussian> of) {
        encoder.run(0);
        float[] mean = encoder.value(model.outputs().get(Model.POSTERIOR_MEAN)).toArray();
        float[] logVariance = encoder.value(model.outputs().get(Model.POSTERIOR_LOG_VARIANCE)).toArray();
        double sum = 0;
        for (int i = 0; i < data.length; i++) {
            sum += of.applyAsDouble(data[i], Gaussian.diagonal(new double[] {mean[i]}, new double[] {logVariance[i]}));
        }
        return sum / data.length;
    }

    /**
     * log p(x) of all three, what EM maximises, the ELBO, and what it misses, {@link #KL}: means over the points after
     * some numbers of steps.
     */
    public static List<Lines.Series> of(AscentSettings settings, Backend backend) {
        double[][] data = data(settings.points(), settings.seed());
        LinearGaussian model = new LinearGaussian(new LinearGaussian.Settings(COLUMNS, 1, LEAST_DEVIATION));
        Value input = model.graph().all(Input.class).get(0);
        Climb climb = new Climb(settings.steps());
        try (Parameters parameters = new Parameters(backend, model.graph().parameters(), settings.seed());
                Step step = Step.of(model.graph(), parameters, backend).seed(settings.seed()).rows(data.length)
                        .minimise(new Elbo(), new Adam(settings.learningRate())).compile();
                Step encoder = Step.of(model.graph(), parameters, backend).rows(data.length).want(model.outputs()
                        .get(Model.POSTERIOR_MEAN), model.outputs().get(Model.POSTERIOR_LOG_VARIANCE))
                        .compile()) {
            step.value(input).set(Climb.floats(data));
            encoder.value(input).set(Climb.floats(data));
            FactorAnalysis start = model.exact(parameters);
            AdamAscent adam = new AdamAscent(settings.learningRate(), start.gradient(data).length);
            climb.go("the gradient of log p(x)", start, at -> at.moved(adam.step(at.gradient(data))), List.of(
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
                    new Climb.Quantity<>("ELBO", at -> mean(data, encoder, model, at::elbo)),
                    new Climb.Quantity<>(KL, at -> mean(data, encoder, model, (x, q) -> q.divergence(at.posterior(
                            x))))));
        }
        return climb.series();
    }
}
