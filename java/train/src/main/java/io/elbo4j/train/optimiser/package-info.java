/** Optimisers: how parameters follow their gradients. */
@NullMarked
package io.elbo4j.train.optimiser;

import org.jspecify.annotations.NullMarked;
