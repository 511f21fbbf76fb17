package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.Backend;
import io.elbo4j.control.agent.AgentSettings;
import io.elbo4j.control.agent.Agents;
import io.elbo4j.control.agent.Dqn;
import io.elbo4j.control.agent.Dreamer;
import io.elbo4j.control.agent.E2c;
import io.elbo4j.control.agent.Interaction;
import io.elbo4j.control.agent.Learning;
import io.elbo4j.control.agent.Mbpo;
import io.elbo4j.control.agent.ModelLearning;
import io.elbo4j.control.agent.Pets;
import io.elbo4j.control.agent.Planet;
import io.elbo4j.control.agent.RepresentationSac;
import io.elbo4j.control.agent.Run;
import io.elbo4j.control.agent.Sac;
import io.elbo4j.control.agent.SavableAgent;
import io.elbo4j.control.agent.Slac;
import io.elbo4j.control.agent.SoftQ;
import io.elbo4j.control.agent.Solar;
import io.elbo4j.control.agent.Surroundings;
import io.elbo4j.control.agent.WorldLearning;
import io.elbo4j.control.dynamics.Ensemble;
import io.elbo4j.control.environment.CartPole;
import io.elbo4j.control.environment.CartPoleContinuous;
import io.elbo4j.control.environment.CartPoleSwingUp;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.GridSoft;
import io.elbo4j.control.environment.Navigation;
import io.elbo4j.control.environment.Pendulum;
import io.elbo4j.control.environment.PendulumAngle;
import io.elbo4j.control.environment.PendulumPixels;
import io.elbo4j.control.environment.Planar;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.environment.TimeLimit;
import io.elbo4j.control.planning.CrossEntropy;
import io.elbo4j.control.planning.PathIntegral;
import io.elbo4j.control.planning.Search;
import io.elbo4j.control.world.LocallyLinear;
import io.elbo4j.control.world.MessageVae;
import io.elbo4j.control.world.WorldModel;
import io.elbo4j.train.graph.Parameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 300 steps of an agent, acting, remembering and learning, have one SHA-256, whatever they ran on. */
class ControlEquivalenceTest {
    private static final int STEPS = 300;
    private static final int SEED = 5;

    private record Life(SavableAgent.Settings settings, Environment environment) {
        Run begin(Backend backend) {
            return new Run(Agents.create(settings, environment, backend, SEED),
                    environment);
        }

        Run resume(Path file, Backend backend) {
            return Run.resume(file, settings, environment, backend, SEED);
        }
    }

    private static Learning learning(int capacity, int randomSteps, int every, int updates) {
        return new Learning(List.of(64, 33), 128, 1e-3, 0, 0.99, capacity, randomSteps, every, updates);
    }

    private static Life mbpo(boolean bootstrap, Environment environment) {
        return new Life(new Mbpo.Settings(learning(200, 260, 4, 3), 0.005, 3, 4, 5, 20, 8, 3, 6, 0.25, bootstrap),
                environment);
    }

    private static final WorldModel.Settings WORLD = new WorldModel.Settings(WorldModel.Path.RECURRENT, 33, 5, List.of(
            32, 17), List.of(31), List.of(20), 1, 8, 0.8, 0.1, false, false);
    private static final WorldLearning WINDOWS = new WorldLearning(5, 7, 1e-3, 10, 250, true, 200, 4, 50, 2, 0.3);

    private static final Life DREAMER = new Life(new Dreamer.Settings(WORLD, WINDOWS, 4, 0.99, 0.95, 0.1, 5e-4, 1e-3,
            2),
            new PendulumPixels());
    private static final Life SLAC = new Life(new Slac.Settings(new WorldModel.Settings(WorldModel.Path.TWO_LEVEL, 33,
            5,
            List.of(32, 17), List.of(31), List.of(20), 0.3, 8, 0.5, 0, false, false), new WorldLearning(5, 7, 1e-3, 10,
                    250, false,
                    200,
                    4, 5, 1, 0), 0.99, 0.005, 1e-3), new PendulumAngle());
    private static final Life PLANET = new Life(new Planet.Settings(new WorldModel.Settings(WorldModel.Path.MARKOV, 33,
            5, List.of(32), List.of(), List.of(
                    20, 9), 0.5, 2, 0.6, 0, false, false), WINDOWS, new CrossEntropy(9, 3, 2, 0.1, 1), 4),
            new PendulumPixels());

    private static final Map<String, Life> LIVES = new TreeMap<>(Map.of("sac", new Life(new Sac.Settings(learning(200,
            260, 1, 1),
            0.005), new Pendulum()), "dqn", new Life(new Dqn.Settings(learning(200, 260, 4, 3), 10, 0.1, 0.1, 280),
                    new CartPole()), "soft-q", new Life(new SoftQ.Settings(learning(200, 260, 4, 3), 10, 0.1, 0.5),
                            new GridSoft()), "mbpo", mbpo(false, new Pendulum()), "mbpo-bootstrap", mbpo(true,
                                    new CartPoleContinuous()), "representation-sac", new Life(
                                            new RepresentationSac.Settings(new Sac.Settings(learning(200, 260, 1, 1),
                                                    0.005), 3, 33, 1, 32, 1e-3, 20), new PendulumPixels()), "e2c",
            new Life(new E2c.Settings(new LocallyLinear.Settings(2, List.of(33, 20), List.of(17), List.of(20), 0.25,
                    100), new ModelLearning.Settings(32, 1e-3, 15, 64, 1e-2, 20), 295, 4, new CrossEntropy(9, 3, 2, 0.1,
                            0.5), 5, 3), new Planar()), "dreamer", DREAMER, "planet", PLANET, "slac",
            SLAC));

