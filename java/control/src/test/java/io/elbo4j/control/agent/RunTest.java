package io.elbo4j.control.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.control.dynamics.Ensemble;
import io.elbo4j.control.environment.CartPole;
import io.elbo4j.control.environment.CartPoleContinuous;
import io.elbo4j.control.environment.CartPoleSwingUp;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.GridSoft;
import io.elbo4j.control.environment.Pendulum;
import io.elbo4j.control.environment.PendulumAngle;
import io.elbo4j.control.environment.PendulumPixels;
import io.elbo4j.control.environment.Planar;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.environment.StepResult;
import io.elbo4j.control.environment.TimeLimit;
import io.elbo4j.control.evaluation.Returns;
import io.elbo4j.control.planning.CrossEntropy;
import io.elbo4j.control.planning.PathIntegral;
import io.elbo4j.control.planning.RandomShooting;
import io.elbo4j.control.planning.Search;
import io.elbo4j.control.world.LocallyLinear;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.checkpoint.CheckpointException;
import io.elbo4j.train.checkpoint.Safetensors;
import io.elbo4j.train.graph.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is saved goes on. */
class RunTest {
    private static final Learning TINY = new Learning(List.of(8), 16, 1e-3, 0, 0.9, 50, 20, 2, 3);

    private static final Map<SavableAgent.Settings, Environment> LEARNERS = Map.of(new Sac.Settings(TINY, 0.01),
            new TimeLimit(
                    new Pendulum(), 30), new Dqn.Settings(TINY, 10, 0.1, 0.1, 40), new CartPole(), new SoftQ.Settings(
                            TINY, 10,
                            0.1, 0.5),
            new GridSoft(), new Mbpo.Settings(TINY, 0.01, 2, 5, 3, 4, 6, 2, 10, 0.25), new CartPoleContinuous());

    private static final Map<SavableAgent.Settings, Environment> ALL = new HashMap<>(LEARNERS);

    static {
        Environment swingUp = new TimeLimit(new CartPoleSwingUp(), 30);
        ALL.put(pets(new CrossEntropy(4, 2, 2, 0.1, 0.5), false), swingUp);
        ALL.put(pets(PathIntegral.of(4), true), swingUp);
        ALL.put(pets(new RandomShooting(3), false), swingUp);
        ALL.put(new Mbpo.Settings(TINY, 0.01, 2, 5, 3, 4, 6, 2, 10, 0.25, true), new TimeLimit(new Pendulum(), 30));
        ALL.put(new RepresentationSac.Settings(new Sac.Settings(TINY, 0.01), 2, 5, 1, 8, 1e-3, 5), new TimeLimit(
                new PendulumAngle(), 17));
        ALL.put(WorldAgentTest.DREAMER, new TimeLimit(new PendulumAngle(), 17));
        ALL.put(AgentSettings.with(WorldAgentTest.DREAMER, Map.of("bytes", true, "centred", true)), new TimeLimit(
                new PendulumPixels(), 17));
        ALL.put(WorldAgentTest.PLANET, new TimeLimit(new PendulumAngle(), 17));
        ALL.put(WorldAgentTest.SLAC, new TimeLimit(new PendulumAngle(), 17));
        ALL.put(SolarTest.TINY, new TimeLimit(new PendulumAngle(), 17));
        ALL.put(e2c(new CrossEntropy(4, 2, 2, 0.1, 0.5)), new TimeLimit(new Planar(), 13));
        ALL.put(e2c(PathIntegral.of(4)), new TimeLimit(new Planar(), 13));
    }

    private static E2c.Settings e2c(Search search) {
        return new E2c.Settings(new LocallyLinear.Settings(2, List.of(4), List.of(3), List.of(5), 0.25, 100),
                new ModelLearning.Settings(8, 1e-3, 4, 8, 1e-2, 5), 45, 3, search, 3, 3);
    }

