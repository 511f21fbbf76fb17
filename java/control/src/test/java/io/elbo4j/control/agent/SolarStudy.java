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
import io.elbo4j.control.linear.PolicyImprovement;
import io.elbo4j.control.linear.Rollout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@link Solar} reaches from pictures, and what the same {@link PolicyImprovement} reaches on the true states. */
final class SolarStudy {
    private static final int EPISODES = 100;
    private static final int ROUNDS = 11;
    private static final int N = 2;

    private SolarStudy() {}

    /** A rollout of the true state, that is known, and its return. */
    private record True(Rollout known, PolicyImprovement.Trial trial, double gained) {}

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
        return new True(new Rollout(states, exact, lagged, 0), new PolicyImprovement.Trial(actions, means, rewards),
                gained);
    }

    /** The mean return of evaluation's episodes, of the last policy of as many rollouts as the agent has. */
    static double onTrueStates(Solar.Settings settings, Environment environment, long seed) {
        Draws starts = new Draws(seed, "starts");
        Draws noise = new Draws(seed, "noise");
        PolicyImprovement improvement = new PolicyImprovement(settings.strength(), settings.window(), settings.ridge(),
                settings.divergence());
        LinearDynamics prior = LinearDynamics.vague(N, N);
        MatrixNormalInverseWishart stepPrior = prior.steps().get(0);
        LinearPolicy policy = null;
        Moments first = new Moments(N, 1);
        Moments steps = new Moments(N, 2 * N + 1);
        int lived = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<Rollout> known = new ArrayList<>();
            List<PolicyImprovement.Trial> trials = new ArrayList<>();
            for (int r = 0; r < (round == 0 ? settings.randomRollouts() : settings.rollouts()); r++) {
                double[] state = new double[N];
                environment.start(state, starts.at(lived, 0, 0));
                True one = rollout(environment, state, policy, settings.hold(), noise, lived++, false);
                known.add(one.known());
                trials.add(one.trial());
                first.add(1, one.known().moments(0, one.trial().actions()));
                for (int t = 1; t <= settings.horizon(); t++) {
                    steps.add(1, one.known().moments(t, one.trial().actions()));
                }
            }
            LinearDynamics all = new LinearDynamics(prior.first().posterior(1, first), List.of(stepPrior.posterior(1,
                    steps)));
            LinearDynamics dynamics = improvement.dynamics(all, stepPrior, known, trials);
            policy = improvement.improved(policy, known, trials, dynamics, new Draws(seed, "costs"), round).policy();
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
        try (Backend backend = Backends.open("cpu", Integer.parseInt(args[1]));
                Solar solar = settings.create(Surroundings.of(environment), backend, seed);
                Agent.GreedyPolicy greedy = solar.greedy(EPISODES)) {
            Interaction interaction = new Interaction(solar, new Simulation(environment, 1, seed));
            while (interaction.steps() < steps) {
                interaction.step();
            }
            Returns seen = Returns.of(greedy, environment, EPISODES);
            double known = onTrueStates(settings, environment, seed);
            System.out.printf(Locale.ROOT,
                    "{\"return\": %.3f, \"standard_error\": %.3f, \"on_true_states\": %.3f, \"ratio\": %.3f}%n", seen
                            .mean(), seen.standardError(), known, seen.mean() / known);
        }
    }
}
