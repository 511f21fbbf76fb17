package io.elbo4j.control.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.control.dynamics.Ensemble;
import io.elbo4j.control.dynamics.KStep;
import io.elbo4j.control.environment.Acrobot;
import io.elbo4j.control.environment.ActionRepeat;
import io.elbo4j.control.environment.CartPole;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.MountainCarContinuous;
import io.elbo4j.control.environment.Pendulum;
import io.elbo4j.control.environment.PendulumAngle;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.environment.StepResult;
import io.elbo4j.control.environment.TimeLimit;
import io.elbo4j.control.environment.VectorEnvironment;
import io.elbo4j.control.imitation.Imitation;
import io.elbo4j.control.planning.EnvironmentPlanner;
import io.elbo4j.control.planning.PathIntegral;
import io.elbo4j.control.planning.RandomShooting;
import io.elbo4j.control.world.LocallyLinear;
import io.elbo4j.purejava.JavaBackend;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an agent cannot use is refused by name, and nothing has happened then. */
class AgentArgumentsTest {
    private static final float NAN = Float.NaN;
    private static final float INFINITE = Float.POSITIVE_INFINITY;
    private static final Ensemble.Settings MODEL = new Ensemble.Settings(2, List.of(4), 0);
    /** Two numbers are seen, one is done. */
    private static final Environment ANGLE = new PendulumAngle();

    private static Learning learning(double learningRate) {
        return new Learning(List.of(8), 4, learningRate, 0, 0.9, 50, 2, 1, 1);
    }

    private static final Sac.Settings SAC = new Sac.Settings(learning(1e-3), 0.1);
    private static final Dqn.Settings DQN = new Dqn.Settings(learning(1e-3), 10, 0.1, 0.1, 40);

    private static Pets.Settings pets(double learningRate, double weightDecay) {
        return new Pets.Settings(MODEL, PathIntegral.of(4), 3, 8, learningRate, weightDecay, 5, 50, 2, 0, true);
    }

    private static RepresentationSac.Settings codes(double klWeight, double learningRate) {
        return new RepresentationSac.Settings(SAC, 2, 5, klWeight, 8, learningRate, 5);
    }

    private static Mbpo.Settings mbpo(int length) {
        return new Mbpo.Settings(learning(1e-3), 0.1, 2, 5, 3, 4, 6, length, 10, 0.25);
    }

    private static final E2c.Settings E2C = new E2c.Settings(new LocallyLinear.Settings(2, List.of(4), List.of(3), List
            .of(5), 0.25, 100), new ModelLearning.Settings(8, 1e-3, 4, 8, 1e-2, 5), 45, 3, PathIntegral.of(4), 3, 3);
    private static final List<SavableAgent.Settings> IN_A_BOX = List.of(SAC, mbpo(2), pets(1e-3, 0), codes(1, 1e-3),
            E2C, SolarTest.TINY, WorldAgentTest.DREAMER, WorldAgentTest.PLANET, WorldAgentTest.SLAC);