    private static Pets.Settings pets(Search search, boolean learnReward) {
        return new Pets.Settings(new Ensemble.Settings(2, List.of(5), 0.5), search, 3, 8, 1e-3, 1e-5, 5, 50, 20, 0.5,
                learnReward);
    }

    private static Run begin(SavableAgent.Settings settings, Environment environment, Backend backend, long seed) {
        return new Run(Agents.create(settings, environment, backend, seed),
                environment);
    }

    private static void steps(Run run, int last) {
        while (run.steps() < last) {
            run.step();
        }
    }

    /** Its file, all of it: parameters, moments, what it remembers, counters and the environment's state. */
    private static String sha256(Run run, Path directory) {
        Path file = directory.resolve("last.safetensors");
        run.save(file);
        return Safetensors.sha256(file);
    }

    /** Before it learns, while its memory fills, after it has come around, in the middle of episodes and after one. */
    @Test
    void whoIsSavedAndResumedEndsInTheSameBits(@TempDir Path directory) {
        ALL.forEach((settings, environment) -> {
            try (Backend backend = new JavaBackend(1); Run through = begin(settings, environment, backend, 3)) {
                steps(through, 100);
                String expected = sha256(through, directory);
                for (int stop : new int[] {0, 1, 20, 37, 60, 90, 100}) {
                    Path file = directory.resolve("stopped.safetensors");
                    try (Run first = begin(settings, environment, backend, 3)) {
                        steps(first, stop);
                        first.save(file);
                        // what comes after is lost, as where the process is killed
                        steps(first, stop + 3);
                    }
                    try (Run second = Run.resume(file, settings, environment, backend, 3)) {
                        assertEquals(stop, second.steps());
                        steps(second, 100);
                        assertEquals(expected, sha256(second, directory), settings + " stopped at " + stop);
                    }
                }
                try (Run other = begin(settings, environment, backend, 4)) {
                    steps(other, 100);
                    assertNotEquals(expected, sha256(other, directory));
                }
            }
        });
    }

    @Test
    void aLearnerIsLoadedByItselfAndActs(@TempDir Path directory) {
        Path file = directory.resolve("agent.safetensors");
        LEARNERS.forEach((settings, environment) -> {
            float[] seen = new float[environment.observations().columns()];
            double[] state = new double[environment.stateSize()];
            environment.evaluationStart(1, state);
            environment.observe(state, seen);
            float[] expected = new float[environment.actions().columns()];
            try (Backend backend = new JavaBackend(1); Run run = begin(settings, environment, backend, 3);
                    Agent.GreedyPolicy greedy = run.agent().greedy(1)) {
                steps(run, 60);
                greedy.act(seen, expected);
                run.agent().save(file);
            }
            try (Backend backend = new JavaBackend(1); Agent agent = Agents.load(file, backend)) {
                assertArrayEquals(expected, agent.act(seen));
                assertArrayEquals(expected, agent.act(seen), "it learns nothing from that");
            }
        });
    }

    /** Also what plans on from what it has planned, or acts on what it has seen before. */
    @Test
    void anAgentIsLoadedWithItsEnvironmentAndActs(@TempDir Path directory) {
        Path file = directory.resolve("agent.safetensors");
        ALL.forEach((settings, environment) -> {
            float[] seen = new float[environment.observations().columns()];
            try (Backend backend = new JavaBackend(1); Run run = begin(settings, environment, backend, 3)) {
                steps(run, 50);
                run.agent().save(file);
                float[] before = new float[environment.actions().columns()];
                float[] later = before.clone();
                try (SavableAgent loaded = Agents.load(file, environment, backend);
                        Agent.GreedyPolicy policy = run.agent().greedy(1)) {
                    policy.act(seen, before);
                    policy.act(seen, later);
                    assertArrayEquals(before, loaded.act(seen), settings.toString());
                    assertArrayEquals(later, loaded.act(seen), settings.toString());
                    if (settings instanceof Pets.Settings || settings instanceof E2c.Settings) {
                        assertNotEquals(before[0], later[0]);
                    }
                }
            }
        });
    }

