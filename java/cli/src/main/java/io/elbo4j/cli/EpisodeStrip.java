package io.elbo4j.cli;

import io.elbo4j.control.agent.Agent;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.environment.StepResult;
import io.elbo4j.train.picture.Strip;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Pictures of the first of evaluation's episodes. */
final class EpisodeStrip {
    private static final int MOST_FRAMES = 20;
    private static final int ACROSS = 5;

    private EpisodeStrip() {}

    static void requireDrawable(Environment environment) {
        double[] start = new double[environment.stateSize()];
        environment.evaluationStart(0, start);
        if (environment.scene(start).isEmpty()) {
            throw Failure.usage("--episode needs an environment that can be drawn, which " + environment.name()
                    + " cannot: see --list");
        }
    }

    static void write(Path file, String agent, Agent.GreedyPolicy policy, Environment environment) {
        Simulation simulation = new Simulation(environment, 1, 0);
        StepResult result = StepResult.of(simulation);
        simulation.resetToEvaluation(0, result.observations());
        List<double[]> states = new ArrayList<>(List.of(simulation.state(0)));
        float[] action = new float[environment.actions().columns()];
        double sum = 0;
        while (simulation.anyRunning()) {
            policy.act(result.observations(), action);
            simulation.step(action, result);
            sum += result.rewards()[0];
            states.add(simulation.state(0));
        }
        int count = Math.min(MOST_FRAMES, states.size());
        List<Strip.Frame> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int step = (int) ((long) i * (states.size() - 1) / Math.max(1, count - 1));
            frames.add(new Strip.Frame("step " + step, environment.scene(states.get(step)).orElseThrow()));
        }
        new Strip(String.format(Locale.ROOT, "%s, %s: return %.1f", agent, environment.name(), sum), ACROSS).write(file,
                frames);
    }
}
