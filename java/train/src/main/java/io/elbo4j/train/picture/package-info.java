/** PNG files and curves. */
@NullMarked
package io.elbo4j.train.picture;

import org.jspecify.annotations.NullMarked;
