package io.elbo4j.train.ascent;

import io.elbo4j.Backend;
import io.elbo4j.train.exact.MixtureOfGaussians;
import io.elbo4j.train.graph.Input;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.model.GaussianMixture;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.picture.Lines;
import java.util.List;
import java.util.Random;

/**
 * A mixture of three Gaussians on three clusters of the plane, two ways up from one start: by the gradient of log p(x),
 * and by EM.
 */
public final class MixtureAscent {
    private static final int CLUSTERS = 3;
    private static final double RADIUS = 2;
    private static final double LEAST_DEVIATION = 0.05;

    private MixtureAscent() {}

    /** Their centres lie on a circle around 0; each has as many points, another width along x2 than along x1. */
    static double[][] clusters(int points, long seed) {
        Random random = new Random(seed);
        double[][] data = new double[points][];
        for (int i = 0; i < points; i++) {
            double angle = 2 * StrictMath.PI * (i % CLUSTERS) / CLUSTERS;
            data[i] = new double[] {RADIUS * StrictMath.cos(angle) + 0.8 * random.nextGaussian(), RADIUS * StrictMath
                    .sin(angle) + 0.4 * random.nextGaussian()};
        }
        return data;
    }

    /** log p(x) of both, and what EM maximises: means over the points after some numbers of steps. */
    public static List<Lines.Series> of(AscentSettings settings, Backend backend) {
        double[][] data = clusters(settings.points(), settings.seed());
        GaussianMixture model = new GaussianMixture(new GaussianMixture.Settings(2, CLUSTERS,
                LEAST_DEVIATION, RADIUS));
        Climb climb = new Climb(settings.steps());
        try (Parameters parameters = new Parameters(backend, model.graph().parameters(), settings.seed());
                Step step = Step.of(model.graph(), parameters, backend).rows(data.length).minimise(new Elbo(),
                        new Adam(settings.learningRate())).compile()) {
            step.value(model.graph().all(Input.class).get(0)).set(Climb.floats(data));
            MixtureOfGaussians start = model.exact(parameters);
            int[] number = {0};
            climb.go("the gradient of log p(x)", start, at -> {
                step.run(number[0]++);
                return model.exact(parameters);
            }, List.of(new Climb.Quantity<>("log p(x), gradient", at -> Climb.mean(data, at::logMarginal))));
            climb.go("EM", start, at -> at.expectationMaximisation(data, LEAST_DEVIATION * LEAST_DEVIATION), List.of(
                    new Climb.Quantity<>("log p(x), EM", at -> Climb.mean(data, at::logMarginal)),
                    new Climb.Quantity<>("expected log-likelihood, EM", at -> Climb.mean(data, x -> at
                            .expectedLogLikelihood(x, at.responsibilities(x))))));
        }
        return climb.series();
    }
}
