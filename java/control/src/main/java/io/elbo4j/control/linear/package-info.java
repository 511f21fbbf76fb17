/**
 * Linear-Gaussian dynamics and quadratic costs, for small states, in double precision: Bayesian regression, smoothing,
 * policies. Arithmetic in one order and {@link java.lang.StrictMath}: the same bits everywhere.
 */
@NullMarked
package io.elbo4j.control.linear;

import org.jspecify.annotations.NullMarked;
