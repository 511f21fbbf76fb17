package io.elbo4j.train;

/**
 * The terms of the evidence lower bound, averaged over rows, in nats.
 *
 * @param reconstruction expected log-likelihood of the data as given (whether or not the model sees it standardised),
 *     one sample of the latent variable a row, summed over dimensions
 * @param kl KL(q || prior), summed over latent dimensions, without any weight
 */
public record ElboTerms(double reconstruction, double kl) {
    /** reconstruction - kl: a lower bound of log p(x). */
    public double elbo() {
        return reconstruction - kl;
    }
}
