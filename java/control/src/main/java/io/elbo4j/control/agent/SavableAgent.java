package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.control.environment.Space;
import io.elbo4j.train.checkpoint.MatrixFile;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An agent that can be saved with all that it is: its matrices, and {@link AgentState} with the settings and counters.
 * It goes on to the same bits.
 */
public abstract class SavableAgent implements Agent {
    /** What an agent is made with: a record, one for each {@link AgentKind}. */
    public interface Settings {
        /**
         * Refuses an environment that such an agent cannot live in.
         *
         * @throws io.elbo4j.ArgumentException naming observations, actions or a component of the settings
         */
        void check(Surroundings surroundings);

        /** Whether a run of so many steps is long enough to learn anything. */
        default boolean learnsIn(int steps) {
            return !(AgentSettings.values(this).get("randomSteps") instanceof Integer random) || random < steps;
        }

        SavableAgent create(Surroundings surroundings, Backend backend, long seed);

        /** Rows of its memory that so many steps of an environment fill at most: a transition each. */
        default int mostRemembered(int steps) {
            return steps;
        }
    }

    private final Settings settings;
    final Space observations;
    final Space actions;
    private final long seed;
    long decisions;
    long updates;
    private @Nullable GreedyPolicy acting;

    SavableAgent(Settings settings, Space observations, Space actions, long seed) {
        this.settings = requireGiven("settings", settings);
        this.observations = requireGiven("observations", observations);
        this.actions = requireGiven("actions", actions);
        this.seed = seed;
    }

    /** {@link #explore} of what has been checked. */
    abstract void decide(float[] observation, float[] action);

    /** {@link #remember} of what has been checked. */
    abstract void keep(float[] observation, float[] action, float reward, boolean terminated, float[] next);

    /** {@link #greedy}, that is given what has been checked. */
    abstract GreedyPolicy policy(int rows);

    abstract AgentState.Counters counters();

    /** All matrices that it has when it has come so far, by name: to be written, or to be read into. */
    abstract Map<String, Matrix> matrices(AgentState.Counters at);

    /** Goes on from there, where these have been read; decisions and updates are set. */
    abstract void restored(AgentState.Counters at);

    public final Settings settings() {
        return settings;
    }

    public final long seed() {
        return seed;
    }

    /** What it sees. */
    public final Space observations() {
        return observations;
    }

    /** What it does. */
    public final Space actions() {
        return actions;
    }

    /** Actions that were chosen to learn from. */
    public final long decisions() {
        return decisions;
    }

    @Override
    public final long updates() {
        return updates;
    }

    @Override
    public final void explore(float[] observation, float[] action) {
        Given.element("observation", observations, observation);
        Given.size("action", action, actions.columns());
        decide(observation, action);
    }

    @Override
    public final void remember(float[] observation, float[] action, float reward, boolean terminated, float[] next) {
        Given.element("observation", observations, observation);
        Given.element("action", actions, action);
        Given.finite("reward", reward);
        Given.element("next", observations, next);
        keep(observation, action, reward, terminated, next);
    }

    @Override
    public final GreedyPolicy greedy(int rows) {
        GreedyPolicy policy = policy(rows);
        return new GreedyPolicy() {
            @Override
            public void begin() {
                policy.begin();
            }

            @Override
            public void act(float[] seen, float[] chosen) {
                Given.elements("observations", observations, seen, rows);
                Given.size("actions", chosen, rows * actions.columns());
                policy.act(seen, chosen);
            }

            @Override
            public void close() {
                policy.close();
            }
        };
    }

    @Override
    public float[] act(float[] observation) {
        Given.element("observation", observations, observation);
        if (acting == null) {
            acting = policy(1);
        }
        float[] action = new float[actions.columns()];
        acting.act(observation, action);
        return action;
    }

    @Override
    public void beginActing() {
        if (acting != null) {
            acting.begin();
        }
    }

    /** Of an agent that acts by its {@link #greedy}: what that takes is released. */
    @Override
    public void close() {
        if (acting != null) {
            acting.close();
        }
    }

    /** What each loss of the last update came to, a mean over its rows; nothing of agents that do not say it. */
    public Map<String, Double> losses() {
        return Map.of();
    }

    /** Writes all that it is, atomically. */
    public final void save(Path file) {
        save(file, AgentState.Stage.NONE);
    }

    final void save(Path file, AgentState.Stage stage) {
        requireGiven("file", file);
        AgentState state = new AgentState(AgentKind.of(settings).words(), (Record) settings, AgentState.StoredSpace.of(
                observations), AgentState.StoredSpace.of(actions), seed, counters(), stage);
        state.write(file, matrices(state.counters()));
    }

    final void goOn(AgentState.Counters at) {
        decisions = at.decisions();
        updates = at.updates();
        restored(at);
    }

    /** Goes on where another has been saved, that was made with the same. */
    final void restore(AgentState state, MatrixFile file) {
        file.restore(matrices(state.counters()));
        goOn(state.counters());
    }
}
