package io.elbo4j.control.agent;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Environments;
import io.elbo4j.control.environment.PendulumPixels;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.environment.StepResult;
import io.elbo4j.control.world.OpenLoop;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * What an agent's world model expects of the pendulum from what it has seen, torques being drawn by chance: for a
 * policy that stands would make small errors large. 100 episodes of evaluation, from the 10th and from the 40th
 * observation on.
 */
final class OpenLoopStudy {
    private static final int EPISODES = 100;
    private static final int[] SEEN = {10, 40};
    private static final int HORIZON = 15;
    private static final int ANGLES = 2000;

    private OpenLoopStudy() {}

    /** Prints JSON: the root mean square error of rewards, the median error of angles, by steps ahead. */
    public static void main(String[] args) {
        Environment environment = Environments.named(args[1]);
        double[] squares = new double[HORIZON + 1];
        double[][] errors = new double[HORIZON + 1][SEEN.length * EPISODES];
        int columns = environment.observations().columns();
        float[][] drawn = columns == 2 ? null : pictures();
        try (Backend backend = Backends.open("cpu", Integer.parseInt(args[2]));
                WorldAgent agent = (WorldAgent) Agents.load(Path.of(args[0]), environment, backend);
                OpenLoop open = agent.openLoop(EPISODES)) {
            for (int s = 0; s < SEEN.length; s++) {
                Draws torques = new Draws(Long.parseLong(args[3]), "torques");
                Simulation simulation = new Simulation(environment, EPISODES, 0);
                StepResult now = StepResult.of(simulation);
                simulation.resetToEvaluation(0, now.observations());
                open.begin();
                open.see(now.observations());
                for (int t = 1; t < SEEN[s] + HORIZON; t++) {
                    float[] actions = new float[EPISODES];
                    for (int r = 0; r < EPISODES; r++) {
                        actions[r] = (float) torques.at(r, 0, t).uniform(-1, 1);
                    }
                    simulation.step(actions, now);
                    if (t < SEEN[s]) {
                        open.did(actions);
                        open.see(now.observations());
                        continue;
                    }
                    open.expect(actions);
                    int ahead = t - SEEN[s] + 1;
                    float[] expected = open.rewards();
                    float[] seen = open.observations();
                    for (int r = 0; r < EPISODES; r++) {
                        squares[ahead] += Math.pow(expected[r] - now.rewards()[r], 2);
                        double angle = drawn == null ? Math.atan2(seen[2 * r + 1], seen[2 * r]) : nearest(drawn, seen, r
                                * columns);
                        errors[ahead][s * EPISODES + r] = Math.abs(Math.IEEEremainder(angle - simulation.state(r)[0], 2
                                * Math.PI));
                    }
                }
            }
        }
        StringBuilder json = new StringBuilder("{");
        for (int h : new int[] {1, 5, 10, 15}) {
            Arrays.sort(errors[h]);
            json.append(String.format(Locale.ROOT, "%s\"reward_%d\": %.3f, \"angle_%d\": %.4f", h == 1 ? "" : ", ", h,
                    Math.sqrt(squares[h] / errors[h].length), h, errors[h][errors[h].length / 2]));
        }
        System.out.println(json.append("}"));
    }

    private static float[][] pictures() {
        PendulumPixels pixels = new PendulumPixels();
        float[][] all = new float[ANGLES][pixels.observations().columns()];
        for (int i = 0; i < ANGLES; i++) {
            pixels.observe(new double[] {2 * Math.PI * i / ANGLES, 0}, all[i]);
        }
        return all;
    }

    /** The angle whose picture is nearest. */
    private static double nearest(float[][] drawn, float[] seen, int from) {
        double least = Double.POSITIVE_INFINITY;
        int at = 0;
        for (int i = 0; i < drawn.length; i++) {
            double sum = 0;
            for (int c = 0; c < drawn[i].length && sum < least; c++) {
                double d = drawn[i][c] - seen[from + c];
                sum += d * d;
            }
            if (sum < least) {
                least = sum;
                at = i;
            }
        }
        return 2 * Math.PI * at / ANGLES;
    }
}
