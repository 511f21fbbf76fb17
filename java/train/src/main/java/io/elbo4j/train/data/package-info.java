/** Data sets: generated, IDX, NumPy, folders of images. */
@NullMarked
package io.elbo4j.train.data;

import org.jspecify.annotations.NullMarked;