    /** Neither the plan, nor what was seen before, nor any counter of what it learns from is another then. */
    @Test
    void actingIsNoPartOfLearning(@TempDir Path directory) {
        ALL.forEach((settings, environment) -> {
            float[] seen = new float[environment.observations().columns()];
            String[] ends = new String[2];
            for (int acts = 0; acts < 2; acts++) {
                try (Backend backend = new JavaBackend(1); Run run = begin(settings, environment, backend, 3)) {
                    for (int step = 0; step < 60; step++) {
                        run.step();
                        if (acts == 1) {
                            run.agent().act(seen);
                        }
                    }
                    ends[acts] = sha256(run, directory);
                }
            }
            assertEquals(ends[0], ends[1], settings.toString());
        });
    }

    /** Of what remembers: what it saw before it began anew has no say, and has one where it did not. */
    @Test
    void policiesBeginAnew() {
        Environment swingUp = new TimeLimit(new CartPoleSwingUp(), 30);
        Environment angle = new TimeLimit(new PendulumAngle(), 30);
        Environment planar = new TimeLimit(new Planar(), 13);
        RepresentationSac.Settings codes = new RepresentationSac.Settings(new Sac.Settings(TINY, 0.01), 2, 5, 1, 8,
                1e-3, 5);
        Map<SavableAgent.Settings, Environment> remembering = Map.of(codes, angle, pets(new CrossEntropy(20, 4, 2, 0.1,
                0.5), false), swingUp, e2c(new CrossEntropy(20, 4, 2, 0.1, 0.5)), planar, WorldAgentTest.DREAMER, angle,
                WorldAgentTest.SLAC, angle,
                new Planet.Settings(WorldAgentTest.MODEL, WorldAgentTest.LEARNING, PathIntegral.of(8), 3), angle);
        remembering.forEach((settings, environment) -> {
            try (Backend backend = new JavaBackend(1); Run run = begin(settings, environment, backend, 3)) {
                steps(run, 50);
                for (boolean anew : new boolean[] {true, false}) {
                    Set<Float> actions = new HashSet<>();
                    for (float before : new float[] {-1, -0.5f, 0.2f, 1}) {
                        float[] seen = new float[environment.observations().columns()];
                        float[] action = new float[environment.actions().columns()];
                        try (Agent.GreedyPolicy policy = run.agent().greedy(1)) {
                            Arrays.fill(seen, before);
                            policy.act(seen, action);
                            if (anew) {
                                policy.begin();
                            }
                            Arrays.fill(seen, 0.5f);
                            policy.act(seen, action);
                        }
                        actions.add(action[0]);
                    }
                    assertEquals(anew, actions.size() == 1, settings + ": " + actions);
                }
            }
        });
    }

    /** What an evaluation has seen and planned has no say in the next one, nor in what act does in another episode. */
    @Test
    void aPolicyIsEvaluatedTwice() {
        ALL.forEach((settings, environment) -> {
            float[] seen = new float[environment.observations().columns()];
            try (Backend backend = new JavaBackend(1); Run run = begin(settings, environment, backend, 3);
                    Agent.GreedyPolicy policy = run.agent().greedy(2)) {
                steps(run, 50);
                double[] first = Returns.of(policy, environment, 2).ofEpisodes();
                assertArrayEquals(first, Returns.of(policy, environment, 2).ofEpisodes(), settings.toString());
                float[] action = run.agent().act(seen);
                run.agent().act(seen);
                run.agent().beginActing();
                assertArrayEquals(action, run.agent().act(seen), settings.toString());
            }
        });
    }

    @Test
    void observationsOfAnotherSizeAreRefused() {
        ALL.forEach((settings, environment) -> {
            try (Backend backend = new JavaBackend(1);
                    SavableAgent agent = Agents.create(settings, environment, backend, 3)) {
                int columns = environment.observations().columns();
                float[] action = new float[environment.actions().columns()];
                for (int wrong : new int[] {0, columns + 1}) {
                    String expected = "observation must be " + columns + " numbers, not " + wrong;
                    assertEquals(expected, assertThrows(ArgumentException.class, () -> agent.act(new float[wrong]))
                            .getMessage());
                    assertEquals(expected, assertThrows(ArgumentException.class, () -> agent.explore(new float[wrong],
                            action)).getMessage());
                }
            }
        });
    }

