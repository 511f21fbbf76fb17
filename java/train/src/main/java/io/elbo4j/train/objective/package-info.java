/** Objectives: what a step computes of its terms. */
@NullMarked
package io.elbo4j.train.objective;

import org.jspecify.annotations.NullMarked;
