/** Checkpoints, in safetensors files. */
@NullMarked
package io.elbo4j.train.checkpoint;

import org.jspecify.annotations.NullMarked;
