package io.elbo4j.cli;

import static io.elbo4j.ArgumentException.require;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.control.agent.AgentJson;
import io.elbo4j.control.agent.SavableAgent;
import io.elbo4j.control.environment.ActionRepeat;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Environments;
import io.elbo4j.train.checkpoint.CheckpointException;
import io.elbo4j.train.data.AtomicFile;
import io.elbo4j.train.data.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a run of {@code control} is, as it stands in run.json. */
record ControlPlan(String agent, Record settings, String environment, int actionRepeat, List<Long> seeds, int steps,
        int evaluateEvery,
        int episodes) {
    ControlPlan {
        Environments.named(environment);
        require(actionRepeat >= 1, "actionRepeat", "at least 1", actionRepeat);
        require(!seeds.isEmpty(), "seeds", "at least one", seeds);
        require(steps >= 1, "steps", "at least 1", steps);
        require(evaluateEvery >= 1, "evaluateEvery", "at least 1", evaluateEvery);
        require(episodes >= 1, "episodes", "at least 1", episodes);
    }

    SavableAgent.Settings ofAgent() {
        return (SavableAgent.Settings) settings;
    }

    Environment named() {
        Environment found = Environments.named(environment);
        return actionRepeat == 1 ? found : new ActionRepeat(found, actionRepeat);
    }

    /**
     * Writes it with where it comes from, which is not read again.
     *
     * @param version of elbo4j; null if not packaged
     * @param command the command line's words
     * @param device what it begins on, in words
     */
    void write(Path file, String version, List<String> command, String device) {
        JsonObject plan = JsonParser.parseString(AgentJson.write(this)).getAsJsonObject();
        Gson gson = new GsonBuilder().setPrettyPrinting().serializeNulls().disableHtmlEscaping().create();
        plan.addProperty("version", version);
        plan.add("command", gson.toJsonTree(command));
        plan.addProperty("device", device);
        String json = gson.toJson(plan) + "\n";
        try {
            AtomicFile.write(file, channel -> AtomicFile.put(channel, ByteBuffer.wrap(json.getBytes(
                    StandardCharsets.UTF_8))));
        } catch (IOException e) {
            throw new DataException(e.getMessage(), e);
        }
    }

    static ControlPlan read(Path file) {
        try {
            return AgentJson.read(ControlPlan.class, Files.readString(file));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(file + " is of no run of control: it " + e.getMessage(), e);
        } catch (IOException e) {
            throw new DataException("cannot read " + file + ": " + DataException.reason(e), e);
        }
    }
}