    /** In {@link #ANGLE}, upright being the goal. */
    private static SavableAgent inABox(SavableAgent.Settings settings, Backend backend) {
        return settings.create(new Surroundings(ANGLE.observations(), ANGLE.actions(), ANGLE.reward(), ANGLE
                .termination(), Optional.of(new float[] {1, 0}), OptionalInt.empty()), backend, 1);
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(ArgumentException.class, action::run).getMessage());
    }

    @Test
    void whatIsNoNumberIsNotRemembered() {
        for (SavableAgent.Settings settings : IN_A_BOX) {
            try (Backend backend = new JavaBackend(1); SavableAgent agent = inABox(settings, backend)) {
                float[] seen = {0.6f, 0.8f};
                float[] action = {1};
                for (float bad : new float[] {NAN, INFINITE, -INFINITE}) {
                    float[] wrong = {0.6f, bad};
                    String expected = " must be a finite number in column ";
                    refused("observation" + expected + "1, not " + bad, () -> agent.remember(wrong, action, 0, false,
                            seen));
                    refused("next" + expected + "1, not " + bad, () -> agent.remember(seen, action, 0, false, wrong));
                    refused("action" + expected + "0, not " + bad, () -> agent.remember(seen, new float[] {bad}, 0,
                            false, seen));
                    refused("reward must be a finite number, not " + bad, () -> agent.remember(seen, action, bad,
                            false, seen));
                    refused("observation" + expected + "1, not " + bad, () -> agent.explore(wrong, action));
                    refused("observation" + expected + "1, not " + bad, () -> agent.act(wrong));
                }
                assertEquals(new AgentState.Counters(0, 0, 0, 0), agent.counters());
                agent.remember(seen, new float[] {9}, 0, false, seen);
                // an episode's first observation has a row of its own
                assertEquals(agent instanceof WorldAgent ? 2 : 1, agent.counters().remembered(),
                        "an action beyond the box is one");
            }
        }
    }

    @Test
    void arraysOfAnotherSizeAreRefused() {
        for (SavableAgent.Settings settings : IN_A_BOX) {
            try (Backend backend = new JavaBackend(1); SavableAgent agent = inABox(settings, backend);
                    Agent.GreedyPolicy greedy = agent.greedy(2)) {
                float[] seen = new float[2];
                for (int size : new int[] {0, 2, 5}) {
                    String expected = "action must be 1 numbers, not " + size;
                    refused(expected, () -> agent.explore(seen, new float[size]));
                    refused(expected, () -> agent.remember(seen, new float[size], 0, false, seen));
                }
                float[] one = new float[1];
                refused("next must be 2 numbers, not 1", () -> agent.remember(seen, one, 0, false, one));
                refused("observation must be 2 numbers, not 1", () -> agent.remember(one, one, 0, false, seen));
                for (int size : new int[] {0, 1, 3}) {
                    refused("actions must be 2 numbers, not " + size, () -> greedy.act(new float[4], new float[size]));
                    refused("observations must be 4 numbers, not " + size, () -> greedy.act(new float[size], seen));
                }
                refused("observations must be a finite number in column 0 of row 1, not NaN", () -> greedy.act(
                        new float[] {0, 0, NAN, 0}, seen));
                assertEquals(new AgentState.Counters(0, 0, 0, 0), agent.counters());
            }
        }
    }

    @Test
    void whatIsNoneOfSeveralIsRefused() {
        try (Backend backend = new JavaBackend(1); Dqn dqn = new Dqn(DQN, new Space.Discrete(3), new Space.Discrete(2),
                backend, 1); Agent.GreedyPolicy greedy = dqn.greedy(2)) {
            float[] zero = {0};
            for (float bad : new float[] {-1, 2, 0.5f, NAN}) {
                refused("action must be an integer from 0 to 1, not " + bad, () -> dqn.remember(zero, new float[] {bad},
                        0, false, zero));
            }
            for (float bad : new float[] {-1, 3, 0.5f, NAN}) {
                float[] wrong = {bad};
                String expected = "must be an integer from 0 to 2, not " + bad;
                refused("observation " + expected, () -> dqn.remember(wrong, zero, 0, false, zero));
                refused("next " + expected, () -> dqn.remember(zero, zero, 0, false, wrong));
                refused("observation " + expected, () -> dqn.explore(wrong, zero));
                refused("observations " + expected, () -> greedy.act(new float[] {2, bad}, new float[2]));
            }
            assertEquals(new AgentState.Counters(0, 0, 0, 0), dqn.counters());
        }
    }

    @Test
    void whatIsMissingIsNamed(@TempDir Path directory) {
        Path file = directory.resolve("agent.safetensors");
        String given = " must be given, not null";
        try (Backend backend = new JavaBackend(1); Run run = new Run(Agents.create(SAC, ANGLE, backend, 1), ANGLE)) {
            SavableAgent agent = run.agent();
            float[] seen = new float[2];
            float[] action = new float[1];
            agent.save(file);
            refused("file" + given, () -> agent.save(null));
            refused("file" + given, () -> run.save(null));
            refused("file" + given, () -> Agents.load(null, backend));
            refused("file" + given, () -> Agents.load(null, ANGLE, backend));
            refused("file" + given, () -> Run.resume(null, SAC, ANGLE, backend, 1));
            refused("backend" + given, () -> Agents.load(file, null));
            refused("backend" + given, () -> Agents.load(file, ANGLE, null));
            refused("backend" + given, () -> Run.resume(file, SAC, ANGLE, null, 1));
            refused("environment" + given, () -> Agents.load(file, null, backend));
            refused("environment" + given, () -> Run.resume(file, SAC, null, backend, 1));
            refused("settings" + given, () -> Run.resume(file, null, ANGLE, backend, 1));
            refused("observation" + given, () -> agent.explore(null, action));
            refused("action" + given, () -> agent.explore(seen, null));
            refused("observation" + given, () -> agent.act(null));
            refused("observation" + given, () -> agent.remember(null, action, 0, false, seen));
            refused("action" + given, () -> agent.remember(seen, null, 0, false, seen));
            refused("next" + given, () -> agent.remember(seen, action, 0, false, null));
            refused("widths" + given, () -> new Learning(null, 4, 1e-3, 0, 0.9, 50, 2, 1, 1));
            refused("widths" + given, () -> new Imitation.Settings(null, 1, 1));
            try (Agent.GreedyPolicy greedy = agent.greedy(1)) {
                refused("observations" + given, () -> greedy.act(null, action));
                refused("actions" + given, () -> greedy.act(seen, null));
            }
        }
    }

    /** Also where only a bound is another, as what the networks' actions mean is then. */
    @Test
    void agentAndEnvironmentHaveTheSameSpaces() {
        Environment pendulum = new Pendulum();
        try (Backend backend = new JavaBackend(1); SavableAgent dqn = new Dqn(DQN, new Acrobot().observations(),
                new CartPole().actions(), backend, 1); SavableAgent sac = Agents.create(SAC, pendulum, backend, 1)) {
            refused("the environment's actions must be the agent's, one of 2, not one of 3", () -> new Run(dqn,
                    new Acrobot()));
            refused("the environment's observations must be the agent's, " + dqn.observations() + ", not " + pendulum
                    .observations(), () -> new Interaction(dqn, new Simulation(pendulum, 1, 0)));
            SavableAgent other = new Sac(SAC, pendulum.observations(), Space.Box.of(1, -1, 1), backend, 1);
            refused("the environment's actions must be the agent's, 1 numbers from [-1.0] to [1.0], not 1 numbers from"
                    + " [-2.0] to [2.0]", () -> new Run(other, pendulum));
            other.close();
            assertThrows(ArgumentException.class, () -> new Run(sac, new MountainCarContinuous()));
            for (Environment same : List.of(new ActionRepeat(pendulum, 2), new TimeLimit(pendulum, 5))) {
                new Interaction(sac, new Simulation(same, 1, 0)).step();
            }
            assertEquals(2, sac.decisions());
        }
    }

    /** What an environment shows is its own fault, also in the last observation of an episode. */
    @Test
    void anEnvironmentThatShowsNoNumbersIsNamed() {
        record Bad(Simulation of, float shown) implements VectorEnvironment {
            @Override
            public int rows() {
                return 1;
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
                if (result.truncated()[0]) {
                    result.observations()[1] = shown;
                }
            }
        }
        for (float bad : new float[] {NAN, INFINITE}) {
            try (Backend backend = new JavaBackend(1); SavableAgent sac = Agents.create(SAC, ANGLE, backend, 1)) {
                Interaction interaction = new Interaction(sac, new Bad(new Simulation(new TimeLimit(ANGLE, 5), 1, 0),
                        bad));
                for (int i = 0; i < 4; i++) {
                    interaction.step();
                }
                refused("the environment's observation must be a finite number in column 1, not " + bad,
                        interaction::step);
                assertEquals(4, sac.counters().remembered());
            }
        }
    }

    @Test
    void whatFloatsCannotUseIsNoSetting() {
        String rate = "earningRate must be from 1e-30 to 1e30, not ";
        for (double bad : new double[] {0, -1, 1e-320, 9e-31, 2e30, 1e300, Double.POSITIVE_INFINITY, Double.NaN}) {
            refused("l" + rate + bad, () -> learning(bad));
            refused("l" + rate + bad, () -> pets(bad, 0));
            refused("l" + rate + bad, () -> new Imitation.Settings(List.of(1), 1, bad));
            refused("vaeL" + rate + bad, () -> codes(1, bad));
        }
        for (double bad : new double[] {0, 9e-31, 1e-320, 2e30, 1e300, Double.POSITIVE_INFINITY, Double.NaN}) {
            refused("temperature must be from 1e-30 to 1e30, not " + bad, () -> new SoftQ.Settings(learning(1), 1, 0.1,
                    bad));
        }
        for (double bad : new double[] {-1, 1000, 1e300, Double.POSITIVE_INFINITY, Double.NaN}) {
            refused("weightDecay must be at least 0, and below 1 / learningRate, 1000.0, not " + bad, () -> pets(1e-3,
                    bad));
        }
        for (double bad : new double[] {-1, 1e300, Double.POSITIVE_INFINITY, Double.NaN}) {
            refused("klWeight must be from 0 to 1e30, not " + bad, () -> codes(bad, 1e-3));
        }
        for (int bad : new int[] {0, 1001, Integer.MAX_VALUE}) {
            refused("length must be from 1 to 1000, not " + bad, () -> mbpo(bad));
        }
        int most = Integer.MAX_VALUE;
        refused("batch must be at most 1000000, not " + most, () -> new KStep.Settings(List.of(1), 1, most, 1, 1, 1));
        refused("widths must be at most 100000 each, not [100001]", () -> new KStep.Settings(List.of(100_001), 1, 1, 1,
                1, 1));
        refused("members must be at most 1000, not 1001", () -> new Ensemble.Settings(1001, List.of(1), 0));
        try (Backend backend = new JavaBackend(1)) {
            refused("rows must be at most 2147, with 1000000 plans, not 2148", () -> new EnvironmentPlanner(
                    new RandomShooting(1_000_000), ANGLE, 1, 2148, backend, 0));
        }
        // what is at a bound is within
        new Ensemble.Settings(1000, Collections.nCopies(100, 100_000), 0);
        new Learning(List.of(), 1_000_000, 1, 0, 0, 100_000_000, 0, 1, 1);
        learning(1e-30);
        learning(1e30);
        mbpo(1000);
        pets(1e-3, 999);
        for (double temperature : new double[] {1e-30, 1e30}) {
            new SoftQ.Settings(learning(1), 1, 0.1, temperature);
            assertTrue(Float.isFinite((float) temperature) && Float.isFinite((float) (1 / temperature)));
        }
    }
}
