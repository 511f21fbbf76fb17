package io.elbo4j.control.agent;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Navigation;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.evaluation.Returns;
import io.elbo4j.control.linear.LinearDynamics;
import io.elbo4j.control.linear.LinearPolicy;
import io.elbo4j.control.linear.MatrixNormalInverseWishart;
import io.elbo4j.control.linear.Moments;
import io.elbo4j.control.linear.Rollout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@link Solar} reaches from pictures, and what the same {@link SolarPolicy} reaches on the true states. */
final class SolarStudy {
    private static final int EPISODES = 100;
    private static final int ROUNDS = 11;
    private static final int N = 2;

    private SolarStudy() {}

    /** A rollout of the true state, that is known, and its return. */
    private record True(Rollout known, SolarModel.Lived lived, double gained) {}

    private static True rollout(Environment of, double[] state, LinearPolicy policy, int hold, Draws noise, int copy,
            boolean greedy) {
        int steps = of.limit();
        double[][] states = new double[steps + 1][];
        double[][] actions = new double[steps][N];
        double[][] means = new double[steps][N];
        double[] rewards = new double[steps];
        double gained = 0;
        states[0] = state.clone();
        for (int t = 0; t < steps; t++) {
            noise.at(copy, 0, policy == null ? t - t % hold : t);
            float[] action = new float[N];
            double[] e = {noise.normal(), noise.normal()};
            for (int i = 0; i < N; i++) {
                double drawn;
                if (policy == null) {
                    drawn = noise.uniform(-1, 1);
                } else {
                    means[t][i] = policy.mean(t, states[t])[i];
                    double[][] s = policy.covariance()[t];
                    double first = Math.sqrt(s[0][0]);
                    double scaled = i == 0 ? first * e[0] : s[1][0] / first * e[0] + Math.sqrt(s[1][1] - s[1][0]
                            * s[1][0] / s[0][0]) * e[1];
                    drawn = means[t][i] + (greedy ? 0 : scaled);
                }
                action[i] = (float) Math.max(-1, Math.min(1, drawn));
                actions[t][i] = action[i];
            }
            rewards[t] = of.step(state, action, noise);
            gained += rewards[t];
            states[t + 1] = state.clone();
        }
        double[][][] exact = new double[steps + 1][][];
        double[][][] lagged = new double[steps][N][N];
        for (int t = 0; t <= steps; t++) {
            exact[t] = new double[][] {{1e-8, 0}, {0, 1e-8}};
        }
        return new True(new Rollout(states, exact, lagged, 0), new SolarModel.Lived(new float[0], actions, means,
                rewards), gained);
    }

    /** The mean return of evaluation's episodes, of the last policy of as many rollouts as the agent has. */
    static double onTrueStates(Solar.Settings settings, Environment environment, long seed) {
        Draws starts = new Draws(seed, "starts");
        Draws noise = new Draws(seed, "noise");
        LinearPolicy policy = null;
        LinearDynamics dynamics;
        Moments first = new Moments(N, 1);
        Moments steps = new Moments(N, 2 * N + 1);
        int lived = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<Rollout> known = new ArrayList<>();
            List<SolarModel.Lived> rollouts = new ArrayList<>();
            for (int r = 0; r < (round == 0 ? settings.randomRollouts() : settings.rollouts()); r++) {
                double[] state = new double[N];
                environment.start(state, starts.at(lived, 0, 0));
                True one = rollout(environment, state, policy, settings.hold(), noise, lived++, false);
                known.add(one.known());
                rollouts.add(one.lived());
                first.add(1, one.known().moments(0, one.lived().actions()));
                for (int t = 1; t <= settings.horizon(); t++) {
                    steps.add(1, one.known().moments(t, one.lived().actions()));
                }
            }
            MatrixNormalInverseWishart prior = SolarModel.stepPrior(N, N);
            dynamics = SolarPolicy.dynamics(settings, new LinearDynamics(SolarModel.firstPrior(N).posterior(1, first),
                    List.of(prior.posterior(1, steps))), prior, known, rollouts);
            policy = SolarPolicy.improved(settings, policy, known, rollouts, dynamics, new Draws(seed, "costs"), round)
                    .policy().atLeast(settings.noise() * settings.noise());
        }
        double sum = 0;
        for (int e = 0; e < EPISODES; e++) {
            double[] state = new double[N];
            environment.evaluationStart(e, state);
            sum += rollout(environment, state, policy, 1, noise, e, true).gained() / EPISODES;
        }
        return sum;
    }

    /** Prints JSON: seed, threads. */
    public static void main(String[] args) {
        long seed = Long.parseLong(args[0]);
        Environment environment = new Navigation();
        Solar.Settings settings = Solar.Settings.small();
        int steps = (settings.randomRollouts() + (ROUNDS - 1) * settings.rollouts()) * settings.horizon();
        try (Backend backend = Backends.open("auto", Integer.parseInt(args[1]));
                Solar solar = settings.create(Surroundings.of(environment), backend, seed);
                Agent.GreedyPolicy greedy = solar.greedy(EPISODES)) {
            Interaction interaction = new Interaction(solar, new Simulation(environment, 1, seed));
            while (interaction.steps() < steps) {
                interaction.step();
            }
            double seen = Returns.of(greedy, environment, EPISODES).mean();
            double known = onTrueStates(settings, environment, seed);
            System.out.printf(Locale.ROOT, "{\"return\": %.3f, \"return_on_true_states\": %.3f, \"ratio\": %.3f}%n",
                    seen, known, seen / known);
        }
    }
}
