package io.elbo4j.train.posterior;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.train.distribution.ValueTerm;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.objective.Regression;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.optimiser.Sgd;
import io.elbo4j.train.schedule.Cosine;
import java.util.Arrays;

/**
 * A density that is learned from points alone, p(z) = exp(-E(z)) / Z, E(z) = f(z) + |z|^2 / (2 width^2), f a network.
 * The gradient of log p is that of E, averaged over draws of the model, less that averaged over data: the draws are
 * chains of Langevin dynamics that go on from update to update (Tieleman 2008, persistent contrastive divergence; Du
 * and Mordatch 2019, who begin some of them anew, which here gave modes the wrong weights).
 *
 * <p>The bias of chains without a correction is in the energy too.
 */
public final class EnergyModel implements Density {
    private static final int ROWS = 7;
    private static final int NOISES = 8;
    private static final int STARTS = 9;

    private final int dimensions;
    private final EnergySettings settings;
    private final double[][] weights;
    private final double[][] biases;

    /** Learns the energy of data, a point a row. */
    public EnergyModel(double[][] data, EnergySettings settings, Backend backend) {
        require(data.length > 0, "data", "of at least one point", "empty");
        for (double[] z : data) {
            require(z.length == data[0].length, "data", "of points of one length", Arrays.toString(z));
        }
        this.settings = settings;
        dimensions = data[0].length;
        Graph g = new Graph();
        Value x = g.input("x", dimensions);
        Value sign = g.input("sign", 1);
        String[] layers = {"first", "second", "energy"};
        Value h = Dense.of(layers[0], x, settings.hidden(), Activation.SILU);
        h = Dense.of(layers[1], h, settings.hidden(), Activation.SILU);
        Value f = Dense.of(layers[2], h, 1, Activation.IDENTITY);
        Value base = Scale.of(RowSum.of(Activate.of(x, Activation.SQUARE)), (float) (0.5 / settings.width() / settings
                .width()), 0);
        ValueTerm.of("loss", Term.Role.LOSS, Multiply.of(sign, Add.of(f, base)));
        try (Parameters parameters = new Parameters(backend, g.parameters(), settings.seed())) {
            learn(data, g, x, sign, parameters, backend);
            weights = learned(parameters, layers, ".weight");
            biases = learned(parameters, layers, ".bias");
        }
    }

    private static double[][] learned(Parameters parameters, String[] layers, String part) {
        return Arrays.stream(layers).map(layer -> {
            float[] values = GaussianFamily.learned(parameters, layer + part);
            double[] wide = new double[values.length];
            Arrays.setAll(wide, i -> values[i]);
            return wide;
        }).toArray(double[][]::new);
    }

    /** Data has the sign 1, chains -1. */
    private void learn(double[][] data, Graph g, Value x, Value sign, Parameters parameters, Backend backend) {
        int batch = settings.batch();
        ChainNoise rows = new ChainNoise(settings.seed(), ROWS);
        ChainNoise starts = new ChainNoise(settings.seed(), STARTS);
        double[][] chains = new double[batch][dimensions];
        for (int c = 0; c < batch; c++) {
            starts.normals(c, 0, chains[c]);
            for (int d = 0; d < dimensions; d++) {
                chains[c][d] *= settings.width() / 2;
            }
        }
        float[] inputs = new float[2 * batch * dimensions];
        float[] signs = new float[2 * batch];
        Arrays.fill(signs, 0, batch, 1);
        Arrays.fill(signs, batch, 2 * batch, -1);
        float[] ones = new float[batch];
        Arrays.fill(ones, 1);
        try (Step train = Step.of(g, parameters, backend).rows(2L * batch).minimise(new Regression(), new Adam(
                new Cosine(settings.learningRate(), 0, settings.updates()))).compile();
                Step slope = Step.of(g, parameters, backend).rows(batch).minimise(new Regression(), new Sgd(0))
                        .differentiate(x).compile()) {
            train.value(sign).set(signs);
            slope.value(sign).set(ones);
            for (int t = 0; t < settings.updates(); t++) {
                langevin(chains, slope, x, (long) t * settings.steps());
                for (int r = 0; r < batch; r++) {
                    double[] z = data[(int) (rows.uniform(r, t) * data.length)];
                    for (int d = 0; d < dimensions; d++) {
                        inputs[r * dimensions + d] = (float) z[d];
                        inputs[(batch + r) * dimensions + d] = (float) chains[r][d];
                    }
                }
                train.value(x).set(inputs);
                train.run(t);
            }
        }
    }

    private void langevin(double[][] chains, Step slope, Value x, long first) {
        ChainNoise noises = new ChainNoise(settings.seed(), NOISES);
        float[] inputs = new float[chains.length * dimensions];
        double[] eps = new double[dimensions];
        for (int step = 0; step < settings.steps(); step++) {
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = (float) chains[i / dimensions][i % dimensions];
            }
            slope.value(x).set(inputs);
            slope.run(first + step);
            // of a mean over the rows
            float[] gradient = slope.gradient(x).toArray();
            for (int c = 0; c < chains.length; c++) {
                noises.normals(c, first + step, eps);
                for (int d = 0; d < dimensions; d++) {
                    chains[c][d] += StrictMath.sqrt(settings.stepSize()) * eps[d] - settings.stepSize() / 2
                            * chains.length * gradient[c * dimensions + d];
                }
            }
        }
    }

    @Override
    public String name() {
        return "energy-based model";
    }

    @Override
    public int dimensions() {
        return dimensions;
    }

    /** -E(z), in double precision, of the float32 parameters. */
    @Override
    public double logDensity(double[] z, double[] gradient) {
        double[] first = pre(0, z);
        double[] second = pre(1, active(first));
        double energy = pre(2, active(second))[0];
        double[] back = back(0, first, back(1, second, weights[2]));
        for (int d = 0; d < dimensions; d++) {
            double variance = settings.width() * settings.width();
            energy += z[d] * z[d] / 2 / variance;
            gradient[d] = -back[d] - z[d] / variance;
        }
        return -energy;
    }

    private double[] pre(int layer, double[] x) {
        double[] y = biases[layer].clone();
        for (int i = 0; i < x.length; i++) {
            for (int u = 0; u < y.length; u++) {
                y[u] += x[i] * weights[layer][i * y.length + u];
            }
        }
        return y;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + StrictMath.exp(-x));
    }

    private static double[] active(double[] pre) {
        double[] y = new double[pre.length];
        Arrays.setAll(y, u -> pre[u] * sigmoid(pre[u]));
        return y;
    }

    /** The gradient with respect to a layer's input, from that of its SiLU's output. */
    private double[] back(int layer, double[] pre, double[] gradient) {
        double[] result = new double[weights[layer].length / pre.length];
        for (int u = 0; u < pre.length; u++) {
            double s = sigmoid(pre[u]);
            double ofPre = gradient[u] * s * (1 + pre[u] * (1 - s));
            for (int i = 0; i < result.length; i++) {
                result[i] += ofPre * weights[layer][i * pre.length + u];
            }
        }
        return result;
    }
}
