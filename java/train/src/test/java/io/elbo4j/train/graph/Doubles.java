package io.elbo4j.train.graph;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;

/** What a step works with, as {@link Reference} takes it. */
final class Doubles {
    private Doubles() {}

    static double[][] of(Matrix m) {
        float[] flat = m.toArray();
        double[][] out = new double[(int) m.rows()][(int) m.columns()];
        for (int i = 0; i < flat.length; i++) {
            out[i / out[0].length][i % out[0].length] = flat[i];
        }
        return out;
    }

    /** The layer of that name. */
    static double[][] dense(Parameters parameters, String name, double[][] x, Activation activation) {
        return Reference.dense(x, of(parameters, name + ".weight"), of(parameters, name + ".bias"), activation);
    }

    static double[][] of(Parameters parameters, String name) {
        return parameters.all().stream().filter(s -> s.parameter().name().equals(name)).findFirst()
                .map(s -> of(s.value())).orElseThrow();
    }
}
