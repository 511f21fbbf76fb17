/**
 * Data sets: generated, IDX, NumPy, folders of images. They are in memory; of a NumPy file the values may stay there
 * instead, {@link io.elbo4j.train.data.NpyReader#stream}.
 */
@NullMarked
package io.elbo4j.train.data;

import org.jspecify.annotations.NullMarked;
