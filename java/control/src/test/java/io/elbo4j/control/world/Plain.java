package io.elbo4j.control.world;

import io.elbo4j.train.graph.Parameters;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/** The formulas of world models in plain loops of doubles, a row at a time. */
public final class Plain {
    private final Map<String, double[][]> parameters = new HashMap<>();

    public Plain(Parameters of) {
        of.all().forEach(s -> {
            int columns = (int) s.value().columns();
            float[] all = s.value().toArray();
            double[][] rows = new double[all.length / columns][columns];
            for (int i = 0; i < all.length; i++) {
                rows[i / columns][i % columns] = all[i];
            }
            parameters.put(s.parameter().name(), rows);
        });
    }

    private Plain(Map<String, double[][]> parameters) {
        this.parameters.putAll(parameters);
    }

    /** The same with another value of one number. */
    public Plain moved(String parameter, int at, double by) {
        Plain moved = new Plain(parameters);
        double[][] rows = Arrays.stream(parameters.get(parameter)).map(double[]::clone).toArray(double[][]::new);
        rows[at / rows[0].length][at % rows[0].length] += by;
        moved.parameters.put(parameter, rows);
        return moved;
    }

    public static double[] both(double[] a, double[] b) {
        double[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    public static double[] doubles(float[] values, int from, int count) {
        double[] out = new double[count];
        for (int i = 0; i < count; i++) {
            out[i] = values[from + i];
        }
        return out;
    }

    public static double[] each(double[] x, DoubleUnaryOperator f) {
        return Arrays.stream(x).map(f).toArray();
    }

    /** x W + b */
    public double[] affine(String weight, String bias, double[] x) {
        double[][] w = parameters.get(weight);
        double[] y = parameters.get(bias)[0].clone();
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < y.length; j++) {
                y[j] += x[i] * w[i][j];
            }
        }
        return y;
    }

    public double[] relu(String layer, double[] x) {
        return each(affine(layer + ".weight", layer + ".bias", x), v -> Math.max(v, 0));
    }

    /** A network of so many layers, the last of them without an activation. */
    public double[] network(String name, int layers, double[] x) {
        double[] y = x;
        for (int i = 0; i < layers - 1; i++) {
            y = relu(name + "." + i, y);
        }
        return affine(name + "." + (layers - 1) + ".weight", name + "." + (layers - 1) + ".bias", y);
    }

    /** Of the input n, r, z, of the state r, z, n. */
    public double[] gru(String name, double[] x, double[] h) {
        double[] in = affine(name + ".input.weight", name + ".input.bias", x);
        double[] of = affine(name + ".state.weight", name + ".state.bias", h);
        int n = h.length;
        double[] next = new double[n];
        for (int i = 0; i < n; i++) {
            double r = sigmoid(in[n + i] + of[i]);
            double z = sigmoid(in[2 * n + i] + of[n + i]);
            double candidate = Math.tanh(in[i] + r * of[2 * n + i]);
            next[i] = (1 - z) * candidate + z * h[i];
        }
        return next;
    }

    public static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** Means, then standard deviations, of a state space's Gaussian. */
    public static double[][] gaussian(double[] both) {
        int n = both.length / 2;
        double[] deviation = new double[n];
        for (int i = 0; i < n; i++) {
            deviation[i] = Math.log1p(Math.exp(both[n + i])) + 0.1;
        }
        return new double[][] {Arrays.copyOf(both, n), deviation};
    }

    public static double kl(double[][] q, double[][] p) {
        double sum = 0;
        for (int i = 0; i < q[0].length; i++) {
            double ratio = q[1][i] / p[1][i];
            double distance = (q[0][i] - p[0][i]) / p[1][i];
            sum += -Math.log(ratio) + (ratio * ratio + distance * distance - 1) / 2;
        }
        return sum;
    }

    public static double logNormal(double x, double mean, double deviation) {
        double z = (x - mean) / deviation;
        return -0.5 * z * z - Math.log(deviation) - 0.5 * Math.log(2 * Math.PI);
    }
}
