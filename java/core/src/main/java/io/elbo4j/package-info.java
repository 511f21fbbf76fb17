/** Backends, matrices, programs and the random numbers they share. */
@NullMarked
package io.elbo4j;

import org.jspecify.annotations.NullMarked;
