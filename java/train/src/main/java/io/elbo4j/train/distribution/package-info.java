/** Distributions of latent variables and of data: a file each. */
@NullMarked
package io.elbo4j.train.distribution;

import org.jspecify.annotations.NullMarked;
