package io.elbo4j.control.dynamics;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Matrix;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Source;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.schedule.Cosine;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What data scatters, and what members do not know: x from -3 to 0 and from 1.5 to 3, y = sin(2x) + x/2 + s n. Five
 * members of 64-64, 8,000 updates of 64 rows.
 *
 * @param aleatoric the mean of the members' variances over the truth, where there is data
 * @param epistemicOfData the deviation of the members' means there
 * @param epistemicOfGap the same in the gap
 */
record EnsembleStudy(double aleatoric, double epistemicOfData, double epistemicOfGap) {
    private static final int MEMBERS = 5;
    private static final int UPDATES = 8000;

    static EnsembleStudy of(int rows, Backend backend, long seed) {
        Graph g = new Graph();
        Value x = g.input("x", 1);
        Value y = g.input("y", 1);
        Value drawn = g.input("drawn", MEMBERS);
        Ensemble ensemble = new Ensemble(g, "e", 1, 1, new Ensemble.Settings(MEMBERS, List.of(64, 64), 0));
        ensemble.observe(x, y, drawn);
        Ensemble.Prediction p = ensemble.predict(x);
        Draws draws = new Draws(seed, "test");
        float[][] data = {new float[rows], new float[rows], new float[MEMBERS * rows]};
        for (int i = 0; i < rows; i++) {
            double u = draws.at(i, 0, 0).uniform(-3, 1.5);
            data[0][i] = (float) (u < 0 ? u : u + 1.5);
            data[1][i] = (float) (Math.sin(2 * data[0][i]) + data[0][i] / 2 + scatter(data[0][i]) * draws.normal());
            for (int m = 0; m < MEMBERS; m++) {
                data[2][MEMBERS * i + m] = draws.poisson();
            }
        }
        try (Parameters all = new Parameters(backend, g.parameters(), seed); Matrix xs = backend.matrix(rows, 1);
                Matrix ys = backend.matrix(rows, 1); Matrix counts = backend.matrix(rows, MEMBERS)) {
            xs.set(data[0]);
            ys.set(data[1]);
            counts.set(data[2]);
            ensemble.normalise(all, data[0], data[1]);
            try (Step train = Step.of(g, all, backend).rows(64).read(new Source(Map.of("x", xs, "y", ys, "drawn",
                    counts))).minimise(Training.of(ensemble.objective(), new Adam(new Cosine(1e-3, 2e-5, UPDATES)))
                            .withParameters(ensemble.parameters())).compile();
                    Step look = Step.of(g, all, backend).rows(600).want(p.mean(), p.deviation()).compile()) {
                int[] batch = new int[64];
                for (int k = 0; k < UPDATES; k++) {
                    draws.at(0, 1, k);
                    for (int i = 0; i < batch.length; i++) {
                        batch[i] = draws.below(rows);
                    }
                    train.rows(batch, 0).run(k);
                }
                return look(look, x, p);
            }
        }
    }

    private static double scatter(double x) {
        return 0.1 + 0.3 / (1 + Math.exp(-2 * x));
    }

    private static EnsembleStudy look(Step look, Value x, Ensemble.Prediction p) {
        float[] grid = new float[600];
        for (int i = 0; i < grid.length; i++) {
            grid[i] = -3 + 0.01f * i;
        }
        look.value(x).set(grid);
        look.run(0);
        float[] means = look.value(p.mean()).toArray();
        float[] deviations = look.value(p.deviation()).toArray();
        double ratio = 0;
        double data = 0;
        double gap = 0;
        int inData = 0;
        int inGap = 0;
        for (int i = 0; i < grid.length; i++) {
            double variance = 0;
            for (int m = 0; m < MEMBERS; m++) {
                double deviation = deviations[MEMBERS * i + m];
                variance += deviation * deviation / MEMBERS;
            }
            int at = MEMBERS * i;
            double mean = IntStream.range(0, MEMBERS).mapToDouble(m -> means[at + m]).average().orElseThrow();
            double between = Math.sqrt(IntStream.range(0, MEMBERS).mapToDouble(m -> Math.pow(means[at + m] - mean, 2))
                    .average().orElseThrow());
            if (grid[i] < 0 || grid[i] > 1.5) {
                ratio += variance / Math.pow(scatter(grid[i]), 2);
                data += between;
                inData++;
            } else if (grid[i] > 0.4 && grid[i] < 1.1) {
                gap += between;
                inGap++;
            }
        }
        return new EnsembleStudy(ratio / inData, data / inData, gap / inGap);
    }

    /** Prints JSON: seed, threads. */
    public static void main(String[] args) {
        long seed = Long.parseLong(args[0]);
        try (Backend backend = Backends.open("auto", Integer.parseInt(args[1]))) {
            EnsembleStudy many = of(2000, backend, seed);
            System.out.printf(Locale.ROOT,
                    "{\"aleatoric\": %.3f, \"data\": %.4f, \"gap\": %.4f, \"data_of_500\": %.4f}%n",
                    many.aleatoric, many.epistemicOfData, many.epistemicOfGap, of(500, backend, seed).epistemicOfData);
        }
    }
}
