package io.elbo4j.train.posterior;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Workers;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Input;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.DenseOfMembers;
import io.elbo4j.train.model.BayesianRegression;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.picture.Bands;
import io.elbo4j.train.schedule.Schedule;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Ways to a posterior over the weights of a network, judged by what they say of y: its mode, mean-field inference, an
 * ensemble, and a long chain, which has no family and is as near to the exact one as it is long.
 *
 * <p>The noise is known to all. Mean-field inference cannot widen in a gap of the data: its weights are independent, so
 * that it is as sure between the data as at it, or surer, while it does widen outside (Foong et al. 2020).
 */
public final class NetworkComparison {
    private static final int TESTS = 1000;
    private static final int GRID = 21;
    private static final double OUTSIDE = 6;
    /** Of a function that is drawn: half of its range, and how many places. */
    private static final double SHOWN = 7;
    private static final int CURVE = 57;
    /** Of a Gaussian, 90 % lie within so many deviations. */
    private static final double NINETY_PER_CENT = 1.6449;
    /** Beside the uses of {@link Chains} and {@link Cubic}. */
    private static final int MODE = 5;

    private final NetworkSettings settings;
    private final Cubic data;
    private final Cubic test;
    private final double[] places;

    /** @param gap whether the data has a gap in its middle */
    public NetworkComparison(NetworkSettings settings, boolean gap) {
        this.settings = settings;
        data = Cubic.of(settings.points(), gap, settings.seed(), 0);
        test = Cubic.of(TESTS, gap, settings.seed(), 1);
        DoubleStream inGap = IntStream.range(0, GRID).mapToDouble(i -> Cubic.INSIDE * (2.0 * i / (GRID - 1) - 1)
                / Cubic.X_UNIT);
        DoubleStream outside = DoubleStream.of(-OUTSIDE / Cubic.X_UNIT, OUTSIDE / Cubic.X_UNIT);
        DoubleStream shown = IntStream.range(0, CURVE).mapToDouble(i -> SHOWN * (2.0 * i / (CURVE - 1) - 1)
                / Cubic.X_UNIT);
        places = Stream.of(DoubleStream.of(test.x()), DoubleStream.of(data.x()), inGap, outside, shown)
                .flatMapToDouble(each -> each).toArray();
    }

    /**
     * The points that are learned from.
     *
     * @return their x, then their y, in their own units
     */
    public double[][] points() {
        return new double[][] {DoubleStream.of(data.x()).map(x -> x * Cubic.X_UNIT).toArray(), DoubleStream.of(data.y())
                .map(y -> y * Cubic.Y_UNIT).toArray()};
    }

    /**
     * What one way came to, on 1,000 other points.
     *
     * @param method its name
     * @param coverage how many y lie in their central 90 % intervals, a share
     * @param logLikelihood log p(y), a mean over the points, in nats, y in its own units
     * @param deviation of f at the data's x, a mean, y in its own units
     * @param inGap the mean of f's deviations for x from -1 to 1, over that at the data; NaN where f is one function
     * @param outside the same for x = -6 and 6
     * @param acceptanceRate of chains
     * @param rHat of chains, of f at x = -6, -1, 0, 1 and 6: the largest
     * @param curve f's mean, and 1.645 of its deviations to either side of it, for x from -7 to 7, in their own units
     */
    public record Row(String method, double coverage, double logLikelihood, double deviation, double inGap,
            double outside, OptionalDouble acceptanceRate, OptionalDouble rHat, Bands.Band curve) {}

    /** @throws IllegalArgumentException if the updates have gone where the function is no number */
    private Row row(String method, double[][] draws) {
        if (!Arrays.stream(draws).flatMapToDouble(Arrays::stream).allMatch(Double::isFinite)) {
            throw new IllegalArgumentException(method + " flew off to infinity: a smaller learning rate keeps it");
        }
        return row(method, draws, OptionalDouble.empty(), OptionalDouble.empty());
    }

    private Row row(String method, double[][] draws, OptionalDouble acceptanceRate, OptionalDouble rHat) {
        Predictive p = new Predictive(draws, Cubic.NOISE);
        double covered = 0;
        double log = 0;
        for (int i = 0; i < TESTS; i++) {
            covered += p.covers(i, test.y()[i]) ? 1 : 0;
            log += p.logDensity(i, test.y()[i]);
        }
        int grid = TESTS + data.rows();
        double atData = p.meanDeviation(TESTS, grid);
        int outside = grid + GRID;
        int shown = places.length - CURVE;
        return new Row(method, covered / TESTS, log / TESTS - StrictMath.log(Cubic.Y_UNIT), atData * Cubic.Y_UNIT, p
                .meanDeviation(grid, outside) / atData, p.meanDeviation(outside, shown) / atData, acceptanceRate, rHat,
                new Bands.Band(method, DoubleStream.of(places).skip(shown).map(x -> x * Cubic.X_UNIT).toArray(), curve(
                        p, shown, -NINETY_PER_CENT), curve(p, shown, 0), curve(p, shown, NINETY_PER_CENT)));
    }

    private double[] curve(Predictive p, int begin, double deviations) {
        return IntStream.range(begin, places.length).mapToDouble(i -> Cubic.Y_UNIT * (p.mean(i) + deviations * p
                .deviation(i))).toArray();
    }

    /** The posterior of the chains. */
    NetworkPosterior posterior() {
        return new NetworkPosterior(data, settings.units(), settings.activation(), settings.deviation());
    }

