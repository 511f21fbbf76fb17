/**
 * Operations of SameDiff: {@link io.elbo4j.nd4j.samediff.SameDiffOperations} makes them; the other classes are public
 * only because SameDiff makes them too, when it loads or copies a graph.
 */
@NullMarked
package io.elbo4j.nd4j.samediff;

import org.jspecify.annotations.NullMarked;
