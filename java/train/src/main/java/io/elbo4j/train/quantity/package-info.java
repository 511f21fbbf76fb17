/** Entropies, divergences and bounds of any of the library's distributions, in double precision, with units. */
@NullMarked
package io.elbo4j.train.quantity;

import org.jspecify.annotations.NullMarked;
