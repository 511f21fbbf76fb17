package io.elbo4j.control.agent;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Environments;
import io.elbo4j.control.environment.Planar;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.evaluation.Episodes;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/** What the codes of {@link E2c} know of where the agent is, by a linear probe, and how often it gets to the goal. */
final class E2cStudy {
    private static final int PLACES = 1000;
    private static final int EPISODES = 100;

    private E2cStudy() {}

    /** R^2 of a least squares fit to the first half of the rows, on the second half. */
    static double probe(double[][] inputs, double[] target) {
        int n = inputs[0].length + 1;
        int half = inputs.length / 2;
        double[][] equations = new double[n][n + 1];
        for (int r = 0; r < half; r++) {
            double[] x = Arrays.copyOf(inputs[r], n + 1);
            x[n - 1] = 1;
            x[n] = target[r];
            for (int i = 0; i < n; i++) {
                for (int j = 0; j <= n; j++) {
                    equations[i][j] += x[i] * x[j];
                }
            }
        }
        double[] weights = solved(equations);
        double mean = Arrays.stream(target, half, target.length).average().orElseThrow();
        double errors = 0;
        double squares = 0;
        for (int r = half; r < target.length; r++) {
            double predicted = weights[n - 1];
            for (int i = 0; i < n - 1; i++) {
                predicted += weights[i] * inputs[r][i];
            }
            errors += Math.pow(predicted - target[r], 2);
            squares += Math.pow(target[r] - mean, 2);
        }
        return 1 - errors / squares;
    }

    /** By elimination, of equations that are positive definite. */
    private static double[] solved(double[][] equations) {
        int n = equations.length;
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < n; k++) {
                double factor = k == i ? 0 : equations[k][i] / equations[i][i];
                for (int j = i; j <= n; j++) {
                    equations[k][j] -= factor * equations[i][j];
                }
            }
        }
        double[] x = new double[n];
        for (int i = 0; i < n; i++) {
            x[i] = equations[i][n] / equations[i][i];
        }
        return x;
    }

    /** Of the worse axis, where episodes may begin. */
    static double probe(E2c agent) {
        Environment planar = new Planar();
        int columns = planar.observations().columns();
        float[] seen = new float[PLACES * columns];
        float[] one = new float[columns];
        double[] state = new double[2];
        double[][] axes = new double[2][PLACES];
        Draws draws = new Draws(0, "places of the probe");
        for (int r = 0; r < PLACES; r++) {
            planar.start(state, draws.at(r, 0, 0));
            planar.observe(state, one);
            System.arraycopy(one, 0, seen, r * columns, columns);
            axes[0][r] = state[0];
            axes[1][r] = state[1];
        }
        float[] codes = agent.codes(seen);
        int latent = codes.length / PLACES;
        double[][] inputs = new double[PLACES][latent];
        for (int i = 0; i < codes.length; i++) {
            inputs[i / latent][i % latent] = codes[i];
        }
        return Math.min(probe(inputs, axes[0]), probe(inputs, axes[1]));
    }

    /** Prints JSON: seed, threads, updates, weight of the inverse model, the environment in which it then acts. */
    public static void main(String[] args) {
        long seed = Long.parseLong(args[0]);
        Environment planar = new Planar();
        E2c.Settings settings = AgentSettings.with(E2c.Settings.small(), Map.of("updates", Integer.parseInt(args[2]),
                "inverseWeight", Double.parseDouble(args[3])));
        try (Backend backend = Backends.open("auto", Integer.parseInt(args[1]));
                E2c e2c = settings.create(Surroundings.of(planar), backend, seed);
                Agent.GreedyPolicy greedy = e2c.greedy(EPISODES)) {
            Interaction interaction = new Interaction(e2c, new Simulation(planar, 1, seed));
            while (interaction.steps() < settings.randomSteps()) {
                interaction.step();
            }
            double success = Episodes.of(greedy, Environments.named(args[4]), EPISODES).mean("success");
            System.out.printf(Locale.ROOT, "{\"probe\": %.4f, \"success\": %.1f, \"standard_error\": %.1f}%n", probe(
                    e2c), 100 * success, 100 * Math.sqrt(success * (1 - success) / EPISODES));
        }
    }
}