    @Test
    void aGoalIsAskedFor(@TempDir Path directory) {
        Path file = directory.resolve("agent.safetensors");
        Environment planar = new Planar();
        try (Backend backend = new JavaBackend(1)) {
            try (SavableAgent e2c = Agents.create(e2c(PathIntegral.of(4)), planar, backend, 0)) {
                e2c.save(file);
            }
            refused(file + ": its goal must be an observation, which some environments show and a file by itself does"
                    + " not, not none", () -> Agents.load(file, backend));
            Agents.load(file, planar, backend).close();
        }
    }

    @Test
    void aRewardThatWasGivenIsAskedFor(@TempDir Path directory) {
        Path file = directory.resolve("agent.safetensors");
        Environment swingUp = new CartPoleSwingUp();
        Environment angle = new PendulumAngle();
        try (Backend backend = new JavaBackend(1)) {
            try (SavableAgent pets = Agents.create(pets(PathIntegral.of(4), false), swingUp, backend, 0)) {
                pets.save(file);
            }
            refused(file + ": its learnReward must be true where no reward is given, as of an environment that has none"
                    + " or of a file by itself, not false", () -> Agents.load(file, backend));
            assertTrue(assertThrows(CheckpointException.class, () -> Agents.load(file, angle, backend)).getMessage()
                    .startsWith(file + ": has observations = "));
            try (SavableAgent pets = Agents.create(pets(PathIntegral.of(4), true), swingUp, backend, 0)) {
                pets.save(file);
            }
            Agents.load(file, backend).close();
        }
    }

    /** Somebody else's search plans, but no file can name it. */
    @Test
    void aSearchOfYourOwnIsNotSaved(@TempDir Path directory) {
        Path file = directory.resolve("agent.safetensors");
        record Own(RandomShooting same) implements Search {
            @Override
            public int population() {
                return same.population();
            }

            @Override
            public int iterations() {
                return same.iterations();
            }

            @Override
            public double deviation() {
                return same.deviation();
            }

            @Override
            public Value plans(Value mean, Value deviation) {
                return same.plans(mean, deviation);
            }

            @Override
            public Next next(Value mean, Value deviation, Value plans, Value returns) {
                return same.next(mean, deviation, plans, returns);
            }
        }
        try (Backend backend = new JavaBackend(1); SavableAgent pets = Agents.create(pets(new Own(new RandomShooting(
                4)), true), new Pendulum(), backend, 0)) {
            assertTrue(Float.isFinite(pets.act(new float[3])[0]));
            assertTrue(assertThrows(ArgumentException.class, () -> pets.save(file)).getMessage().startsWith(
                    "search must be one of cross-entropy, path-integral, random-shooting, not Own["));
            assertTrue(Files.notExists(file));
        }
    }

    /** Adam's moments and the memory are there as they were: an agent without its world goes on, too. */
    @Test
    void anAgentThatIsLoadedLearnsOn(@TempDir Path directory) {
        Path file = directory.resolve("agent.safetensors");
        Path[] later = {directory.resolve("a"), directory.resolve("b")};
        Dqn.Settings settings = new Dqn.Settings(TINY, 10, 0.1, 0.1, 40);
        try (Backend backend = new JavaBackend(1); Run run = begin(settings, new CartPole(), backend, 3)) {
            steps(run, 60);
            run.agent().save(file);
            try (SavableAgent loaded = Agents.load(file, backend)) {
                assertEquals(60, loaded.decisions());
                assertEquals(run.agent().updates(), loaded.updates());
                SavableAgent[] both = {run.agent(), loaded};
                for (int i = 0; i < 2; i++) {
                    both[i].explore(new float[4], new float[1]);
                    both[i].explore(new float[4], new float[1]);
                    both[i].learn();
                    both[i].save(later[i]);
                }
            }
        }
        assertEquals(Safetensors.sha256(later[0]), Safetensors.sha256(later[1]));
        assertNotEquals(Safetensors.sha256(file), Safetensors.sha256(later[0]));
    }

