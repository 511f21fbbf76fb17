/** World models: what is seen as codes, and how these follow from each other. */
@NullMarked
package io.elbo4j.control.world;

import org.jspecify.annotations.NullMarked;
