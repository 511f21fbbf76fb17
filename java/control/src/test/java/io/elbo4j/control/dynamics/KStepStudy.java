package io.elbo4j.control.dynamics;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.control.environment.Pendulum;
import java.util.Locale;

/**
 * What dynamics of a pendulum, learned through one and through five steps, are off by 25 steps ahead: the root mean
 * square over 20 other episodes, 7 starts each, against what was without noise, over the deviation of each column.
 *
 * @param one of K = 1
 * @param five of K = 5
 * @param oneFromNoise of K = 1 where the starts are seen with the noise too
 * @param fiveFromNoise of K = 5
 */
record KStepStudy(double one, double five, double oneFromNoise, double fiveFromNoise) {
    private static final int AHEAD = 25;
    private static final int STARTS = 7;
    private static final int LENGTH = 200;

    /** @param noise of what is learned from, over the deviation of each column */
    static KStepStudy of(double noise, Backend backend, long seed) {
        Trajectories clean = Trajectories.ofRandomActions(new Pendulum(), 10, LENGTH, seed);
        Trajectories seen = noise > 0 ? clean.withNoise(noise, seed) : clean;
        Trajectories test = Trajectories.ofRandomActions(new Pendulum(), 20, LENGTH, ~seed);
        double[][] errors = new double[2][];
        for (int i = 0; i < 2; i++) {
            try (KStep model = new KStep(KStep.Settings.small(i == 0 ? 1 : 5), seen, backend, seed)) {
                errors[i] = new double[] {error(model, test, test), error(model, test, test.withNoise(0.1, ~seed))};
            }
        }
        return new KStepStudy(errors[0][0], errors[1][0], errors[0][1], errors[1][1]);
    }

    private static double error(KStep model, Trajectories clean, Trajectories startsOf) {
        int rows = clean.episodes() * STARTS;
        float[] from = new float[rows * 3];
        float[] actions = new float[rows * AHEAD];
        for (int r = 0; r < rows; r++) {
            int e = r / STARTS;
            int t = r % STARTS * AHEAD;
            System.arraycopy(startsOf.observations(), (e * (LENGTH + 1) + t) * 3, from, 3 * r, 3);
            System.arraycopy(clean.actions(), e * LENGTH + t, actions, AHEAD * r, AHEAD);
        }
        float[] found = model.predict(from, actions, AHEAD);
        double square = 0;
        for (int c = 0; c < 3; c++) {
            double variance = variance(clean.observations(), c);
            for (int r = 0; r < rows; r++) {
                int at = (r / STARTS * (LENGTH + 1) + r % STARTS * AHEAD + AHEAD) * 3 + c;
                double e = found[(r * AHEAD + AHEAD - 1) * 3 + c] - clean.observations()[at];
                square += e * e / variance / (3 * rows);
            }
        }
        return Math.sqrt(square);
    }

    private static double variance(float[] rows, int column) {
        double mean = 0;
        double squares = 0;
        int count = rows.length / 3;
        for (int i = column; i < rows.length; i += 3) {
            mean += (double) rows[i] / count;
            squares += (double) rows[i] * rows[i] / count;
        }
        return squares - mean * mean;
    }

    /** Prints JSON: seed, threads. */
    public static void main(String[] args) {
        long seed = Long.parseLong(args[0]);
        try (Backend backend = Backends.open("auto", Integer.parseInt(args[1]))) {
            KStepStudy clean = of(0, backend, seed);
            KStepStudy noisy = of(0.1, backend, seed);
            System.out.printf(Locale.ROOT,
                    "{\"one\": %.3f, \"five\": %.3f, \"one_from_noise\": %.3f, \"five_from_noise\":"
                            + " %.3f, \"one_without\": %.3f, \"five_without\": %.3f}%n", noisy.one, noisy.five,
                    noisy.oneFromNoise, noisy.fiveFromNoise, clean.one, clean.five);
        }
    }
}
