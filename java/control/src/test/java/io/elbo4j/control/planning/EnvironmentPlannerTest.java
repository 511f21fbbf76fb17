package io.elbo4j.control.planning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.control.environment.CartPole;
import io.elbo4j.control.environment.CartPoleContinuous;
import io.elbo4j.control.environment.Cross;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Fork;
import io.elbo4j.control.environment.Pendulum;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.environment.StepResult;
import io.elbo4j.control.evaluation.Returns;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.NonFiniteException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class EnvironmentPlannerTest {
    private static final int EPISODES = 8;

    private static double mean(Search search, Environment environment, int horizon, int episodes) {
        try (Backend backend = new JavaBackend(1); EnvironmentPlanner planner = new EnvironmentPlanner(search,
                environment, horizon, episodes, backend, 0)) {
            return Returns.of(planner, environment, episodes).mean();
        }
    }

    /** Measured: -148, -150 and -257; random torques have -1236 on average. */
    @Test
    void swingsThePendulumUp() {
        double crossEntropy = mean(CrossEntropy.of(60, 4), new Pendulum(), 25, EPISODES);
        double pathIntegral = mean(PathIntegral.of(150), new Pendulum(), 25, EPISODES);
        double shooting = mean(new RandomShooting(150), new Pendulum(), 25, EPISODES);
        String found = "CEM " + crossEntropy + ", MPPI " + pathIntegral + ", random shooting " + shooting;
        System.out.println(found);
        assertTrue(crossEntropy > -170 && pathIntegral > -180, found);
        assertTrue(shooting < crossEntropy - 20 && shooting < pathIntegral - 20, found);
    }

    /** After a terminal state there is no reward: pushes that keep the pole up are worth more. */
    @Test
    void balances() {
        assertEquals(200, mean(CrossEntropy.of(40, 3), new CartPoleContinuous(), 30, 4));
    }

    private static float[] actions(Search search, int horizon, int rows, long seed, int decisions) {
        Environment environment = new Pendulum();
        Simulation batch = new Simulation(environment, rows, 1);
        StepResult result = StepResult.of(batch);
        batch.resetToEvaluation(0, result.observations());
        float[] chosen = new float[rows];
        float[] all = new float[rows * decisions];
        try (Backend backend = new JavaBackend(1); EnvironmentPlanner planner = new EnvironmentPlanner(search,
                environment, horizon, rows, backend, seed)) {
            for (int i = 0; i < decisions; i++) {
                planner.act(batch, result.observations(), chosen);
                batch.step(chosen, result);
                System.arraycopy(chosen, 0, all, i * rows, rows);
            }
        }
        return all;
    }

    @Test
    void everySettingChangesTheBits() {
        Set<String> seen = new HashSet<>();
        Search cem = new CrossEntropy(20, 4, 2, 0.1, 0.5);
        Search mppi = new PathIntegral(20, 1, 1, 0.5, 0.5);
        Search[] searches = {cem, new CrossEntropy(21, 4, 2, 0.1, 0.5), new CrossEntropy(20, 5, 2, 0.1, 0.5),
                new CrossEntropy(20, 4, 3, 0.1, 0.5), new CrossEntropy(20, 4, 2, 0.2, 0.5),
                new CrossEntropy(20, 4, 2, 0.1, 0.6), mppi, new PathIntegral(21, 1, 1, 0.5, 0.5),
                new PathIntegral(20, 2, 1, 0.5, 0.5), new PathIntegral(20, 1, 2, 0.5, 0.5),
                new PathIntegral(20, 1, 1, 0.6, 0.5), new PathIntegral(20, 1, 1, 0.5, 0.6), new RandomShooting(20),
                new RandomShooting(21)};
        for (Search search : searches) {
            assertTrue(seen.add(Arrays.toString(actions(search, 6, 2, 0, 5))), search + " changes nothing");
        }
        for (Search search : new Search[] {cem, mppi, new RandomShooting(20)}) {
            assertTrue(seen.add(Arrays.toString(actions(search, 7, 2, 0, 5))), "the horizon changes nothing");
            assertTrue(seen.add(Arrays.toString(actions(search, 6, 2, 1, 5))), "the seed changes nothing");
        }
    }

    /** Rows know nothing of each other: the first two of four are what two alone are. */
    @Test
    void moreRowsHaveTheSameFirstOnes() {
        float[] two = actions(new CrossEntropy(20, 4, 2, 0.1, 0.5), 6, 2, 0, 4);
        float[] four = actions(new CrossEntropy(20, 4, 2, 0.1, 0.5), 6, 4, 0, 4);
        for (int i = 0; i < two.length; i++) {
            assertEquals(two[i], four[i / 2 * 4 + i % 2]);
        }
        assertFalse(two[0] == two[1]);
    }

    @Test
    void whatIsRefused() {
        try (Backend backend = new JavaBackend(1)) {
            Search search = new RandomShooting(3);
            assertThrows(ArgumentException.class, () -> new EnvironmentPlanner(search, new CartPole(), 5, 1, backend,
                    0));
            assertThrows(ArgumentException.class, () -> new EnvironmentPlanner(search, new Fork(), 0, 1, backend, 0));
            assertThrows(ArgumentException.class, () -> new EnvironmentPlanner(search, new Fork(), 5, 0, backend, 0));
            assertThrows(ArgumentException.class, () -> new EnvironmentPlanner(null, new Fork(), 5, 1, backend, 0));
            try (EnvironmentPlanner two = new EnvironmentPlanner(search, new Fork(), 5, 2, backend, 0)) {
                assertThrows(ArgumentException.class, () -> two.act(new Simulation(new Fork(), 1, 0), new float[2],
                        new float[1]));
                assertEquals("batch must be copies of fork, not cross", assertThrows(ArgumentException.class,
                        () -> two.act(new Simulation(new Cross(), 2, 0), new float[8], new float[2])).getMessage());
            }
        }
    }

    /** A few plans without a number cost nothing, those of all are said. */
    @Test
    void returnsThatAreNoNumbers() {
        Pendulum pendulum = new Pendulum();
        for (Search search : List.of(new RandomShooting(4), CrossEntropy.of(4, 2), PathIntegral.of(4))) {
            for (double share : new double[] {0.5, 1}) {
                int[] episode = {0};
                Environment broken = (Environment) Proxy.newProxyInstance(Environment.class.getClassLoader(),
                        new Class<?>[] {Environment.class}, (self, method, arguments) -> method.getName().equals("step")
                                && episode[0]++ % 4 < 4 * share ? Double.NaN : method.invoke(pendulum, arguments));
                try (Backend backend = new JavaBackend(1);
                        EnvironmentPlanner planner = new EnvironmentPlanner(search, broken, 1, 1, backend, 3)) {
                    Simulation batch = new Simulation(pendulum, 1, 3);
                    float[] observation = new float[3];
                    batch.reset(new boolean[] {true}, observation);
                    float[] action = new float[1];
                    if (share == 1) {
                        assertEquals("no plan can be chosen by its return: all are NaN or -inf, or one is +inf; they"
                                + " are those of environment 'pendulum'", assertThrows(NonFiniteException.class,
                                        () -> planner.act(batch, observation, action)).getMessage());
                    } else {
                        planner.act(batch, observation, action);
                        assertTrue(Math.abs(action[0]) <= 2, search + ": " + action[0]);
                    }
                }
            }
        }
    }

    /** Whatever it has planned before, and however often. */
    @Test
    void anEvaluationBeginsAnew() {
        try (Backend backend = new JavaBackend(1);
                EnvironmentPlanner planner = new EnvironmentPlanner(new CrossEntropy(20, 4, 2, 0.1, 0.5),
                        new Pendulum(),
                        5, 3, backend, 1)) {
            double[] first = Returns.of(planner, new Pendulum(), 3).ofEpisodes();
            assertArrayEquals(first, Returns.of(planner, new Pendulum(), 3).ofEpisodes());
        }
    }

    /** Otherwise one thread would not be one. */
    @Test
    void stepsAreTakenByAsManyThreadsAsTheBackendHas() {
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        Pendulum inner = new Pendulum();
        Environment pendulum = (Environment) Proxy.newProxyInstance(Environment.class.getClassLoader(), new Class<?>[] {
                Environment.class}, (proxy, method, given) -> {
                    if (method.getName().equals("step")) {
                        seen.add(Thread.currentThread());
                    }
                    return method.invoke(inner, given);
                });
        try (Backend backend = new JavaBackend(1);
                EnvironmentPlanner planner = new EnvironmentPlanner(new CrossEntropy(50, 4, 3, 0.1, 0.5), pendulum, 20,
                        8, backend, 1)) {
            planner.act(new Simulation(pendulum, 8, 1), new float[24], new float[8]);
        }
        assertEquals(1, seen.size(), seen.toString());
    }
}
