package io.elbo4j.control.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.ElementType;
import io.elbo4j.Matrix;
import io.elbo4j.control.environment.CartPole;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.PendulumAngle;
import io.elbo4j.control.environment.PendulumPixels;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.planning.CrossEntropy;
import io.elbo4j.control.planning.PathIntegral;
import io.elbo4j.control.planning.RandomShooting;
import io.elbo4j.control.planning.Search;
import io.elbo4j.control.world.WorldModel;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.NonFiniteException;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.picture.Lines;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What agents with a world model remember, and that everything they are told has a say. */
class WorldAgentTest {
    static final WorldModel.Settings MODEL = new WorldModel.Settings(WorldModel.Path.RECURRENT, 6, 2, List.of(5), List
            .of(5), List.of(5), 1, 2, 0.8, 0.12, false, false);
    static final WorldLearning LEARNING = new WorldLearning(3, 4, 1e-3, 0.5, 60, false, 20, 3, 10, 2, 0.2);
    static final Dreamer.Settings DREAMER = new Dreamer.Settings(MODEL, LEARNING, 3, 0.9, 0.8, 0.1, 1e-3, 2e-3, 2);
    static final Planet.Settings PLANET = new Planet.Settings(MODEL, LEARNING, new CrossEntropy(6, 2, 2, 0.1, 0.8), 3);
    static final Slac.Settings SLAC = new Slac.Settings(new WorldModel.Settings(WorldModel.Path.TWO_LEVEL, 6, 2, List
            .of(5), List.of(5), List.of(5), 1, 2, 0.8, 0.12, false, false), new WorldLearning(3, 4, 1e-3, 0.5, 60,
                    false, 20, 3, 2, 1,
                    0.2), 0.9, 0.1, 2e-3);

    /** Episodes of three steps that terminate, and of four that are truncated; what is seen is where it is. */
    private static final class Counting implements Environment {
        private final boolean terminates;

        Counting(boolean terminates) {
            this.terminates = terminates;
        }

        @Override
        public String name() {
            return "counting";
        }

        @Override
        public String description() {
            return "";
        }

        @Override
        public Space observations() {
            return Space.Box.of(2, -10, 100);
        }

        @Override
        public Space actions() {
            return Space.Box.of(1, 0, 4);
        }

        @Override
        public int limit() {
            return 4;
        }

        @Override
        public int stateSize() {
            return 2;
        }

        @Override
        public void start(double[] state, Draws draws) {
            state[0] = 0;
            state[1] = draws.uniform(0, 1);
        }

        @Override
        public double step(double[] state, float[] action, Draws draws) {
            state[0]++;
            return 10 * state[0];
        }

        @Override
        public boolean terminated(double[] state) {
            return terminates && state[0] == 3;
        }

        @Override
        public void observe(double[] state, float[] observation) {
            observation[0] = (float) state[0];
            observation[1] = (float) state[1];
        }
    }

    @Test
    void aRowHasWhatHasLedToIt() {
        for (boolean terminates : new boolean[] {true, false}) {
            Environment counting = new Counting(terminates);
            int last = terminates ? 3 : 4;
            try (Backend backend = new JavaBackend(1); SavableAgent agent = Agents.create(PLANET, counting, backend,
                    1)) {
                Interaction interaction = new Interaction(new Recorder(agent), new Simulation(counting, 1, 1));
                for (int i = 0; i < 3 * last; i++) {
                    interaction.step();
                }
                AgentState.Counters at = agent.counters();
                assertEquals(3 * (last + 1), at.remembered(), "the last observation of an episode, too");
                Map<String, Matrix> rows = agent.matrices(at);
                float[] seen = rows.get("replay.observation").toArray();
                float[] action = rows.get("replay.action").toArray();
                float[] reward = rows.get("replay.reward").toArray();
                float[] continues = rows.get("replay.continues").toArray();
                Set<Float> episodes = new HashSet<>();
                int done = 0;
                for (int r = 0; r < at.remembered(); r++) {
                    int t = r % (last + 1);
                    episodes.add(seen[2 * r + 1]);
                    assertEquals(t, seen[2 * r]);
                    assertEquals(10f * t, reward[r], "with what it has led to");
                    assertEquals(terminates && t == last ? 0 : 1, continues[r], "truncated is not terminated");
                    assertEquals(t == 0 ? 0 : (Recorder.TAKEN.get(done++) - 2) / 2, action[r], 1e-6);
                }
                assertEquals(3, episodes.size());
            }
        }
    }