    /** Its mode, from a draw of the prior: the most likely weights, which know no doubt. */
    double[] mode() {
        NetworkPosterior posterior = posterior();
        double[] start = new double[posterior.dimensions()];
        new ChainNoise(settings.seed(), MODE).normals(0, 0, start);
        return Mode.of(posterior, start, settings.updates(), settings.learningRate());
    }

    /** The maximum a posteriori estimate. */
    public Row maximum() {
        double[] z = mode();
        return row("MAP", new double[][] {predictions(posterior(), z)});
    }

    private double[] predictions(NetworkPosterior posterior, double[] z) {
        return DoubleStream.of(places).map(x -> posterior.predict(z, x)).toArray();
    }

    /** Independent Gaussians. */
    public Row meanField(Backend backend) {
        BayesianRegression model = new BayesianRegression(new BayesianRegression.Settings(2, data.rows(), 1, List.of(
                settings.units()), settings.activation(), Cubic.NOISE, settings.deviation()));
        Value input = model.graph().all(Input.class).get(0);
        Value f = model.outputs().get(BayesianRegression.PREDICTION);
        try (Parameters p = new Parameters(backend, model.graph().parameters(), settings.seed())) {
            train(model.graph(), p, backend, model.objective(Schedule.constant(1), 0), settings.samples(), step -> {
                float[] rows = new float[2 * data.rows()];
                for (int i = 0; i < data.rows(); i++) {
                    rows[2 * i] = (float) data.x()[i];
                    rows[2 * i + 1] = (float) data.y()[i];
                }
                step.value(input).set(rows);
            });
            try (Step step = Step.of(model.graph(), p, backend).seed(settings.seed()).rows(places.length).samples(
                    settings.draws()).want(f).compile()) {
                float[] rows = new float[2 * places.length];
                for (int i = 0; i < places.length; i++) {
                    rows[2 * i] = (float) places[i];
                }
                step.value(input).set(rows);
                return row("mean field", draws(step, f, settings.updates(), settings.draws()));
            }
        }
    }

    /** Networks from other first weights, each fitted to all of the data by its likelihood (Lakshminarayanan 2017). */
    public Row ensemble(Backend backend) {
        Graph g = new Graph();
        Value x = g.input(Images.X, 1);
        Value y = g.input("y", 1);
        Value h = DenseOfMembers.of("hidden", settings.members(), x, settings.units(), settings.activation());
        Value f = DenseOfMembers.of("output", settings.members(), h, 1, Activation.IDENTITY);
        g.observe("y given x", new DiagonalGaussian(f, ConstantRow.of(g, "noise", 1, (float) (2 * StrictMath.log(
                Cubic.NOISE)))), y);
        try (Parameters p = new Parameters(backend, g.parameters(), settings.seed())) {
            train(g, p, backend, new Elbo(), 1, step -> {
                step.value(x).set(floats(data.x()));
                step.value(y).set(floats(data.y()));
            });
            try (Step step = Step.of(g, p, backend).rows(places.length).want(f).compile()) {
                step.value(x).set(floats(places));
                return row("ensemble of " + settings.members(), draws(step, f, 0, settings.members()));
            }
        }
    }

    private interface Fill {
        void of(Step step);
    }

    private void train(Graph graph, Parameters parameters, Backend backend, Objective objective, int samples,
            Fill fill) {
        try (Step step = Step.of(graph, parameters, backend).seed(settings.seed()).rows(data.rows()).samples(samples)
                .minimise(objective, new Adam(settings.learningRate())).compile()) {
            fill.of(step);
            for (int t = 0; t < settings.updates(); t++) {
                step.run(t);
            }
        }
    }

    /** The draws of a place lie side by side. */
    private double[][] draws(Step step, Value f, int run, int count) {
        step.run(run);
        float[] all = step.value(f).toArray();
        double[][] draws = new double[count][places.length];
        for (int i = 0; i < all.length; i++) {
            draws[i % count][i / count] = all[i];
        }
        return draws;
    }

    private static float[] floats(double[] of) {
        float[] floats = new float[of.length];
        for (int i = 0; i < of.length; i++) {
            floats[i] = (float) of[i];
        }
        return floats;
    }

    /** Markov chains, of which {@link NetworkSettings#draws} steps are judged. */
    public Row chains(Transition transition, ChainSettings chains, Workers workers) {
        NetworkPosterior posterior = posterior();
        Chains run = Chains.run(posterior, transition, chains, workers);
        double rHat = DoubleStream.of(-OUTSIDE, -1, 0, 1, OUTSIDE).map(x -> Diagnostics.ranked(series(run, posterior, x
                / Cubic.X_UNIT)).rHat()).max().orElseThrow();
        long all = (long) run.count() * run.steps();
        int count = (int) Math.min(all, settings.draws());
        double[][] draws = new double[count][];
        for (int i = 0; i < count; i++) {
            long at = all * i / count;
            draws[i] = predictions(posterior, run.point((int) (at / run.steps()), (int) (at % run.steps())));
        }
        return row(transition.name(), draws, OptionalDouble.of(run.acceptanceRate()), OptionalDouble.of(rHat));
    }

    private static double[][] series(Chains run, NetworkPosterior posterior, double x) {
        double[][] series = new double[run.count()][run.steps()];
        for (int c = 0; c < run.count(); c++) {
            for (int t = 0; t < run.steps(); t++) {
                series[c][t] = posterior.predict(run.point(c, t), x);
            }
        }
        return series;
    }
}
