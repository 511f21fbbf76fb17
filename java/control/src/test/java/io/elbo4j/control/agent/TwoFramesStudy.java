package io.elbo4j.control.agent;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.PendulumPixels;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.evaluation.Returns;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Soft actor-critic on the pixels themselves, now and before: 128-64 units, else as {@link RepresentationSac}. */
final class TwoFramesStudy {
    private TwoFramesStudy() {}

    /** Shows the picture and the one before, black as this number; at the start, the same twice. */
    private record TwoFrames(PendulumPixels of, float black) implements Environment {
        @Override
        public String name() {
            return of.name() + "-twice";
        }

        @Override
        public String description() {
            return of.description();
        }

        @Override
        public Space observations() {
            return Space.Box.of(2 * of.observations().columns(), black, black + 1);
        }

        @Override
        public Space actions() {
            return of.actions();
        }

        @Override
        public int limit() {
            return of.limit();
        }

        @Override
        public int stateSize() {
            return 2 * of.stateSize();
        }

        @Override
        public void start(double[] state, Draws draws) {
            of.start(state, draws);
            keep(state);
        }

        @Override
        public void evaluationStart(int episode, double[] state) {
            of.evaluationStart(episode, state);
            keep(state);
        }

        private void keep(double[] state) {
            System.arraycopy(state, 0, state, of.stateSize(), of.stateSize());
        }

        @Override
        public double step(double[] state, float[] action, Draws draws) {
            keep(state);
            return of.step(state, action, draws);
        }

        @Override
        public void observe(double[] state, float[] observation) {
            int columns = of.observations().columns();
            float[] one = new float[columns];
            for (int frame = 0; frame < 2; frame++) {
                of.observe(Arrays.copyOfRange(state, frame * of.stateSize(), (frame + 1) * of.stateSize()), one);
                for (int i = 0; i < columns; i++) {
                    observation[frame * columns + i] = one[i] + (black + 0.5f);
                }
            }
        }
    }

    /** Prints JSON: seed, threads, steps, black. */
    public static void main(String[] args) {
        long seed = Long.parseLong(args[0]);
        int steps = Integer.parseInt(args[2]);
        Environment pixels = new TwoFrames(new PendulumPixels(), Float.parseFloat(args[3]));
        SavableAgent.Settings settings = AgentSettings.with(Sac.Settings.small(), Map.of("widths", List.of(128, 64),
                "batch", 128, "rate", 0.005, "randomSteps", 1000, "capacity", steps));
        try (Backend backend = Backends.open("auto", Integer.parseInt(args[1]));
                SavableAgent sac = Agents.create(settings, pixels, backend, seed);
                Agent.GreedyPolicy greedy = sac.greedy(100)) {
            Interaction interaction = new Interaction(sac, new Simulation(pixels, 1, seed));
            long begin = System.nanoTime();
            while (interaction.steps() < steps) {
                interaction.step();
            }
            double seconds = (System.nanoTime() - begin) * 1e-9;
            Returns found = Returns.of(greedy, pixels, 100);
            System.out.printf(Locale.ROOT, "{\"return\": %.1f, \"standard_error\": %.1f, \"milliseconds\": %.2f}%n",
                    found.mean(), found.standardError(), 1000 * seconds / steps);
        }
    }
}
