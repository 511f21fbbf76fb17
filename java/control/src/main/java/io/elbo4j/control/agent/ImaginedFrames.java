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

/**
 * The first of evaluation's episodes as a world model has it: what was seen; what it takes each observation for; and
 * below, after the first five, what it expects, told the actions alone. Of observations that are square pictures a row
 * of frames each, of others lines.
 */
final class ImaginedFrames {
    private static final int FRAMES = 20;
    private static final int SEEN = 5;
    /** Pixels of the side of what is taken for a picture. */
    private static final int LEAST_SIDE = 8;

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
        List<float[]> known = said(agent, seen, taken, seen.size());
        List<float[]> imagined = said(agent, seen, taken, Math.min(SEEN, seen.size()));
        int side = (int) Math.sqrt(seen.get(0).length);
        if (side >= LEAST_SIDE && side * side == seen.get(0).length) {
            frames(file, (Space.Box) agent.observations(), side, List.of(seen, known, imagined));
        } else {
            lines(file, agent, environment, List.of(seen, known, imagined));
        }
    }

    /** What the model says, which sees so many observations. */
    private static List<float[]> said(WorldAgent agent, List<float[]> seen, List<float[]> taken, int sees) {
        List<float[]> said = new ArrayList<>();
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
            }
        }
        return said;
    }

    private static void frames(Path file, Space.Box box, int side, List<List<float[]>> rows) {
        int size = side * side;
        int across = rows.get(0).size();
        float[] all = new float[rows.size() * across * size];
        for (int r = 0; r < rows.size(); r++) {
            for (int t = 0; t < across; t++) {
                for (int i = 0; i < size; i++) {
                    float range = box.high(i) - box.low(i);
                    float grey = Float.isFinite(range) ? (rows.get(r).get(t)[i] - box.low(i)) / range : rows.get(r).get(
                            t)[i];
                    all[(r * across + t) * size + i] = Math.max(0, Math.min(1, grey));
                }
            }
        }
        new Png(side, side, 1).grid(file, all, across);
    }

    private static void lines(Path file, WorldAgent agent, Environment environment, List<List<float[]>> rows) {
        String[] names = {"seen", "known", "expected from step " + SEEN + " on"};
        List<Lines.Series> series = new ArrayList<>();
        int columns = Math.min(4, rows.get(0).get(0).length);
        for (int c = 0; c < columns; c++) {
            for (int r = 0; r < rows.size(); r++) {
                int column = c;
                double[] y = rows.get(r).stream().mapToDouble(row -> row[column]).toArray();
                double[] x = new double[y.length];
                Arrays.setAll(x, t -> t);
                series.add(new Lines.Series("column " + c + ", " + names[r], x, y));
            }
        }
        new Lines(AgentKind.of(agent.settings()).words() + ", " + environment.name(), "step", "observation", false,
                false).write(file, series);
    }
}
