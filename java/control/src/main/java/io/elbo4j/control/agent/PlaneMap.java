package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.control.environment.Environment;
import io.elbo4j.train.picture.Mesh;
import io.elbo4j.train.picture.Palette;
import io.elbo4j.train.picture.PrincipalPlane;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The map of an environment whose states are places on a plane: the codes of places on a grid, neighbours joined. A
 * colour stands for each corner of the plane, what lies between is mixed. Of more than two dimensions it shows the
 * plane in which the codes vary most.
 */
final class PlaneMap {
    /** Places of a row and of a column of the grid. */
    private static final int SIDE = 37;

    private PlaneMap() {}

    private static double share(int of) {
        return of / (SIDE - 1.0);
    }

    private static Optional<double[]> place(Environment environment, int i) {
        return environment.place(share(i % SIDE), share(i / SIDE));
    }

    /** @throws io.elbo4j.ArgumentException if there is no such plane */
    static void check(Environment environment, int latent) {
        require(latent >= 2, "latent", "at least 2 for a map", latent);
        boolean any = false;
        for (int i = 0; i < SIDE * SIDE; i++) {
            any |= place(environment, i).isPresent();
        }
        require(any, "environment", "one whose states are places on a plane", environment.name());
    }

    /** @param codes makes codes of rows of observations */
    static void write(Path file, String title, Environment environment, UnaryOperator<float[]> codes) {
        int columns = environment.observations().columns();
        float[] rows = new float[SIDE * SIDE * columns];
        float[] one = new float[columns];
        int[] colours = new int[SIDE * SIDE];
        for (int i = 0; i < colours.length; i++) {
            Optional<double[]> state = place(environment, i);
            if (state.isPresent()) {
                environment.observe(state.orElseThrow(), one);
                System.arraycopy(one, 0, rows, i * columns, columns);
            }
            float across = (float) share(i % SIDE);
            float up = (float) share(i / SIDE);
            colours[i] = Palette.mixed(new float[] {(1 - across) * (1 - up), across * (1 - up), (1 - across) * up,
                    across * up}, 0, 4);
        }
        float[] found = codes.apply(rows);
        int latent = found.length / colours.length;
        for (int i = 0; i < colours.length; i++) {
            if (place(environment, i).isEmpty()) {
                Arrays.fill(found, i * latent, (i + 1) * latent, Float.NaN);
            }
        }
        PrincipalPlane plane = PrincipalPlane.of(found, latent);
        new Mesh(title, latent == 2 ? "first dimension" : "first principal component", latent == 2 ? "second dimension"
                : "second principal component").write(file, SIDE, plane.x(found), plane.y(found), colours);
    }
}
