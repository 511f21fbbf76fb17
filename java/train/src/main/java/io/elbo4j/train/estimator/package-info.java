/** Measures estimators of gradients: bias, variance, and how much signal there is in the noise. */
@NullMarked
package io.elbo4j.train.estimator;

import org.jspecify.annotations.NullMarked;
