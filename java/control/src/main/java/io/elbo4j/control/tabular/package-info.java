/**
 * Control as inference where everything can be written down: decisions of a few states and actions over a horizon, in
 * float64, exact. What agents learn is measured against it.
 */
@NullMarked
package io.elbo4j.control.tabular;

import org.jspecify.annotations.NullMarked;
