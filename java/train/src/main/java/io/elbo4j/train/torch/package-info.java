/** Weights of PyTorch's layers for ours, and the other way. */
@NullMarked
package io.elbo4j.train.torch;

import org.jspecify.annotations.NullMarked;
