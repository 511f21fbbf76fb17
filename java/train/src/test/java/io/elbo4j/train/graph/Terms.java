package io.elbo4j.train.graph;

import io.elbo4j.operation.LogLikelihood.Likelihood;

/** A likelihood of one element, as the kernels compute it. */
final class Terms {
    private Terms() {}

    /** The log-likelihood of x, then its derivatives with respect to the parameters. */
    static float[] of(Likelihood likelihood, float x, float... parameters) {
        float[][] p = new float[parameters.length][];
        float[][] gradients = new float[parameters.length][1];
        for (int i = 0; i < parameters.length; i++) {
            p[i] = new float[] {parameters[i]};
        }
        float[] shared = new float[1];
        float[] term = new float[1];
        likelihood.elements().shared(p, shared, 1);
        likelihood.elements().terms(new float[] {x}, p, shared, term, 1);
        likelihood.elements().gradients(1, new float[] {x}, p, shared, gradients, 1);
        float[] all = new float[1 + parameters.length];
        all[0] = term[0];
        for (int i = 0; i < parameters.length; i++) {
            all[1 + i] = gradients[i][0];
        }
        return all;
    }
}
