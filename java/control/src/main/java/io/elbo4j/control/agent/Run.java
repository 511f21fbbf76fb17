package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Backend;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.event.AgentCheckpointEvent;
import io.elbo4j.control.event.AgentStepEvent;
import io.elbo4j.train.checkpoint.CheckpointException;
import io.elbo4j.train.checkpoint.MatrixFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An agent's life in an environment. Saved, killed at any moment and resumed, also in the middle of an episode, it ends
 * in the same bits.
 */
public final class Run implements AutoCloseable {
    private final SavableAgent agent;
    private final Environment environment;
    private final Simulation simulation;
    private final Interaction interaction;
    private final List<Double> returns = new ArrayList<>();
    /** Of the last update before this was resumed. */
    private final Map<String, Double> earlier = new LinkedHashMap<>();
    private double gained;

    /**
     * Begins, with noise of the agent's seed; the agent is closed with this.
     *
     * @throws io.elbo4j.ArgumentException if the environment has other spaces than the agent
     */
    public Run(SavableAgent agent, Environment environment) {
        this.agent = requireGiven("agent", agent);
        this.environment = requireGiven("environment", environment);
        this.simulation = new Simulation(environment, 1, agent.seed());
        this.interaction = new Interaction(agent, simulation);
    }

    /**
     * Goes on.
     *
     * @param settings that it was begun with
     * @throws CheckpointException if the file is damaged or of another agent, environment or seed: with both
     */
    public static Run resume(Path file, SavableAgent.Settings settings, Environment environment, Backend backend,
            long seed) {
        requireGiven("file", file);
        requireGiven("settings", settings);
        requireGiven("environment", environment);
        requireGiven("backend", backend);
        MatrixFile read = MatrixFile.read(file);
        AgentState state = AgentState.of(read);
        AgentState.Stage stage = state.stage();
        AgentState.same(file, "agent", state.agent(), AgentKind.of(settings).words());
        AgentState.same(file, "environment", stage.environment(), environment.name());
        AgentState.same(file, "limit", stage.limit(), environment.limit());
        AgentState.same(file, "seed", state.seed(), seed);
        Map<String, Object> expected = AgentSettings.values(settings);
        AgentSettings.values((SavableAgent.Settings) state.settings()).forEach((name, given) -> AgentState.same(file,
                name, given,
                expected.get(name)));
        state.requireSpaces(file, environment);
        AgentState.same(file, "size of the state", stage.episode().state().size(), environment.stateSize());
        Run run = new Run(Agents.load(state, Surroundings.of(environment), read, backend), environment);
        float[] seen = new float[environment.observations().columns()];
        run.simulation.goOn(0, stage.episode(), seen);
        run.interaction.goOn(seen, stage.episode().running());
        run.gained = stage.gained();
        run.returns.addAll(stage.returns());
        stage.losses().forEach(loss -> run.earlier.put(loss.name(), loss.value()));
        return run;
    }

    public SavableAgent agent() {
        return agent;
    }

    /** Takes a step of the environment, and learns. */
    public void step() {
        AgentStepEvent event = new AgentStepEvent();
        event.begin();
        interaction.step();
        event.end();
        if (event.shouldCommit()) {
            event.step = steps();
            event.updates = agent.updates();
            event.reward = interaction.reward();
            event.commit();
        }
        gained += interaction.reward();
        if (!interaction.isRunning()) {
            returns.add(gained);
            gained = 0;
        }
    }

    /** What the episodes that have ended since the last call had, exploration and all; the sums of their rewards. */
    public List<Double> takeReturns() {
        List<Double> taken = List.copyOf(returns);
        returns.clear();
        return taken;
    }

    /** The {@link SavableAgent#losses} of the last update, also where that was made before this was resumed. */
    public Map<String, Double> losses() {
        Map<String, Double> now = agent.losses();
        return now.isEmpty() ? Collections.unmodifiableMap(earlier) : now;
    }

    /** Steps since the beginning of its life. */
    public long steps() {
        return agent.decisions();
    }

    /** Writes all that it is, atomically. */
    public void save(Path file) {
        AgentCheckpointEvent event = new AgentCheckpointEvent();
        event.begin();
        agent.save(file, new AgentState.Stage(environment.name(), environment.limit(), simulation.episode(
                0), gained, List.copyOf(returns), losses().entrySet().stream().map(e -> new AgentState.NamedLoss(e
                        .getKey(), e.getValue())).toList()));
        event.end();
        if (event.shouldCommit()) {
            event.file = file.toString();
            event.step = steps();
            event.commit();
        }
    }

    @Override
    public void close() {
        agent.close();
    }
}