    /** Against a simulation of its own, whose actions are those of the first steps; also of one that was resumed. */
    @Test
    void theReturnsOfTrainingAreSumsOfRewards(@TempDir Path directory) {
        Path file = directory.resolve("run.safetensors");
        Dqn.Settings settings = new Dqn.Settings(new Learning(List.of(8), 16, 1e-3, 0, 0.9, 50, 1000, 1, 1), 10, 0.1,
                0.1,
                40);
        Environment grid = new TimeLimit(new GridSoft(), 5);
        Simulation own = new Simulation(grid, 1, 3);
        StepResult result = StepResult.of(own);
        List<Double> expected = new ArrayList<>();
        for (int t = 0; t < 23; t++) {
            if (t % 5 == 0) {
                own.reset(new boolean[] {true}, result.observations());
                expected.add(0.0);
            }
            own.step(new float[] {new Draws(3, "exploration").at(0, 0, t).below(GridSoft.ACTIONS)}, result);
            expected.set(t / 5, expected.get(t / 5) + result.rewards()[0]);
            assertEquals(t % 5 == 4, result.truncated()[0], "the goal is too far away");
        }
        try (Backend backend = new JavaBackend(1)) {
            try (Run run = begin(settings, grid, backend, 3)) {
                steps(run, 11);
                assertEquals(expected.subList(0, 2), run.takeReturns());
                assertEquals(List.of(), run.takeReturns());
                steps(run, 17);
                run.save(file);
            }
            try (Run run = Run.resume(file, settings, grid, backend, 3)) {
                steps(run, 23);
                assertEquals(expected.subList(2, 4), run.takeReturns());
            }
        }
    }

    @Test
    void theLossesOfTheLastUpdateAreNamed() {
        try (Backend backend = new JavaBackend(1);
                Run run = begin(new Sac.Settings(TINY, 0.01), new Pendulum(), backend, 3)) {
            assertEquals(Map.of(), run.agent().losses());
            steps(run, 60);
            assertEquals(List.of("critic 0", "critic 1", "actor", "temperature"), List.copyOf(run.agent().losses()
                    .keySet()));
            run.agent().losses().values().forEach(loss -> assertTrue(Double.isFinite(loss)));
            assertTrue(run.agent().losses().get("critic 0") > 0);
        }
    }

    /** Until there is another update; of PETS and E2C, that say none, there are none. */
    @Test
    void theLossesOfTheLastUpdateAreThereAfterARunIsResumed(@TempDir Path directory) {
        Path file = directory.resolve("run.safetensors");
        ALL.forEach((settings, environment) -> {
            try (Backend backend = new JavaBackend(1); Run run = begin(settings, environment, backend, 3)) {
                steps(run, 50);
                Map<String, Double> losses = run.losses();
                assertEquals(settings instanceof Pets.Settings || settings instanceof E2c.Settings, losses.isEmpty());
                assertEquals(run.agent().losses(), losses);
                run.save(file);
                try (Run resumed = Run.resume(file, settings, environment, backend, 3)) {
                    assertEquals(losses, resumed.losses());
                    assertEquals(List.copyOf(losses.keySet()), List.copyOf(resumed.losses().keySet()));
                    // a round of Solar ends after 68
                    steps(run, 70);
                    steps(resumed, 70);
                    assertEquals(run.losses(), resumed.losses());
                    assertEquals(losses.isEmpty(), losses.equals(resumed.losses()));
                }
            }
        });
    }

