package io.elbo4j.train.posterior;

/** A density of z that is known up to a factor, as p(z, x) is for p(z given x): what a Markov chain needs. */
public interface Density {
    /** In the field's words. */
    String name();

    int dimensions();

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
}
