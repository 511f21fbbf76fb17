/** Policies p(a | s) learned from demonstrations. */
@NullMarked
package io.elbo4j.control.imitation;

import org.jspecify.annotations.NullMarked;
