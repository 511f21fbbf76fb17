package io.elbo4j.numerics;

/**
 * The log-likelihood of independent elements x with some parameters p each, over the first n elements of tiles: a loop
 * over tiles that calls a function for each element, which it does not know, would not be vectorised.
 */
public interface ElementLikelihood {
    /** shared = what the two others share of p, so that it is computed once. */
    void shared(float[][] p, float[] shared, int n);

    /** terms = the log-likelihood of each element, in nats. */
    void terms(float[] x, float[][] p, float[] shared, float[] terms, int n);

    /** gradients = w times the derivative of each term with respect to each parameter. */
    void gradients(float w, float[] x, float[][] p, float[] shared, float[][] gradients, int n);
}
