/** Ways to the maximum of a likelihood, side by side, where the likelihood is known exactly. */
@NullMarked
package io.elbo4j.train.ascent;

import org.jspecify.annotations.NullMarked;
