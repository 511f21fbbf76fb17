/** Fused kernels and the operations around them, on matrices of any backend. */
@NullMarked
package io.elbo4j.operation;

import org.jspecify.annotations.NullMarked;
