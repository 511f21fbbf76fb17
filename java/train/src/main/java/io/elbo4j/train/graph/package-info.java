/** The ELBO as a graph that is compiled once. */
@NullMarked
package io.elbo4j.train.graph;

import org.jspecify.annotations.NullMarked;
