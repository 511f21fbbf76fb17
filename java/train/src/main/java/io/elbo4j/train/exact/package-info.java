/** Models whose integrals are known, in double precision: what the others of their kind are measured against. */
@NullMarked
package io.elbo4j.train.exact;

import org.jspecify.annotations.NullMarked;
