package io.elbo4j.control.agent;

import io.elbo4j.control.linear.LinearPolicy;

/** Matrices of doubles as a row of float32, one after the other. */
final class SolarNumbers {
    private final float[] all;
    private int at;

    /** To be read from the first one on. */
    SolarNumbers(float[] all) {
        this.all = all;
    }

    static float[] of(double[][]... matrices) {
        int count = 0;
        for (double[][] matrix : matrices) {
            count += matrix.length * matrix[0].length;
        }
        float[] all = new float[count];
        int at = 0;
        for (double[][] matrix : matrices) {
            for (double[] row : matrix) {
                for (double number : row) {
                    all[at++] = (float) number;
                }
            }
        }
        return all;
    }

    /** A row for each step: gain, offset, covariance. */
    static float[] of(LinearPolicy policy) {
        double[][][] all = new double[3 * policy.steps()][][];
        for (int t = 0; t < policy.steps(); t++) {
            all[3 * t] = policy.gain()[t];
            all[3 * t + 1] = new double[][] {policy.offset()[t]};
            all[3 * t + 2] = policy.covariance()[t];
        }
        return of(all);
    }

    /** What was written, of n states and m actions. */
    static LinearPolicy policy(float[] written, int steps, int n, int m) {
        SolarNumbers numbers = new SolarNumbers(written);
        double[][][] gain = new double[steps][][];
        double[][] offset = new double[steps][];
        double[][][] covariance = new double[steps][][];
        for (int t = 0; t < steps; t++) {
            gain[t] = numbers.next(m, n);
            offset[t] = numbers.next(1, m)[0];
            covariance[t] = numbers.next(m, m);
        }
        return new LinearPolicy(gain, offset, covariance);
    }

    double[][] next(int rows, int columns) {
        double[][] matrix = new double[rows][columns];
        for (double[] row : matrix) {
            for (int j = 0; j < columns; j++) {
                row[j] = all[at++];
            }
        }
        return matrix;
    }
}