    /** Passes everything on, and keeps the actions. */
    private record Recorder(SavableAgent of) implements Agent {
        static final List<Float> TAKEN = new ArrayList<>();

        @Override
        public void begin() {
            if (of.decisions() == 0) {
                TAKEN.clear();
            }
            of.begin();
        }

        @Override
        public void explore(float[] observation, float[] action) {
            of.explore(observation, action);
            TAKEN.add(action[0]);
        }

        @Override
        public void remember(float[] observation, float[] action, float reward, boolean terminated, float[] next) {
            of.remember(observation, action, reward, terminated, next);
        }

        @Override
        public void learn() {
            // nothing, here
        }

        @Override
        public float[] act(float[] observation) {
            return of.act(observation);
        }

        @Override
        public void beginActing() {
            of.beginActing();
        }

        @Override
        public long updates() {
            return of.updates();
        }

        @Override
        public GreedyPolicy greedy(int rows) {
            return of.greedy(rows);
        }

        @Override
        public io.elbo4j.train.graph.Parameters parameters() {
            return of.parameters();
        }

        @Override
        public void close() {
            of.close();
        }
    }

    /** 3 after 20 decisions by chance, then 2 after each 10. */
    @Test
    void learnsWhenItIsTold() {
        Environment angle = new PendulumAngle();
        try (Backend backend = new JavaBackend(1); Run run = new Run(Agents.create(PLANET, angle, backend, 1), angle)) {
            for (int steps = 1; steps <= 45; steps++) {
                run.step();
                assertEquals(steps < 20 ? 0 : 3 + 2 * ((steps - 20) / 10), run.agent().updates(), steps + " steps");
            }
        }
    }

