/** Latent world models: what happens in a space of codes, learned from what is seen and done. */
@NullMarked
package io.elbo4j.control.world;

import org.jspecify.annotations.NullMarked;
