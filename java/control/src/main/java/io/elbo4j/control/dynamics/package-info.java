/** Learned dynamics: models of what follows an action. */
@NullMarked
package io.elbo4j.control.dynamics;

import org.jspecify.annotations.NullMarked;
