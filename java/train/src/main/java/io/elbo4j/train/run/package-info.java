/** A training run in a folder. */
@NullMarked
package io.elbo4j.train.run;

import org.jspecify.annotations.NullMarked;
