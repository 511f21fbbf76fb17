package io.elbo4j.control.dynamics;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Matrix;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Mud;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.planning.CrossEntropy;
import io.elbo4j.control.planning.Iteration;
import io.elbo4j.control.planning.ModelPlanner;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Source;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.optimiser.Adam;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Plans through {@link Mud} in an ensemble that has no data of it: 1,000 rows of the square [-2, 2]^2 with |p| above
 * 0.7 and noise of 0.01; 5 members 64-64, 1,500 updates of 64 rows. Open loop from 8 starts, CEM 64 x 5 around u =
 * (0.5, 0) with a deviation of 1, 25 steps.
 *
 * @param predicted mean return of the plans in the model
 * @param actual in the environment
 * @param mud share of the starts from which it is entered
 */
record MudStudy(double predicted, double actual, double mud) {
    private static final int ROWS = 1000;
    private static final int STARTS = 8;
    private static final int HORIZON = 25;
    private static final int MEMBERS = 5;

    double gap() {
        return predicted - actual;
    }

    static MudStudy of(Ensemble.Settings settings, double pessimism, int updates, Backend backend, long seed) {
        Environment mud = new Mud();
        Graph g = new Graph();
        Value seen = g.input("seen", 2);
        Value action = g.input("action", 2);
        Value next = g.input("next", 2);
        Value drawn = g.input("drawn", MEMBERS);
        Value start = g.input("start", 2);
        Dynamics model = new Dynamics(g, "model", 2, 2, false, settings);
        model.observe(seen, action, next, next, drawn);
        Rollout[] rollout = new Rollout[1];
        Iteration iteration = Iteration.of(g, new CrossEntropy(64, 6, 5, 0.1, 1), HORIZON, 2, plans -> {
            rollout[0] = Rollout.of(model, mud.reward(), (Space.Box) mud.actions(), start, plans);
            return rollout[0].worth(pessimism);
        });
        try (Parameters all = new Parameters(backend, g.parameters(), seed); Data data = Data.of(backend, seed)) {
            model.normalise(all, data.seen.toArray(), data.action.toArray(), new float[0], data.next.toArray());
            try (Step train = Step.of(g, all, backend).rows(64).read(new Source(Map.of("seen", data.seen, "action",
                    data.action, "next", data.next, "drawn", data.drawn))).minimise(Training.of(model.objective(), Adam
                            .withWeightDecay(1e-3, 1e-5)).withParameters(model.parameters())).compile()) {
                Draws draws = new Draws(seed, "test");
                int[] batch = new int[64];
                for (int k = 0; k < updates; k++) {
                    draws.at(0, 1, k);
                    for (int i = 0; i < batch.length; i++) {
                        batch[i] = draws.below(ROWS);
                    }
                    train.rows(batch, 0).run(k);
                }
            }
            float[] starts = new float[STARTS * 2];
            for (int s = 0; s < STARTS; s++) {
                double[] state = new double[2];
                mud.evaluationStart(s, state);
                starts[2 * s] = (float) state[0];
                starts[2 * s + 1] = (float) state[1];
            }
            float[] right = new float[HORIZON * 2];
            for (int t = 0; t < HORIZON; t++) {
                right[2 * t] = 0.5f;
            }
            float[] plans;
            try (ModelPlanner planner = new ModelPlanner(iteration, g, all, STARTS, backend, seed)) {
                planner.set(start, starts);
                planner.aim(right);
                plans = planner.plan();
            }
            try (Step look = Step.of(g, all, backend).rows(STARTS).samples(1).seed(~seed).given(iteration.plans())
                    .want(rollout[0].returns()).compile()) {
                look.value(start).set(starts);
                look.value(iteration.plans()).set(plans);
                look.run(0);
                double predicted = 0;
                for (float each : look.value(rollout[0].returns()).toArray()) {
                    predicted += each / STARTS;
                }
                return played(mud, plans, predicted);
            }
        }
    }

    private static MudStudy played(Environment mud, float[] plans, double predicted) {
        double actual = 0;
        double entered = 0;
        for (int s = 0; s < STARTS; s++) {
            double[] state = new double[2];
            mud.evaluationStart(s, state);
            boolean in = false;
            for (int t = 0; t < HORIZON; t++) {
                int at = (s * HORIZON + t) * 2;
                actual += mud.step(state, new float[] {plans[at], plans[at + 1]}, new Draws(0, "test")) / STARTS;
                in |= mud.info(state).get("mud") > 0;
            }
            entered += in ? 1.0 / STARTS : 0;
        }
        return new MudStudy(predicted, actual, entered);
    }

    private record Data(Matrix seen, Matrix action, Matrix next, Matrix drawn) implements AutoCloseable {
        static Data of(Backend backend, long seed) {
            Environment mud = new Mud();
            Draws draws = new Draws(seed, "test");
            float[][] all = {new float[ROWS * 2], new float[ROWS * 2], new float[ROWS * 2], new float[ROWS * MEMBERS]};
            for (int r = 0; r < ROWS; r++) {
                draws.at(r, 0, 0);
                double[] state = new double[2];
                do {
                    state[0] = draws.uniform(-2, 2);
                    state[1] = draws.uniform(-2, 2);
                } while (Math.hypot(state[0], state[1]) <= 0.7);
                float[] action = {(float) draws.uniform(-1, 1), (float) draws.uniform(-1, 1)};
                for (int c = 0; c < 2; c++) {
                    all[0][2 * r + c] = (float) state[c];
                    all[1][2 * r + c] = action[c];
                }
                mud.step(state, action, draws);
                for (int c = 0; c < 2; c++) {
                    all[2][2 * r + c] = (float) (state[c] + 0.01 * draws.normal());
                }
                for (int m = 0; m < MEMBERS; m++) {
                    all[3][MEMBERS * r + m] = draws.poisson();
                }
            }
            Data data = new Data(backend.matrix(ROWS, 2), backend.matrix(ROWS, 2), backend.matrix(ROWS, 2), backend
                    .matrix(ROWS, MEMBERS));
            data.seen.set(all[0]);
            data.action.set(all[1]);
            data.next.set(all[2]);
            data.drawn.set(all[3]);
            return data;
        }

        @Override
        public void close() {
            seen.close();
            action.close();
            next.close();
            drawn.close();
        }
    }

    /** Prints a line of JSON for each of the pessimisms that follow: seed, threads, prior. */
    public static void main(String[] args) {
        long seed = Long.parseLong(args[0]);
        Ensemble.Settings settings = new Ensemble.Settings(MEMBERS, List.of(64, 64), Double.parseDouble(args[2]), true);
        try (Backend backend = Backends.open("auto", Integer.parseInt(args[1]))) {
            for (String pessimism : List.of(args).subList(3, args.length)) {
                MudStudy found = of(settings, Double.parseDouble(pessimism), 1500, backend, seed);
                System.out.printf(Locale.ROOT, "{\"pessimism\": %s, \"predicted\": %.2f, \"actual\": %.2f, \"mud\":"
                        + " %.3f}%n", pessimism, found.predicted, found.actual, found.mud);
            }
        }
    }
}
