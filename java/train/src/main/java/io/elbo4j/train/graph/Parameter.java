package io.elbo4j.train.graph;

/**
 * What training changes: a matrix, filled at first with uniform numbers in [-bound, bound), or with {@code constant}
 * where the bound is 0.
 *
 * @param name its path, as {@code encoder.0.weight}
 */
public record Parameter(String name, long rows, long columns, float bound, float constant) {
    /** Uniform in [-1/sqrt(fanIn), 1/sqrt(fanIn)): the default of PyTorch's Linear, for weights and biases. */
    public static Parameter uniform(String name, long rows, long columns, long fanIn) {
        return new Parameter(name, rows, columns, (float) (1 / Math.sqrt(fanIn)), 0);
    }

    public static Parameter constant(String name, long rows, long columns, float value) {
        return new Parameter(name, rows, columns, 0, value);
    }
}
