package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Backend;
import io.elbo4j.control.environment.Space;
import io.elbo4j.train.checkpoint.CheckpointException;
import io.elbo4j.train.checkpoint.MatrixFile;
import java.nio.file.Path;

/** Agents, made and read. */
public final class Agents {
    private Agents() {}

    /** Makes the agent whose settings these are. */
    public static Learner create(Learner.Settings settings, Space observations, Space actions, Backend backend,
            long seed) {
        return AgentKind.of(requireGiven("settings", settings)).create(settings, observations, actions, backend, seed);
    }

    /**
     * Reads an agent, to act or to go on, on whatever backend.
     *
     * @param file written by {@link Learner#save} or {@link Run#save}
     * @throws CheckpointException saying what is wrong with the file
     */
    public static Learner load(Path file, Backend backend) {
        MatrixFile read = MatrixFile.read(file);
        return load(AgentState.of(read), read, backend);
    }

    static Learner load(AgentState state, MatrixFile file, Backend backend) {
        Learner agent;
        try {
            agent = create((Learner.Settings) state.settings(), state.observations().space(), state.actions().space(),
                    backend, state.seed());
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