    /** A plan's rewards, each times the probability that the episode goes on until there. */
    @Test
    void rewardsAfterAnEndCountForNothing() {
        float[] plan = {0.3f, -0.9f, 0.7f, 0.1f};
        WorldModel model = new WorldModel(MODEL, 2, 1);
        Graph graph = new Graph();
        Value state = graph.input("state", model.space().columns());
        Value action = graph.input("action", 1);
        Value next = model.expect("next", state, action);
        Value reward = model.reward(next);
        Value continues = model.continues(next);
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, graph.parameters(),
                3); Step step = Step.of(graph, parameters, backend).rows(1).want(next, reward, continues).compile()) {
            // else all ends are as likely
            parameters.all().forEach(s -> s.value().set(drawn((int) (s.value().rows() * s.value().columns()))));
            double sum = 0;
            double weighed = 0;
            double reached = 1;
            for (float a : plan) {
                step.value(action).set(new float[] {a});
                step.run(0);
                sum += step.value(reward).toArray()[0];
                weighed += reached * step.value(reward).toArray()[0];
                reached *= step.value(continues).toArray()[0];
                step.value(state).set(step.value(next).toArray());
            }
            assertEquals(sum, worth(false, model, plan, parameters, backend), 1e-5);
            assertEquals(weighed, worth(true, model, plan, parameters, backend), 1e-5);
            assertTrue(Math.abs(sum - weighed) > 0.01 && reached > 1e-3, sum + " " + weighed + " " + reached);
        }
    }

    private static double worth(boolean ends, WorldModel model, float[] plan, Parameters parameters, Backend backend) {
        Graph graph = new Graph();
        Value start = graph.input("start", model.space().columns());
        Value plans = graph.input("plans", plan.length);
        Value worth = Planet.worth(new Planet.Settings(MODEL, LEARNING, new RandomShooting(1), plan.length, ends),
                model, start, plans);
        try (Step step = Step.of(graph, parameters, backend).rows(1).want(worth).compile()) {
            step.value(plans).set(plan);
            step.run(0);
            return step.value(worth).toArray()[0];
        }
    }

    private static float[] drawn(int count) {
        Random random = new Random(count);
        float[] all = new float[count];
        for (int i = 0; i < count; i++) {
            all[i] = (float) random.nextGaussian() / 2;
        }
        return all;
    }

    /** Episodes of four steps have five observations: one more is refused, three steps teach nothing. */
    @Test
    void episodesThatAreShorterThanAWindowAreNotLearnedFrom() {
        SavableAgent.Settings five = AgentSettings.with(PLANET, Map.of("window", 5));
        five.check(Surroundings.of(new Counting(false)));
        assertEquals("window must be at most 5, the observations of an episode, not 6", assertThrows(
                ArgumentException.class, () -> AgentSettings.with(PLANET, Map.of("window", 6)).check(Surroundings.of(
                        new Counting(false)))).getMessage());
        try (Backend backend = new JavaBackend(1); SavableAgent agent = Agents.create(five, new Counting(true), backend,
                1)) {
            Interaction shorter = new Interaction(agent, new Simulation(new Counting(true), 1, 1));
            while (shorter.steps() < 33) {
                shorter.step();
            }
            assertEquals(0, agent.updates());
            agent.begin();
            Interaction longer = new Interaction(agent, new Simulation(new Counting(false), 1, 1));
            for (int steps = 34; steps <= 60; steps++) {
                longer.step();
                assertEquals(steps < 40 ? 0 : 3 + 2 * ((steps - 40) / 10), agent.updates(), steps + " steps");
            }
        }
    }

    @Test
    void everySettingChangesTheBits() {
        for (SavableAgent.Settings settings : List.of(DREAMER, PLANET, SLAC)) {
            Set<Integer> seen = new HashSet<>();
            assertTrue(seen.add(play(settings, 0)));
            assertTrue(!seen.add(play(settings, 0)));
            assertTrue(seen.add(play(settings, 1)), "the seed changes nothing");
            AgentSettings.values(settings).forEach((name, value) -> {
                if (name.equals("bytes") || name.equals("search")) {
                    return;
                }
                SavableAgent.Settings other = AgentSettings.with(settings, Map.of(name, changed(name, value)));
                assertTrue(seen.add(play(other, 0)), AgentKind.of(settings) + ": " + name + " changes nothing");
            });
            if (settings == PLANET) {
                for (Search search : List.of(new PathIntegral(6, 2, 0.3, 0.5, 0.5), new RandomShooting(6))) {
                    assertTrue(seen.add(play(new Planet.Settings(MODEL, LEARNING, search, 3), 0)), search.toString());
                }
            }
        }
    }

    private static Object changed(String name, Object value) {
        if (value instanceof Integer i) {
            return name.equals("capacity") ? i / 2 : i + 1;
        }
        if (value instanceof Double d) {
            return name.equals("freeNats") ? 5.0 : d * 0.9;
        }
        if (value instanceof Boolean b) {
            return !b;
        }
        if (value instanceof List<?>) {
            return List.of(6);
        }
        return WorldModel.Path.MARKOV;
    }

    private static int play(SavableAgent.Settings settings, long seed) {
        Environment angle = new PendulumAngle();
        try (Backend backend = new JavaBackend(1); SavableAgent agent = Agents.create(settings, angle, backend, seed)) {
            Interaction interaction = new Interaction(agent, new Simulation(angle, 1, seed));
            while (interaction.steps() < 62) {
                interaction.step();
            }
            List<Integer> all = new ArrayList<>();
            agent.parameters().all().forEach(s -> all.add(Arrays.hashCode(s.value().toArray())));
            agent.matrices(agent.counters()).forEach((name, matrix) -> {
                if (name.equals("replay.action")) {
                    all.add(Arrays.hashCode(matrix.toArray()));
                }
            });
            return all.hashCode();
        }
    }

    /** What the plan is, and what is sampled, is the noise of the decision: added to it while it learns, not later. */
    @Test
    void noiseIsAddedWhileItLearns() {
        int decisions = 2000;
        Environment angle = new PendulumAngle();
        SavableAgent.Settings quiet = AgentSettings.with(PLANET, Map.of("noise", 0.0, "every", 100_000));
        SavableAgent.Settings loud = AgentSettings.with(PLANET, Map.of("noise", 0.05, "every", 100_000));
        System.out.println("seed 3");
        double sum = 0;
        double squares = 0;
        int counted = 0;
        try (Backend backend = new JavaBackend(1); SavableAgent a = Agents.create(quiet, angle, backend, 3);
                SavableAgent b = Agents.create(loud, angle, backend, 3)) {
            float[] seen = {0.6f, 0.8f};
            float[] without = new float[1];
            float[] with = new float[1];
            for (int i = 0; i < decisions; i++) {
                a.begin();
                b.begin();
                a.explore(seen, without);
                b.explore(seen, with);
                if (i < 20) {
                    assertEquals(without[0], with[0], "by chance, both");
                } else if (Math.abs(without[0]) < 0.8) {
                    double noise = (with[0] - without[0]) / 0.05;
                    sum += noise;
                    squares += noise * noise;
                    counted++;
                }
            }
        }
        assertTrue(counted > decisions / 3, counted + " plans in the middle");
        assertEquals(0, sum / counted, 4 / Math.sqrt(counted));
        assertEquals(1, squares / counted, 4 * Math.sqrt(2.0 / counted));
    }

    /** Encoder and decoder are of pictures less the mean of the random steps, which learning leaves alone. */
    @Test
    void theCentreIsTheMeanOfTheRandomSteps() {
        Environment pixels = new PendulumPixels();
        for (boolean bytes : new boolean[] {true, false}) {
            SavableAgent.Settings settings = AgentSettings.with(DREAMER, Map.of("bytes", bytes, "centred", true));
            try (Backend backend = new JavaBackend(1); Run run = new Run(Agents.create(settings, pixels, backend, 1),
                    pixels)) {
                double[] sum = new double[1024];
                while (run.steps() < 20) {
                    assertArrayEquals(new float[1024], centre(run.agent()));
                    run.step();
                }
                float[] seen = run.agent().matrices(run.agent().counters()).get("replay.observation").toArray();
                for (int i = 0; i < 21 * 1024; i++) {
                    sum[i % 1024] += bytes ? seen[i] / 255 - 0.5 : seen[i];
                }
                while (run.steps() < 41) {
                    float[] centre = centre(run.agent());
                    for (int i = 0; i < 1024; i++) {
                        assertEquals(sum[i] / 21, centre[i], 1e-6);
                    }
                    run.step();
                }
            }
        }
    }

    private static float[] centre(SavableAgent agent) {
        return agent.parameters().all().stream().filter(s -> s.parameter().name().equals("centre")).findFirst()
                .orElseThrow().value().toArray();
    }

    @Test
    void pixelsAreRememberedAsBytes() {
        Environment pixels = new PendulumPixels();
        SavableAgent.Settings bytes = AgentSettings.with(PLANET, Map.of("bytes", true));
        try (Backend backend = new JavaBackend(1); SavableAgent agent = Agents.create(bytes, pixels, backend, 1);
                SavableAgent floats = Agents.create(PLANET, pixels, backend, 1)) {
            for (SavableAgent each : List.of(agent, floats)) {
                Interaction interaction = new Interaction(each, new Simulation(pixels, 1, 1));
                while (interaction.steps() < 41) {
                    interaction.step();
                }
            }
            Matrix seen = agent.matrices(agent.counters()).get("replay.observation");
            Matrix same = floats.matrices(floats.counters()).get("replay.observation");
            assertEquals(ElementType.UINT8, seen.type());
            float[] stored = seen.toArray();
            float[] expected = same.toArray();
            // the first episode, before the plans of nearly the same models part
            for (int i = 0; i < 21 * 1024; i++) {
                assertEquals(expected[i], stored[i] / 255 - 0.5, 1e-6);
            }
        }
        Environment angle = new PendulumAngle();
        try (Backend backend = new JavaBackend(1); SavableAgent agent = Agents.create(bytes, angle, backend, 1)) {
            float[] seen = {0.123f, 0.5f};
            assertEquals("observation must be one of 256 numbers evenly from -1.0 to 1.0 in column 0, as bytes are to"
                    + " hold it: without bytes any number is kept, not 0.123", assertThrows(ArgumentException.class,
                            () -> agent.remember(seen,
                                    new float[1], 0, false, seen)).getMessage());
        }
    }

    @Test
    void divergenceIsSaidWithAdvice() {
        Environment angle = new PendulumAngle();
        for (WorldAgent.Settings each : List.of(DREAMER, PLANET, SLAC)) {
            var settings = AgentSettings.with(each, Map.of("learningRate", 1e30));
            try (Backend backend = new JavaBackend(1); Run run = new Run(Agents.create(settings, angle, backend, 1),
                    angle)) {
                String said = assertThrows(NonFiniteException.class, () -> {
                    for (int i = 0; i < 100; i++) {
                        run.step();
                    }
                }).getMessage();
                assertTrue(said.matches(
                        "after \\d+ updates of the agent its parameter '.+' is \\S+\\. A smaller learning"
                                + " rate may help"), said);
            }
        }
    }

    @Test
    void whatItCannotLiveInIsNamed() {
        for (SavableAgent.Settings settings : List.of(DREAMER, PLANET, SLAC)) {
            assertTrue(assertThrows(ArgumentException.class, () -> settings.check(Surroundings.of(new CartPole())))
                    .getMessage().startsWith("actions must be in a box with bounds, not "));
        }
        assertEquals("window must be from 2 to 1000, not 1", assertThrows(ArgumentException.class, () -> AgentSettings
                .with(
                        DREAMER, Map.of("window", 1))).getMessage());
        assertEquals("capacity must be at least a window, 4, not 3", assertThrows(ArgumentException.class,
                () -> AgentSettings.with(DREAMER, Map.of("capacity", 3))).getMessage());
        assertEquals("lambda must be from 0 to 1, not 1.5", assertThrows(ArgumentException.class, () -> AgentSettings
                .with(DREAMER, Map.of("lambda", 1.5))).getMessage());
    }

    /** An action of a policy is the same from a row of one as from a row of several. */
    @Test
    void rowsKnowNothingOfEachOther() {
        Environment angle = new PendulumAngle();
        try (Backend backend = new JavaBackend(1); Run run = new Run(Agents.create(DREAMER, angle, backend, 1),
                angle)) {
            while (run.steps() < 40) {
                run.step();
            }
            float[] seen = {0.6f, 0.8f, -1, 0, 0.8f, -0.6f};
            float[] all = new float[3];
            float[] one = new float[1];
            try (Agent.GreedyPolicy several = run.agent().greedy(3)) {
                several.act(seen, all);
                several.act(seen, all);
            }
            for (int r = 0; r < 3; r++) {
                try (Agent.GreedyPolicy single = run.agent().greedy(1)) {
                    single.act(Arrays.copyOfRange(seen, 2 * r, 2 * r + 2), one);
                    single.act(Arrays.copyOfRange(seen, 2 * r, 2 * r + 2), one);
                    assertArrayEquals(one, new float[] {all[r]});
                }
            }
        }
    }

    /** Frames in a row each for what is seen, known and expected; of other observations lines. */
    @Test
    void whatIsImaginedIsDrawn(@TempDir Path directory) throws IOException {
        for (Environment environment : List.of(new PendulumPixels(), new PendulumAngle())) {
            Path file = directory.resolve(environment.name() + ".png");
            try (Backend backend = new JavaBackend(1); WorldAgent agent = (WorldAgent) Agents.create(PLANET,
                    environment, backend, 1)) {
                AgentState.Counters before = agent.counters();
                agent.drawLatent(file, environment);
                assertEquals(before, agent.counters(), "it is looked at alone");
            }
            BufferedImage picture = ImageIO.read(file.toFile());
            boolean frames = environment instanceof PendulumPixels;
            if (frames) {
                // 64 pixels and a gutter each, of whose colour is what is not imagined
                for (int t = 0; t < 20; t++) {
                    boolean empty = true;
                    for (int i = 0; i < 64 * 64; i++) {
                        empty &= picture.getRGB(1 + 65 * t + i % 64, 1 + 2 * 65 + i / 64) == picture.getRGB(0, 0);
                    }
                    assertEquals(t < 5, empty, "frame " + t + " of what is imagined");
                }
            }
            assertTrue(frames ? picture.getWidth() > 6 * picture.getHeight() : picture.getWidth() < 3 * picture
                    .getHeight(), picture.getWidth() + " x " + picture.getHeight());
        }
    }

    /** What is expected begins after what is seen of it; the KL is drawn over the largest. */
    @Test
    void linesOfWhatIsExpectedBeginWhereItIs() {
        List<float[]> episode = new ArrayList<>();
        double[] kl = new double[7];
        for (int t = 0; t < 7; t++) {
            episode.add(new float[] {t, -t});
            kl[t] = t == 3 ? 4 : 1;
        }
        List<Lines.Series> all = ImaginedFrames.series(List.of(episode, episode, episode), kl);
        assertEquals(2 * 3 + 1, all.size());
        assertEquals("column 1, expected from step 5 on", all.get(5).name());
        assertArrayEquals(new double[] {5, 6}, all.get(5).x());
        assertArrayEquals(new double[] {-5, -6}, all.get(5).y());
        assertArrayEquals(new double[] {0, 1, 2, 3, 4, 5, 6}, all.get(4).x());
        assertEquals("KL of a step / 4.0 nats", all.get(6).name());
        assertArrayEquals(new double[] {0.25, 0.25, 0.25, 1, 0.25, 0.25, 0.25}, all.get(6).y());
    }
}
