package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Matrix;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.environment.Space;
import io.elbo4j.train.checkpoint.CheckpointException;
import io.elbo4j.train.checkpoint.MatrixFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An agent at one moment, but for its matrices: the metadata of its file, in JSON. No time or host is in it: equal
 * lives leave equal bytes.
 *
 * @param agent its kind
 * @param seed that it was made with
 * @param stage where it acts
 */
public record AgentState(String agent, Record settings, StoredSpace observations, StoredSpace actions, long seed,
        Counters counters, Stage stage) {
    private static final String KEY = "elbo4j.agent";

    /**
     * What an agent has done so far.
     *
     * @param remembered transitions, those that are gone among them
     * @param planned decisions of its planner, if it has one
     */
    public record Counters(long decisions, long updates, long remembered, long planned) {
        public Counters {
            require(decisions >= 0, "decisions", "at least 0", decisions);
            require(updates >= 0, "updates", "at least 0", updates);
            require(remembered >= 0, "remembered", "at least 0", remembered);
            require(planned >= 0, "planned", "at least 0", planned);
        }
    }

    /**
     * A {@link Space}.
     *
     * @param count of a discrete one, or 0
     * @param low of a box
     */
    public record StoredSpace(int count, List<Double> low, List<Double> high) {
        static StoredSpace of(Space space) {
            if (space instanceof Space.Discrete several) {
                return new StoredSpace(several.count(), List.of(), List.of());
            }
            Space.Box box = (Space.Box) space;
            List<Double> low = new ArrayList<>();
            List<Double> high = new ArrayList<>();
            for (int i = 0; i < box.columns(); i++) {
                low.add((double) box.low(i));
                high.add((double) box.high(i));
            }
            return new StoredSpace(0, low, high);
        }

        Space space() {
            return count > 0 ? new Space.Discrete(count) : new Space.Box(floats(low), floats(high));
        }

        private static float[] floats(List<Double> values) {
            float[] floats = new float[values.size()];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = values.get(i).floatValue();
            }
            return floats;
        }
    }

    /**
     * Where an agent acts.
     *
     * @param environment its name; empty of an agent that was saved by itself
     * @param limit of its episodes
     * @param gained in the episode that goes on
     * @param returns of those that have ended and nobody has asked for yet
     * @param losses of the last update, see {@link Run#losses}
     */
    public record Stage(String environment, int limit, Simulation.Episode episode, double gained, List<Double> returns,
            List<NamedLoss> losses) {
        static final Stage NONE = new Stage("", 0, new Simulation.Episode(List.of(), 0, 0, false), 0, List.of(), List
                .of());
    }

    /** What a loss came to; it need not be finite. */
    public record NamedLoss(String name, Double value) {}

    void write(Path file, Map<String, Matrix> matrices) {
        MatrixFile.write(file, Map.of(KEY, AgentJson.write(this)), matrices);
    }

    /** @throws CheckpointException if the file is none of an agent */
    static AgentState of(MatrixFile file) {
        String json = file.metadata().get(KEY);
        if (json == null) {
            throw new CheckpointException(file.file() + ": is not of an agent, expected what an agent has saved");
        }
        try {
            AgentState state = AgentJson.read(AgentState.class, json);
            state.observations.space();
            state.actions.space();
            return state;
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(file.file() + ": its metadata " + e.getMessage(), e);
        }
    }

    /** @throws CheckpointException if its observations or actions are not those of this environment */
    void requireSpaces(Path file, Environment environment) {
        same(file, "observations", observations, StoredSpace.of(environment.observations()));
        same(file, "actions", actions, StoredSpace.of(environment.actions()));
    }

    static void same(Path file, String what, Object given, Object expected) {
        if (!given.equals(expected)) {
            throw new CheckpointException(file + ": has " + what + " = " + given + ", expected " + expected);
        }
    }
}
