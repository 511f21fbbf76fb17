/** Models. */
@NullMarked
package io.elbo4j.train.model;

import org.jspecify.annotations.NullMarked;
