package io.elbo4j.control.agent;

import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.environment.StepResult;
import io.elbo4j.control.world.OpenLoop;
import io.elbo4j.train.picture.Lines;
import io.elbo4j.train.picture.Png;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The first of evaluation's episodes as a world model has it: what was seen; what it takes each observation for; and
 * below, where it begins after the first five, what it expects, told the actions alone. Of observations that are square
 * pictures a row of frames each; of others lines, beside the KL of each step, over the largest.
 */
final class ImaginedFrames {
    private static final int FRAMES = 20;
    private static final int SEEN = 5;
    /** Pixels of the side of what is taken for a picture. */
    private static final int LEAST_SIDE = 8;

    /** What a model says of an episode: rows of observations, and the KL of each step. */
    private record Said(List<float[]> observations, double[] kl) {}

    private ImaginedFrames() {}

    static void write(Path file, WorldAgent agent, Environment environment) {
        List<float[]> seen = new ArrayList<>();
        List<float[]> taken = new ArrayList<>();
        Simulation simulation = new Simulation(environment, 1, 0);
        StepResult now = StepResult.of(simulation);
        Space.Box box = (Space.Box) agent.actions();
        try (Agent.GreedyPolicy policy = agent.greedy(1)) {
            simulation.resetToEvaluation(0, now.observations());
            policy.begin();
            seen.add(now.observations().clone());
            while (simulation.anyRunning() && seen.size() < FRAMES) {
                float[] action = new float[box.columns()];
                policy.act(now.observations(), action);
                simulation.step(action, now);
                box.scale(action.clone(), action);
                taken.add(action);
                seen.add(now.observations().clone());
            }
        }
        Said known = said(agent, seen, taken, seen.size());
        Said imagined = said(agent, seen, taken, Math.min(SEEN, seen.size()));
        List<List<float[]>> rows = List.of(seen, known.observations, imagined.observations);
        int side = (int) Math.sqrt(seen.get(0).length);
        if (side >= LEAST_SIDE && side * side == seen.get(0).length) {
            frames(file, (Space.Box) agent.observations(), side, rows);
        } else {
            new Lines(AgentKind.of(agent.settings()).words() + ", " + environment.name(), "step", "observation", false,
                    false).write(file, series(rows, known.kl));
        }
    }

    /** What the model says, which sees so many observations. */
    private static Said said(WorldAgent agent, List<float[]> seen, List<float[]> taken, int sees) {
        List<float[]> said = new ArrayList<>();
        double[] kl = new double[seen.size()];
        try (OpenLoop open = agent.openLoop(1)) {
            for (int t = 0; t < seen.size(); t++) {
                if (t >= sees) {
                    open.expect(taken.get(t - 1));
                } else {
                    if (t > 0) {
                        open.did(taken.get(t - 1));
                    }
                    open.see(seen.get(t));
                }
                said.add(open.observations());
                kl[t] = open.kl()[0];
            }
        }
        return new Said(said, kl);
    }

    /** Empty in the last row are those that are not imagined. */
    private static void frames(Path file, Space.Box box, int side, List<List<float[]>> rows) {
        int size = side * side;
        int across = rows.get(0).size();
        float[] all = new float[rows.size() * across * size];
        int[] heights = new int[rows.size() * across];
        for (int r = 0; r < rows.size(); r++) {
            for (int t = 0; t < across; t++) {
                heights[r * across + t] = t < from(r) ? 0 : side;
                for (int i = 0; i < size; i++) {
                    float range = box.high(i) - box.low(i);
                    float grey = Float.isFinite(range) ? (rows.get(r).get(t)[i] - box.low(i)) / range : rows.get(r).get(
                            t)[i];
                    all[(r * across + t) * size + i] = Math.max(0, Math.min(1, grey));
                }
            }
        }
        new Png(side, side, 1).grid(file, all, across, heights);
    }

    /** The first step of a row. */
    private static int from(int row) {
        return row == 2 ? SEEN : 0;
    }

    /**
     * The first columns, then the KL.
     *
     * @param rows what was seen, what it was taken for, what was expected
     */
    static List<Lines.Series> series(List<List<float[]>> rows, double[] kl) {
        String[] names = {"seen", "known", "expected from step " + SEEN + " on"};
        List<Lines.Series> series = new ArrayList<>();
        int columns = Math.min(4, rows.get(0).get(0).length);
        for (int c = 0; c < columns; c++) {
            for (int r = 0; r < rows.size(); r++) {
                int column = c;
                double[] y = rows.get(r).stream().skip(from(r)).mapToDouble(row -> row[column]).toArray();
                series.add(series("column " + c + ", " + names[r], from(r), y));
            }
        }
        double most = Arrays.stream(kl).max().orElse(0);
        series.add(series(String.format(Locale.ROOT, "KL of a step / %.2g nats", most), 0, Arrays.stream(kl).map(
                each -> most > 0 ? each / most : 0).toArray()));
        return series;
    }

    private static Lines.Series series(String name, int from, double[] y) {
        double[] x = new double[y.length];
        Arrays.setAll(x, t -> from + t);
        return new Lines.Series(name, x, y);
    }
}
