package io.elbo4j.train.estimator;

/**
 * What draws of an estimator came to, of the gradient of -bound, a mean over the rows, with respect to the parameters
 * of q. In nats per unit of a parameter.
 *
 * @param estimator which
 * @param samples M, or of an importance-weighted bound its K
 * @param norm of the mean of the draws
 * @param variance of one draw, the sum over all parameters
 * @param signalToNoise norm / sqrt(variance)
 * @param bias along the bound's gradient as the reference estimates it: the mean of this one minus the reference
 * @param standardError of the bias
 */
public record Measurement(Estimator estimator, int samples, double norm, double variance, double signalToNoise,
        double bias, double standardError) {
    /** How many standard errors the bias is from 0; 0 where both are exact. */
    public double standardErrors() {
        return bias == 0 ? 0 : bias / standardError;
    }
}
