/**
 * One posterior, several ways to it: Markov chains, and Gaussians that are fitted. What each gives away is measured
 * against quadrature.
 */
@NullMarked
package io.elbo4j.train.posterior;

import org.jspecify.annotations.NullMarked;
