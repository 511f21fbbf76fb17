package io.elbo4j.control.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.control.agent.Agent;
import io.elbo4j.control.agent.AgentKind;
import io.elbo4j.control.agent.AgentSettings;
import io.elbo4j.control.agent.Agents;
import io.elbo4j.control.agent.Run;
import io.elbo4j.control.agent.SavableAgent;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Environments;
import io.elbo4j.control.evaluation.Returns;
import io.elbo4j.purejava.JavaBackend;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventsTest {
    @TempDir
    Path dir;

    @Test
    void aRecordingHasWhatAnAgentDoes() throws Exception {
        SavableAgent.Settings settings = AgentSettings.with(AgentKind.SAC.defaults(), Map.of("widths", List.of(4),
                "batch", 2, "randomSteps", 10, "capacity", 50));
        Environment pendulum = Environments.named("pendulum");
        Path saved = dir.resolve("agent.safetensors");
        Path file = dir.resolve("events.jfr");
        double mean;
        double gained = 0;
        try (Recording recording = new Recording()) {
            recording.start();
            try (Backend backend = new JavaBackend(1);
                    Run run = new Run(Agents.create(settings, pendulum, backend, 3), pendulum)) {
                // one episode
                while (run.steps() < pendulum.limit()) {
                    run.step();
                }
                gained = run.takeReturns().get(0);
                try (Agent.GreedyPolicy greedy = run.agent().greedy(2)) {
                    mean = Returns.of(greedy, pendulum, 2).mean();
                }
                run.save(saved);
            }
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        List<RecordedEvent> steps = named(events, "io.elbo4j.AgentStep");
        assertEquals(pendulum.limit(), steps.size());
        for (int i = 0; i < steps.size(); i++) {
            assertEquals(i + 1, steps.get(i).getLong("step"));
        }
        assertEquals(0, steps.get(0).getLong("updates"));
        assertTrue(steps.get(steps.size() - 1).getLong("updates") > 100);
        assertEquals(gained, steps.stream().mapToDouble(e -> e.getDouble("reward")).sum(), 1e-9 * Math.abs(gained));
        RecordedEvent returns = named(events, "io.elbo4j.Returns").get(0);
        assertEquals("pendulum", returns.getString("environment"));
        assertEquals(2, returns.getInt("episodes"));
        assertEquals(mean, returns.getDouble("mean"));
        RecordedEvent checkpoint = named(events, "io.elbo4j.AgentCheckpoint").get(0);
        assertEquals(saved.toString(), checkpoint.getString("file"));
        assertEquals(pendulum.limit(), checkpoint.getLong("step"));
    }

    private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
        return events.stream().filter(e -> e.getEventType().getName().equals(name)).toList();
    }
}
