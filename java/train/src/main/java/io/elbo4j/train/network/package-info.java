/** Exact inference in Bayesian networks of discrete variables, and what their graphs say without numbers. */
@NullMarked
package io.elbo4j.train.network;

import org.jspecify.annotations.NullMarked;
