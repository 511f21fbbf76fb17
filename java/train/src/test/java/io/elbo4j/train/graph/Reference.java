package io.elbo4j.train.graph;

import io.elbo4j.Activation;
import java.util.Arrays;
import java.util.Collections;

/** The terms of an ELBO in plain double loops, written from the papers' formulas: what the graph is compared with. */
final class Reference {
    /** How far a ReLU's input stays from its kink, so that no finite difference crosses it. */
    private static final double KINK = 1e-4;

    private Reference() {}

    static double[][] dense(double[][] x, double[][] weight, double[][] bias, Activation activation) {
        double[][] y = new double[x.length][weight[0].length];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < y[i].length; j++) {
                double sum = bias[0][j];
                for (int k = 0; k < x[i].length; k++) {
                    sum += x[i][k] * weight[k][j];
                }
                y[i][j] = activate(activation, sum);
            }
        }
        return y;
    }

    private static double activate(Activation activation, double x) {
        return switch (activation) {
            case IDENTITY -> x;
            case RELU -> {
                if (Math.abs(x) < KINK) {
                    throw new AssertionError("the case is too close to a ReLU's kink (" + x + "): choose another seed");
                }
                yield Math.max(x, 0);
            }
            case TANH -> Math.tanh(x);
            case SIGMOID -> 1 / (1 + Math.exp(-x));
            case SOFTPLUS -> Math.log1p(Math.exp(x));
            // Hendrycks and Gimpel 2016, section 2
            case GELU -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case SILU -> x / (1 + Math.exp(-x));
            case ELU -> x > 0 ? x : Math.expm1(x);
            case EXP, LOG, SQRT, SQUARE -> throw new AssertionError(activation + " is no activation of a layer");
        };
    }

    static double[][] columns(double[][] x, int begin, int end) {
        double[][] y = new double[x.length][];
        for (int i = 0; i < x.length; i++) {
            y[i] = Arrays.copyOfRange(x[i], begin, end);
        }
        return y;
    }

    static double[][] beside(double[][]... parts) {
        double[][] y = new double[parts[0].length][];
        for (int i = 0; i < y.length; i++) {
            int row = i;
            y[i] = Arrays.stream(parts).flatMapToDouble(p -> Arrays.stream(p[row])).toArray();
        }
        return y;
    }

    /** The one row of a parameter, or a constant, for every row. */
    static double[][] repeated(double[] row, int rows) {
        double[][] y = new double[rows][];
        Arrays.fill(y, row);
        return y;
    }

    /** Each row so many times. */
    static double[][] each(double[][] x, int times) {
        return Arrays.stream(x).flatMap(row -> Collections.nCopies(times, row).stream()).toArray(double[][]::new);
    }

    static double[][] zeros(double[][] like) {
        return new double[like.length][like[0].length];
    }

    /** z = mean + standardDeviation * noise. */
    static double[][] sample(double[][] mean, double[][] logVariance, double[][] noise) {
        double[][] z = zeros(mean);
        for (int i = 0; i < z.length; i++) {
            for (int j = 0; j < z[i].length; j++) {
                z[i][j] = mean[i][j] + Math.sqrt(Math.exp(logVariance[i][j])) * noise[i][j];
            }
        }
        return z;
    }

    /** KL(N(mean, v) || N(priorMean, priorV)) = log(sp/s) + (v + (m - pm)^2) / (2 priorV) - 1/2 of every element. */
    static double[][] kl(double[][] mean, double[][] logVariance, double[][] priorMean, double[][] priorLogVariance) {
        double[][] kl = zeros(mean);
        for (int i = 0; i < kl.length; i++) {
            for (int j = 0; j < kl[i].length; j++) {
                double d = mean[i][j] - priorMean[i][j];
                kl[i][j] = (priorLogVariance[i][j] - logVariance[i][j]) / 2
                        + (Math.exp(logVariance[i][j]) + d * d) / (2 * Math.exp(priorLogVariance[i][j])) - 0.5;
            }
        }
        return kl;
    }

    /** The log-likelihood of a row under probabilities sigmoid(logits), averaged over rows. */
    static double bernoulli(double[][] logits, double[][] x) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < x[i].length; j++) {
                double p = 1 / (1 + Math.exp(-logits[i][j]));
                sum += x[i][j] * Math.log(p) + (1 - x[i][j]) * Math.log(1 - p);
            }
        }
        return sum / x.length;
    }

    /** The log-density of a row under N(mean, exp(logVariance)), averaged over rows. */
    static double gaussian(double[][] mean, double[][] logVariance, double[][] x) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < x[i].length; j++) {
                double variance = Math.exp(logVariance[i][j]);
                double d = x[i][j] - mean[i][j];
                sum -= 0.5 * Math.log(2 * Math.PI * variance) + d * d / (2 * variance);
            }
        }
        return sum / x.length;
    }

    /** Summed over columns, averaged over rows. */
    static double perRow(double[][] kl) {
        double sum = 0;
        for (double[] row : kl) {
            for (double element : row) {
                sum += element;
            }
        }
        return sum / kl.length;
    }

    /** Each column averaged over rows. */
    static double[] perColumn(double[][] kl) {
        double[] mean = new double[kl[0].length];
        for (double[] row : kl) {
            for (int j = 0; j < mean.length; j++) {
                mean[j] += row[j] / kl.length;
            }
        }
        return mean;
    }
}
