package io.elbo4j.control.agent;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Pendulum;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.environment.StepResult;
import io.elbo4j.control.environment.VectorEnvironment;
import io.elbo4j.control.evaluation.Returns;
import java.util.Locale;

/** Soft actor-critic that is told that nothing comes after the last step of an episode, which only was stopped. */
final class TimeLimitStudy {
    private TimeLimitStudy() {}

    /** What users of an API with one "done" have. */
    record CallsTheLimitTerminal(VectorEnvironment of) implements VectorEnvironment {
        @Override
        public int rows() {
            return of.rows();
        }

        @Override
        public Space observations() {
            return of.observations();
        }

        @Override
        public Space actions() {
            return of.actions();
        }

        @Override
        public void reset(boolean[] which, float[] observations) {
            of.reset(which, observations);
        }

        @Override
        public void step(float[] actions, StepResult result) {
            of.step(actions, result);
            for (int r = 0; r < rows(); r++) {
                result.terminated()[r] |= result.truncated()[r];
            }
        }
    }

    /** Prints JSON: seed, threads, steps. */
    public static void main(String[] args) {
        long seed = Long.parseLong(args[0]);
        Environment pendulum = new Pendulum();
        try (Backend backend = Backends.open("auto", Integer.parseInt(args[1]));
                SavableAgent sac = Agents.create(Sac.Settings.small(), pendulum, backend, seed);
                Agent.GreedyPolicy greedy = sac.greedy(100)) {
            Interaction interaction = new Interaction(sac, new CallsTheLimitTerminal(new Simulation(pendulum, 1,
                    seed)));
            while (interaction.steps() < Integer.parseInt(args[2])) {
                interaction.step();
            }
            Returns found = Returns.of(greedy, pendulum, 100);
            System.out.printf(Locale.ROOT, "{\"return\": %.1f, \"standard_error\": %.1f}%n", found.mean(), found
                    .standardError());
        }
    }
}
