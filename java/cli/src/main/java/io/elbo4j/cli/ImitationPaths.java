package io.elbo4j.cli;

import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.evaluation.Policy;
import io.elbo4j.train.picture.Scene;
import io.elbo4j.train.picture.Strip;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A picture of ways: a row for each of the first of evaluation's starts, from which a frame shows several ways of who
 * is imitated, and one for each policy several of its own.
 */
final class ImitationPaths {
    static final int WAYS = 12;
    private static final int STARTS = 3;
    private static final int COLOURS = 10;
    private static final int MOST_CAPTION = 22;

    /** An action of each copy. */
    private interface Actor {
        void act(double[][] states, float[] observations, float[] actions);
    }

    private final ImitationTask task;
    private final List<List<Strip.Frame>> rows = new ArrayList<>();

    ImitationPaths(ImitationTask task, long seed) {
        this.task = task;
        Draws chance = new Draws(seed, "picture");
        for (int start = 0; start < STARTS; start++) {
            int[] ways = new int[WAYS];
            for (int r = 0; r < WAYS; r++) {
                ways[r] = task.expert.way(chance.at(r, start, 0));
            }
            int[] step = {0};
            float[] one = new float[task.expert.environment().actions().columns()];
            int at = start;
            rows.add(new ArrayList<>(List.of(frame("shown", start, (states, observations, actions) -> {
                step[0]++;
                for (int r = 0; r < WAYS; r++) {
                    task.expert.show(states[r], ways[r], one, chance.at(r, at, step[0]));
                    System.arraycopy(one, 0, actions, r * one.length, one.length);
                }
            }))));
        }
    }

    /** Adds a column; below it is as much of its name as there is room for. */
    void add(ImitationLine line, Policy policy) {
        String name = line.name().length() > MOST_CAPTION ? line.way() : line.name();
        for (int start = 0; start < STARTS; start++) {
            policy.begin();
            rows.get(start).add(frame(name, start, (states, observations, actions) -> policy.act(observations,
                    actions)));
        }
    }

    private Strip.Frame frame(String caption, int start, Actor actor) {
        Environment environment = task.environment();
        int columns = environment.observations().columns();
        float[] observation = new float[columns];
        float[] action = new float[environment.actions().columns()];
        float[] observations = new float[WAYS * columns];
        float[] actions = new float[WAYS * action.length];
        double[][] states = new double[WAYS][environment.stateSize()];
        List<List<Double>> paths = new ArrayList<>();
        for (double[] state : states) {
            environment.evaluationStart(start, state);
            paths.add(new ArrayList<>());
        }
        Scene scene = environment.scene(states[0]).orElseThrow();
        Draws noise = new Draws(0, "picture");
        for (int t = 0; t <= environment.limit() || environment.limit() == 0; t++) {
            boolean running = false;
            for (int r = 0; r < WAYS; r++) {
                double[] point = task.point(states[r]);
                paths.get(r).addAll(List.of(point[0], point[1]));
                running |= !environment.terminated(states[r]);
                environment.observe(states[r], observation);
                System.arraycopy(observation, 0, observations, r * columns, columns);
            }
            if (!running) {
                break;
            }
            actor.act(states, observations, actions);
            for (int r = 0; r < WAYS; r++) {
                System.arraycopy(actions, r * action.length, action, 0, action.length);
                if (!environment.terminated(states[r])) {
                    environment.step(states[r], action, noise.at(r, start, t + 1));
                }
            }
        }
        for (int r = 0; r < WAYS; r++) {
            scene.line(r % COLOURS, paths.get(r).stream().mapToDouble(Double::doubleValue).toArray());
        }
        return new Strip.Frame(caption, scene);
    }

    void write(Path file) {
        new Strip(Names.of(task) + ": " + WAYS + " ways from each start", rows.get(0).size()).write(file, rows.stream()
                .flatMap(List::stream).toList());
    }
}
