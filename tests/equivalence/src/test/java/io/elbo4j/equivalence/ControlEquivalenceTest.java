package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.Backend;
import io.elbo4j.control.agent.Agent;
import io.elbo4j.control.agent.Interaction;
import io.elbo4j.control.agent.Sac;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Pendulum;
import io.elbo4j.control.environment.Simulation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** 300 steps of an agent, acting, remembering and learning, have one SHA-256, whatever they ran on. */
class ControlEquivalenceTest {
    private static final int STEPS = 300;

    @Test
    void everyBackendEndsInTheGoldenRun() throws IOException {
        Golden golden = new Golden("control-runs", "agent SHA-256 of all parameters and Adam moments after the run of"
                + " ControlEquivalenceTest");
        String expected;
        try (Backend reference = BackendsUnderTest.reference()) {
            expected = sha256(reference);
        }
        golden.found("sac", expected);
        for (BackendsUnderTest under : BackendsUnderTest.all()) {
            try (Backend backend = under.open()) {
                assertEquals(expected, sha256(backend), under.name());
            }
        }
        golden.check();
    }

    private static String sha256(Backend backend) {
        Environment environment = new Pendulum();
        Sac.Settings settings = new Sac.Settings(List.of(64, 33), 128, 1e-3, 0.99, 0.005, 200, 260);
        try (Agent agent = new Sac(settings, environment.observations(), environment.actions(), backend, 5)) {
            Interaction interaction = new Interaction(agent, new Simulation(environment, 1, 5));
            while (interaction.steps() < STEPS) {
                interaction.step();
            }
            List<float[]> state = new ArrayList<>();
            agent.parameters().all().forEach(s -> {
                state.add(s.value().toArray());
                s.slots().values().forEach(slot -> state.add(slot.toArray()));
            });
            return Bits.sha256(state);
        }
    }
}
