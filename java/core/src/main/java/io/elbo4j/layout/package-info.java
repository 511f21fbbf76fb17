/** How the records of operations become the structures of the native libraries. */
@NullMarked
package io.elbo4j.layout;

import org.jspecify.annotations.NullMarked;
