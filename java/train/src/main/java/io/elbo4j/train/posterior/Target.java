package io.elbo4j.train.posterior;

import io.elbo4j.train.graph.Value;

/** A density of z that is known up to a factor, as p(z, x) of a known decoder is for p(z given x). */
public interface Target {
    /** In the field's words. */
    String name();

    int dimensions();

    /** The square from -reach to reach in each dimension has all of the mass but a millionth. */
    double reach();

    /**
     * log p(z) + constant, in double precision.
     *
     * @param gradient receives d log p / dz
     */
    double logDensity(double[] z, double[] gradient);

    /** Where the gradient is not needed. */
    default double logDensity(double[] z) {
        return logDensity(z, new double[dimensions()]);
    }

    /** The same in a graph: one column, with the same constant. */
    Value logDensity(Value z);
}
