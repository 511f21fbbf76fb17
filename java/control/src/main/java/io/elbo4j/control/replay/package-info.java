/** What agents remember. */
@NullMarked
package io.elbo4j.control.replay;

import org.jspecify.annotations.NullMarked;