    /** A loss may be what JSON has no number for; files without losses are older ones. */
    @Test
    void lossesAreReadAsTheyWere() {
        String older = metadata("sac", "\"rate\":0.1", COUNTERS);
        assertEquals(List.of(), AgentJson.read(AgentState.class, older).stage().losses());
        List<AgentState.NamedLoss> losses = new ArrayList<>();
        for (double value : new double[] {Math.PI, 0.1f, 1e-300, Double.NaN, Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY}) {
            losses.add(new AgentState.NamedLoss("a " + value, value));
        }
        AgentState state = AgentJson.read(AgentState.class, older);
        AgentState.Stage stage = new AgentState.Stage("", 0, state.stage().episode(), 0, List.of(), losses);
        assertEquals(losses, AgentJson.read(AgentState.class, AgentJson.write(new AgentState("sac", state.settings(),
                state.observations(), state.actions(), 3, state.counters(), stage))).stage().losses());
    }

    @Test
    void whatIsNotTheSameIsNamedWithBoth(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("run.safetensors");
        Sac.Settings settings = new Sac.Settings(TINY, 0.01);
        Environment swingUp = new CartPoleSwingUp();
        Environment pendulum = new Pendulum();
        try (Backend backend = new JavaBackend(1)) {
            try (Run run = begin(settings, pendulum, backend, 3)) {
                steps(run, 40);
                run.save(file);
            }
            refused(file + ": has agent = sac, expected dqn", () -> Run.resume(file, new Dqn.Settings(TINY, 10, 0.1,
                    0.1,
                    40), new CartPole(), backend, 3));
            refused(file + ": has environment = pendulum, expected cart-pole-swing-up", () -> Run.resume(file, settings,
                    io.elbo4j.control.environment.Environments.named("cart-pole-swing-up"), backend, 3));
            refused(file + ": has limit = 200, expected 50", () -> Run.resume(file, settings, new TimeLimit(pendulum,
                    50), backend, 3));
            refused(file + ": has seed = 3, expected 4", () -> Run.resume(file, settings, pendulum, backend, 4));
            refused(file + ": has rate = 0.01, expected 0.02", () -> Run.resume(file, new Sac.Settings(TINY, 0.02),
                    pendulum, backend, 3));
            refused(file + ": has widths = [8], expected [9]", () -> Run.resume(file, new Sac.Settings(new Learning(List
                    .of(9), 16, 1e-3, 0, 0.9, 50, 20, 2, 3), 0.01), pendulum, backend, 3));
            try (Run run = begin(pets(new RandomShooting(4), false), swingUp, backend, 3)) {
                run.save(file);
            }
            refused(file + ": has search = RANDOM_SHOOTING, expected PATH_INTEGRAL", () -> Run.resume(file, pets(
                    PathIntegral.of(4), false), swingUp, backend, 3));
            refused(file + ": has population = 4, expected 5", () -> Run.resume(file, pets(new RandomShooting(5),
                    false), swingUp, backend, 3));
            refused(file + ": has learnReward = false, expected true", () -> Run.resume(file, pets(new RandomShooting(
                    4), true), swingUp, backend, 3));
            Path none = directory.resolve("none.safetensors");
            refused(none + ": no such file, expected a checkpoint", () -> Agents.load(none, backend));
            Path other = directory.resolve("other.safetensors");
            Safetensors.write(other, Map.of(), List.of());
            refused(other + ": is not of an agent, expected what an agent has saved", () -> Agents.load(other,
                    backend));
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length - 1] ^= 1;
            Files.write(other, bytes);
            refused(other + ": is damaged: its content does not have the SHA-256 it states", () -> Agents.load(other,
                    backend));
            Files.write(other, java.util.Arrays.copyOf(bytes, bytes.length / 2));
            assertThrows(CheckpointException.class, () -> Agents.load(other, backend));
        }
    }

    @Test
    void aSearchInAFileIsNamed(@TempDir Path directory) {
        Path file = directory.resolve("forged.safetensors");
        String search = "{\"kind\":\"cross-entropy\",\"population\":4,\"elites\":2,\"iterations\":2,\"keep\":0.1,"
                + "\"deviation\":0.5}";
        for (String[] each : new String[][] {{search, ": holds no F32 tensor 'model.inputs.mean'"},
                {search.replace("cross-entropy", "cem"), ": its metadata has search = 'cem', expected one of"
                        + " cross-entropy, path-integral, random-shooting"},
                {search.replace("cross-entropy", "path-integral"), ": its metadata lacks settings.search.temperature"},
                {search.replace("\"kind\":\"cross-entropy\",", ""), ": its metadata lacks settings.search.kind"},
                {search.replace("\"elites\":2", "\"elites\":5"), ": its metadata cannot be used:"
                        + " settings.search.elites must be from 1 to the population, 4, not 5"},
                {"4", ": its metadata has settings.search = a number, expected a JSON object"}}) {
            String json = metadata("pets", "\"rate\":0.1", COUNTERS).replaceAll("\"settings\":.*?\\},\"rate\":0.1",
                    "\"settings\":{\"model\":{\"members\":2,\"widths\":[5],\"prior\":0,\"rough\":false},\"search\":"
                            + each[0] + ",\"horizon\":3,\"batch\":8,\"learningRate\":0.001,\"weightDecay\":0,"
                            + "\"updates\":5,\"capacity\":50,\"randomSteps\":20,\"pessimism\":0,"
                            + "\"learnReward\":true");
            Safetensors.write(file, Map.of("elbo4j.agent", json), List.of());
            try (Backend backend = new JavaBackend(1)) {
                refused(file + each[1], () -> Agents.load(file, backend));
            }
        }
    }

    private static final String COUNTERS =
            "\"counters\":{\"decisions\":0,\"updates\":0,\"remembered\":0,\"planned\":0}";

    private static String metadata(String agent, String settings, String counters) {
        return "{\"agent\":\"" + agent + "\",\"settings\":{\"learning\":{\"widths\":[8],\"batch\":16,\"learningRate\":"
                + "0.001,\"decay\":0,\"discount\":0.9,\"capacity\":50,\"randomSteps\":20,\"every\":2,\"updates\":3},"
                + settings
                + "},\"observations\":{\"count\":0,\"low\":[-1.0],\"high\":[\"Infinity\"]},\"actions\":{\"count\":0,"
                + "\"low\":[-2.0],\"high\":[2.0]},\"seed\":3," + counters + ",\"stage\":{\"environment\":\"\","
                + "\"limit\":0,\"episode\":{\"state\":[],\"number\":0,\"step\":0,\"running\":false},\"gained\":0,"
                + "\"returns\":[]}}";
    }

    @Test
    void whatSomebodyHasWrittenIsNotTakenOnTrust(@TempDir Path directory) {
        Path file = directory.resolve("forged.safetensors");
        for (String[] each : new String[][] {
                {metadata("sax", "\"rate\":0.1", COUNTERS),
                        ": its metadata has agent = 'sax', expected one of " + Arrays.stream(AgentKind.values()).map(
                                AgentKind::words).collect(Collectors.joining(", "))},
                {metadata("sac", "\"rate\":2", COUNTERS),
                        ": its metadata cannot be used: settings.rate must be above 0 and below 1, not 2.0"},
                {metadata("sac", "\"rat\":0.1", COUNTERS), ": its metadata lacks settings.rate"},
                {metadata("sac", "\"rate\":0.1", COUNTERS.replace("\"updates\":0", "\"updates\":-1")),
                        ": its metadata cannot be used: counters.updates must be at least 0, not -1"},
                {metadata("sac", "\"rate\":0.1", COUNTERS), ": holds no F32 tensor 'actor.0.weight'"},
                {"{}", ": its metadata lacks agent"}, {"", ": its metadata is not the JSON that elbo4j writes"}}) {
            Safetensors.write(file, Map.of("elbo4j.agent", each[0]), List.of());
            try (Backend backend = new JavaBackend(1)) {
                refused(file + each[1], () -> Agents.load(file, backend));
            }
        }
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(CheckpointException.class, action::run).getMessage());
    }
}
