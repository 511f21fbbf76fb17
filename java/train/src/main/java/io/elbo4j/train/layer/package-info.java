/** Layers: a file each. */
@NullMarked
package io.elbo4j.train.layer;

import org.jspecify.annotations.NullMarked;