    static {
        LIVES.put("dreamer-centred", new Life(AgentSettings.with(DREAMER.settings(), Map.of("centred", true,
                "meanFreeNats", true)), DREAMER.environment()));
        // a round ends with the last step
        LIVES.put("solar", new Life(new Solar.Settings(new MessageVae.Settings(3, List.of(33, 20), List.of(17), 0.2), 2,
                2e-3, 0.1, 7, 5, 20, 3, 3, 4, 147, 20, 3, 0.1, 0.3), new TimeLimit(new Navigation(), 20)));
    }

    @Test
    void everyBackendEndsInTheGoldenRun() throws IOException {
        Golden golden = new Golden("control-runs", "agent SHA-256 of all parameters and Adam moments after the run of"
                + " ControlEquivalenceTest");
        for (Map.Entry<String, Life> each : LIVES.entrySet()) {
            String expected;
            try (Backend reference = BackendsUnderTest.reference(); Run run = each.getValue().begin(reference)) {
                expected = sha256(run);
            }
            golden.found(each.getKey(), expected);
            for (BackendsUnderTest under : BackendsUnderTest.all()) {
                try (Backend backend = under.open(); Run run = each.getValue().begin(backend)) {
                    assertEquals(expected, sha256(run), each.getKey() + " " + under.name());
                }
            }
        }
        for (Search search : List.of(new CrossEntropy(9, 3, 2, 0.1, 0.5), new PathIntegral(9, 2, 0.3, 0.5, 0.5))) {
            String name = search instanceof CrossEntropy ? "pets-cem" : "pets-mppi-learned-reward";
            String expected;
            try (Backend reference = BackendsUnderTest.reference()) {
                expected = pets(search, reference);
            }
            golden.found(name, expected);
            for (BackendsUnderTest under : BackendsUnderTest.all()) {
                try (Backend backend = under.open()) {
                    assertEquals(expected, pets(search, backend), name + " " + under.name());
                }
            }
        }
        golden.check();
    }

    private static Pets.Settings settings(Search search) {
        return new Pets.Settings(new Ensemble.Settings(3, List.of(33, 20), 0.5), search, 6, 32, 1e-3, 1e-5, 40, 300,
                150, 0, search instanceof PathIntegral);
    }

    /** An episode at random, a model of it, and some decisions in the next: parameters, moments and actions. */
    private static String pets(Search search, Backend backend) {
        Environment environment = new CartPoleSwingUp();
        try (Pets pets = settings(search).create(Surroundings.of(environment), backend, SEED)) {
            Interaction interaction = new Interaction(pets, new Simulation(environment, 1, SEED));
            while (interaction.steps() < 210) {
                interaction.step();
            }
            List<float[]> state = new ArrayList<>();
            pets.parameters().all().forEach(s -> {
                state.add(s.value().toArray());
                s.slots().values().forEach(slot -> state.add(slot.toArray()));
            });
            state.add(pets.act(new float[] {0.3f, 0.8f, 0.6f, -1, 2}));
            return Bits.sha256(state);
        }
    }

    /** A file is the same whatever a backend's threads and level are: a few of them. */
    private static List<BackendsUnderTest> some() {
        return BackendsUnderTest.all().stream().filter(b -> b.name().matches("java, 2.*|cpu level [34], 2.*|cuda"))
                .toList();
    }

    /** Saved on one backend, in the middle of an episode, resumed on another. */
    @Test
    void whoIsResumedEndsInTheSameBits(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("run.safetensors");
        List<Life> lives = new ArrayList<>(LIVES.values());
        // an episode begins, and the model learns, after it was resumed
        Environment swingUp = new TimeLimit(new CartPoleSwingUp(), 49);
        lives.add(new Life(settings(new CrossEntropy(9, 3, 2, 0.1, 0.5)), swingUp));
        lives.add(new Life(settings(new PathIntegral(9, 2, 0.3, 0.5, 0.5)), swingUp));
        for (Life life : lives) {
            try (Backend reference = BackendsUnderTest.reference(); Run run = life.begin(reference)) {
                String expected = sha256(run);
                for (BackendsUnderTest under : some()) {
                    try (Backend backend = under.open()) {
                        try (Run first = life.begin(backend)) {
                            steps(first, 290);
                            first.save(file);
                        }
                        try (Run second = life.resume(file, reference)) {
                            assertEquals(expected, sha256(second), under.name() + ", then java");
                        }
                        try (Run second = life.resume(file, backend)) {
                            assertEquals(expected, sha256(second), under.name());
                        }
                    }
                }
            }
        }
    }

    private static void steps(Run run, int last) {
        while (run.steps() < last) {
            run.step();
        }
    }

    private static String sha256(Run run) {
        steps(run, STEPS);
        List<float[]> state = new ArrayList<>();
        List<Parameters.State> all = new ArrayList<>(run.agent().parameters().all());
        if (run.agent() instanceof RepresentationSac sac) {
            all.addAll(sac.encoder().all());
        }
        all.forEach(s -> {
            state.add(s.value().toArray());
            s.slots().values().forEach(slot -> state.add(slot.toArray()));
        });
        if (run.agent() instanceof E2c e2c) {
            state.add(e2c.act(new Planar().goal().orElseThrow()));
        }
        if (run.agent() instanceof Solar solar) {
            float[] seen = new float[Navigation.SIDE * Navigation.SIDE];
            new Navigation().observe(new double[] {-0.6, -0.4}, seen);
            state.add(solar.act(seen));
        }
        return Bits.sha256(state);
    }
}
