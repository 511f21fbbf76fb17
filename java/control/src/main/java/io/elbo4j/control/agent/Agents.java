package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Backend;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.train.checkpoint.CheckpointException;
import io.elbo4j.train.checkpoint.MatrixFile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** Agents, made and read. */
public final class Agents {
    private Agents() {}

    /** Makes the agent whose settings these are. */
    public static SavableAgent create(SavableAgent.Settings settings, Environment environment, Backend backend,
            long seed) {
        return requireGiven("settings", settings).create(Surroundings.of(requireGiven("environment", environment)),
                backend, seed);
    }

    /**
     * Reads an agent, to act or to go on, on whatever backend. One that was given its environment's reward is read with
     * the environment.
     *
     * @param file written by {@link SavableAgent#save} or {@link Run#save}
     * @throws CheckpointException saying what is wrong with the file
     */
    public static SavableAgent load(Path file, Backend backend) {
        requireGiven("file", file);
        requireGiven("backend", backend);
        MatrixFile read = MatrixFile.read(file);
        AgentState state = AgentState.of(read);
        return load(state, new Surroundings(state.observations().space(), state.actions().space(), Optional.empty(),
                Optional.empty(), Optional.empty(), OptionalInt.empty()), read, backend);
    }

    /**
     * As {@link #load(Path, Backend)}.
     *
     * @param environment that it goes on in
     */
    public static SavableAgent load(Path file, Environment environment, Backend backend) {
        requireGiven("file", file);
        requireGiven("environment", environment);
        requireGiven("backend", backend);
        MatrixFile read = MatrixFile.read(file);
        AgentState state = AgentState.of(read);
        state.requireSpaces(file, environment);
        return load(state, Surroundings.of(environment), read, backend);
    }

    static SavableAgent load(AgentState state, Surroundings surroundings, MatrixFile file, Backend backend) {
        SavableAgent agent;
        try {
            agent = ((SavableAgent.Settings) state.settings()).create(surroundings, backend, state.seed());
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(file.file() + ": its " + e.getMessage(), e);
        }
        try {
            agent.restore(state, file);
            return agent;
        } catch (RuntimeException | Error e) {
            agent.close();
            throw e;
        }
    }
}
