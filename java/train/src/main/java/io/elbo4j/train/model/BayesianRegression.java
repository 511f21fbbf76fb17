package io.elbo4j.train.model;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Activation;
import io.elbo4j.train.ObjectiveKind;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.BayesianDense;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.schedule.Schedule;
import java.util.List;

/**
 * A network with random weights (Blundell et al. 2015): y given x, the last columns of a row given its first ones, with
 * noise of a known size. q(W) is Gaussian, all weights independent; a row's pre-activations are drawn instead of them
 * ({@link BayesianDense}).
 *
 * <pre>
 *   p(W) = N(0, deviation^2 / inputs), p(b) = N(0, deviation^2),  p(y | x, W) = N(f(x; W), noise^2)
 *   ELBO of the data, over its N rows = mean of log p(y | x, W) - KL(q(W) || p(W)) / N
 * </pre>
 *
 * N is that of the data which it is made for, whatever the batch. Independent weights make q too sure between the data:
 * see {@link io.elbo4j.train.posterior.NetworkComparison}. An evaluation's estimate from many samples is log E[p(y | x,
 * W)] under q(W), how well a row is predicted.
 */
public final class BayesianRegression extends GraphModel<BayesianRegression.Settings> {
    /** Name of the mean of y given x, with weights drawn from q. */
    public static final String PREDICTION = "prediction";

    /**
     * The shape of the model.
     *
     * @param columns of x and y together, at least 2
     * @param rows of the training data, at least 1
     */
    public record Settings(long columns, long rows,
            @Setting("columns that are predicted from the others, the last ones, at least 1") int targets,
            @Setting("units of the hidden layers, at most 100, as 50 or 50,50") List<Integer> hidden,
            @Setting("of hidden layers: " + HiddenActivation.NAMES) Activation activation,
            @Setting("standard deviation of y around the network, of standardised data where it is standardised;"
                    + " 1e-9 to 1e9") double noise,
            @Setting("standard deviation of the prior: of biases, and of a unit's weights times the square root of"
                    + " their number; 1e-9 to 1e9") double deviation) {
        public Settings {
            require(columns >= 2 && columns <= Integer.MAX_VALUE, "columns", "at least 2", columns);
            require(rows >= 1, "rows", "at least 1", rows);
            require(targets >= 1 && targets < columns, "targets", "from 1 to " + (columns - 1), targets);
            hidden = VaeSettings.of(1, 1, requireGiven("hidden", hidden).stream().mapToInt(i -> i).toArray()).hidden();
            HiddenActivation.require(requireGiven("activation", activation));
            require(noise >= 1e-9 && noise <= 1e9, "noise", "from 1e-9 to 1e9", noise);
            require(deviation >= 1e-9 && deviation <= 1e9, "deviation", "from 1e-9 to 1e9", deviation);
        }
    }

    /** How it is registered. */
    public static final class Kind extends NamedKind<Settings> {
        /** For the service loader. */
        public Kind() {
            super("bayesian-regression",
                    "a network with random weights: the last columns of a row given the others", Settings.class);
        }

        @Override
        public Settings defaults(DataShape data) {
            return new Settings(data.columns(Images.X), data.rows(), 1, List.of(50), Activation.RELU, 0.1, 1);
        }

        @Override
        public BayesianRegression create(Settings settings) {
            return new BayesianRegression(settings);
        }
    }

    public BayesianRegression(Settings settings) {
        super(settings);
        long inputs = settings.columns() - settings.targets();
        Value row = graph.input(Images.X, settings.columns());
        Value x = Slice.of("given", row, 0, inputs);
        Value y = Slice.of("target", row, inputs, settings.columns());
        Value h = x;
        for (int i = 0; i < settings.hidden().size(); i++) {
            h = layer("layer." + i, h, settings.hidden().get(i), settings.activation());
        }
        Value mean = layer("output", h, settings.targets(), Activation.IDENTITY);
        Value logVariance = ConstantRow.of(graph, "log of the noise's variance", settings.targets(),
                (float) (2 * StrictMath.log(settings.noise())));
        graph.observe("reconstruction", new DiagonalGaussian(mean, logVariance), y); // p(y | x, W)
        outputs.put(PREDICTION, mean);
        outputs.put(MEAN, Concatenate.of("given and predicted", x, mean));
    }

    private Value layer(String name, Value x, long units, Activation activation) {
        return BayesianDense.of(name, x, units, activation, settings.rows(), settings.deviation());
    }

    @Override
    public Objective objective(ObjectiveKind kind, Schedule klWeight, double freeBits) {
        require(kind == ObjectiveKind.ELBO, "objective", "elbo for random weights, whose KL is in closed form",
                kind.inWords());
        return objective(klWeight, freeBits);
    }

    @Override
    public Objective objective(Schedule klWeight, double freeBits) {
        require(freeBits == 0, "freeBits", "0 for random weights", freeBits);
        return super.objective(klWeight, freeBits);
    }
}
