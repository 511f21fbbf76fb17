/** Searches for actions in what a model, or the environment itself, says that they lead to. */
@NullMarked
package io.elbo4j.control.planning;

import org.jspecify.annotations.NullMarked;
