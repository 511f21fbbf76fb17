package io.elbo4j.train.model;

import io.elbo4j.train.graph.Parameters;
import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/** Models of one-dimensional latent variables in double, with log p(x) by quadrature. */
final class Quadrature {
    private static final int POINTS = 801;
    private static final double REACH = 8;

    private final Map<String, float[]> values = new HashMap<>();

    Quadrature(Parameters parameters) {
        parameters.all().forEach(s -> values.put(s.parameter().name(), s.value().toArray()));
    }

    /** x W + b. */
    double[] linear(String name, double... x) {
        float[] weight = values.get(name + ".weight");
        float[] bias = values.get(name + ".bias");
        double[] y = new double[bias.length];
        for (int j = 0; j < y.length; j++) {
            y[j] = bias[j];
            for (int i = 0; i < x.length; i++) {
                y[j] += x[i] * weight[i * y.length + j];
            }
        }
        return y;
    }

    double[] row(String name) {
        double[] values = new double[this.values.get(name).length];
        for (int i = 0; i < values.length; i++) {
            values[i] = this.values.get(name)[i];
        }
        return values;
    }

    double[] relu(String name, double... x) {
        double[] y = linear(name, x);
        for (int j = 0; j < y.length; j++) {
            y[j] = Math.max(y[j], 0);
        }
        return y;
    }

    double[] tanh(String name, double... x) {
        double[] y = linear(name, x);
        for (int j = 0; j < y.length; j++) {
            y[j] = Math.tanh(y[j]);
        }
        return y;
    }

    static double logBernoulli(double[] logits, float[] x) {
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            sum += x[i] * logits[i] - Math.log1p(Math.exp(logits[i]));
        }
        return sum;
    }

    static double normal(double x, double mean, double logVariance) {
        return Math.exp(-0.5 * (Math.log(2 * Math.PI) + logVariance + (x - mean) * (x - mean) / Math.exp(logVariance)));
    }

    /** The integral from -8 to 8, by the trapezium rule, which for bells converges faster than any power. */
    static double integral(DoubleUnaryOperator f) {
        double h = 2 * REACH / (POINTS - 1);
        double sum = 0;
        for (int i = 0; i < POINTS; i++) {
            sum += h * f.applyAsDouble(-REACH + i * h);
        }
        return sum;
    }
}
