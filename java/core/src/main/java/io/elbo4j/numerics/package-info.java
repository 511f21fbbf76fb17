/** The scalar functions, bit for bit those of {@code native/spec}. */
@NullMarked
package io.elbo4j.numerics;

import org.jspecify.annotations.NullMarked;
