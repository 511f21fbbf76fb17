package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.Backend;
import io.elbo4j.control.agent.Agents;
import io.elbo4j.control.agent.Dqn;
import io.elbo4j.control.agent.Learner;
import io.elbo4j.control.agent.Learning;
import io.elbo4j.control.agent.Run;
import io.elbo4j.control.agent.Sac;
import io.elbo4j.control.agent.SoftQ;
import io.elbo4j.control.environment.CartPole;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.GridSoft;
import io.elbo4j.control.environment.Pendulum;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 300 steps of an agent, acting, remembering and learning, have one SHA-256, whatever they ran on. */
class ControlEquivalenceTest {
    private static final int STEPS = 300;
    private static final int SEED = 5;

    private record Life(Learner.Settings settings, Environment environment) {
        Run begin(Backend backend) {
            return new Run(Agents.create(settings, environment.observations(), environment.actions(), backend, SEED),
                    environment);
        }

        Run resume(Path file, Backend backend) {
            return Run.resume(file, settings, environment, backend, SEED);
        }
    }

    private static Learning learning(int capacity, int randomSteps, int every, int updates) {
        return new Learning(List.of(64, 33), 128, 1e-3, 0, 0.99, capacity, randomSteps, every, updates);
    }

    private static final Map<String, Life> LIVES = Map.of("sac", new Life(new Sac.Settings(learning(200, 260, 1, 1),
            0.005), new Pendulum()), "dqn", new Life(new Dqn.Settings(learning(200, 260, 4, 3), 10, 0.1, 280),
                    new CartPole()), "soft-q", new Life(new SoftQ.Settings(learning(200, 260, 4, 3), 10, 0.5),
                            new GridSoft()));

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
        golden.check();
    }

    /** Saved on one backend, in the middle of an episode, resumed on another. */
    @Test
    void whoIsResumedEndsInTheSameBits(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("run.safetensors");
        for (Life life : LIVES.values()) {
            try (Backend reference = BackendsUnderTest.reference(); Run run = life.begin(reference)) {
                String expected = sha256(run);
                for (BackendsUnderTest under : BackendsUnderTest.all()) {
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
        run.agent().parameters().all().forEach(s -> {
            state.add(s.value().toArray());
            s.slots().values().forEach(slot -> state.add(slot.toArray()));
        });
        return Bits.sha256(state);
    }
}
