package io.elbo4j.control.agent;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.GridSoft;
import io.elbo4j.control.environment.Simulation;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Soft Q-learning on the slippery grid, from its own experience, beside the exact soft values.
 *
 * @param mean how far it is off
 * @param worst the same, at most
 */
record SoftQStudy(double mean, double worst) {
    private static final double DISCOUNT = 0.9;
    private static final int STEPS = 60_000;

    /** The fixed point Q = r + discount E[alpha log sum exp(Q / alpha)], nothing after the goal. */
    static double[][] exact(double alpha) {
        double[][] q = new double[GridSoft.CELLS][GridSoft.ACTIONS];
        for (int sweep = 0; sweep < 500; sweep++) {
            double[] v = new double[GridSoft.CELLS];
            for (int s = 0; s < GridSoft.GOAL; s++) {
                double sum = 0;
                for (double each : q[s]) {
                    sum += Math.exp(each / alpha);
                }
                v[s] = alpha * Math.log(sum);
            }
            for (int s = 0; s < GridSoft.CELLS; s++) {
                for (int a = 0; a < GridSoft.ACTIONS; a++) {
                    double ahead = 0;
                    for (int next = 0; next < GridSoft.CELLS; next++) {
                        ahead += GridSoft.transitions(s, a)[next] * v[next];
                    }
                    q[s][a] = GridSoft.reward(s) + DISCOUNT * ahead;
                }
            }
        }
        return q;
    }

    static SoftQStudy of(double alpha, Backend backend, long seed) {
        Environment grid = new GridSoft();
        Learning learning = new Learning(List.of(), 256, 5e-3, 0, DISCOUNT, STEPS, 20_000, 4, 1);
        try (SoftQ agent = new SoftQ(new SoftQ.Settings(learning, 20, 0.1, alpha), grid.observations(), grid.actions(),
                backend, seed)) {
            Interaction interaction = new Interaction(agent, new Simulation(grid, 1, seed));
            while (interaction.steps() < STEPS) {
                interaction.step();
            }
            Map<String, float[]> found = new HashMap<>();
            agent.parameters().all().forEach(s -> found.put(s.parameter().name(), s.value().toArray()));
            double[][] expected = exact(alpha);
            double worst = 0;
            double mean = 0;
            for (int s = 0; s < GridSoft.GOAL; s++) {
                for (int a = 0; a < GridSoft.ACTIONS; a++) {
                    double q = found.get("q.0.weight")[s * GridSoft.ACTIONS + a] + found.get("q.0.bias")[a];
                    worst = Math.max(worst, Math.abs(q - expected[s][a]));
                    mean += Math.abs(q - expected[s][a]) / GridSoft.GOAL / GridSoft.ACTIONS;
                }
            }
            return new SoftQStudy(mean, worst);
        }
    }

    /** Prints JSON: seed, threads. */
    public static void main(String[] args) {
        long seed = Long.parseLong(args[0]);
        try (Backend backend = Backends.open("auto", Integer.parseInt(args[1]))) {
            SoftQStudy cold = of(0.3, backend, seed);
            SoftQStudy warm = of(1, backend, seed);
            System.out.printf(Locale.ROOT, "{\"cold\": %.4f, \"warm\": %.4f, \"cold_worst\": %.4f, \"warm_worst\":"
                    + " %.4f}%n", cold.mean, warm.mean, cold.worst, warm.worst);
        }
    }
}
