/** Training, evaluation and use of a model. */
@NullMarked
package io.elbo4j.train;

import org.jspecify.annotations.NullMarked;
