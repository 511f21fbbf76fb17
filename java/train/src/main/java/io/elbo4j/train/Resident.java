package io.elbo4j.train;

import io.elbo4j.Backend;
import io.elbo4j.FloatingPoint;
import io.elbo4j.Matrix;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.model.Vae;

/** Data sets in a backend's memory. */
final class Resident {
    private static final int ROWS_AT_ONCE = 1024;

    private Resident() {}

    /** @throws io.elbo4j.train.data.DataException if the images are not of the model's size */
    static Matrix load(Backend backend, Images images, Vae vae, Standardisation standardisation) {
        FloatingPoint.requireNearest();
        vae.settings().requireSize(images);
        standardisation.requireColumns(images.columns());
        Matrix data = backend.matrix(images.rows(), images.columns());
        for (Chunk chunk : Chunk.of(images.rows(), ROWS_AT_ONCE)) {
            data.rows(chunk.begin(), chunk.begin() + chunk.rows())
                    .set(standardisation.apply(images, chunk.begin(), chunk.rows()));
        }
        return data;
    }

    static int[] inOrder(int rows) {
        int[] order = new int[rows];
        for (int i = 0; i < rows; i++) {
            order[i] = i;
        }
        return order;
    }
}
