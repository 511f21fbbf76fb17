package io.elbo4j.train.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.train.Elbo;
import io.elbo4j.train.EpochReport;
import io.elbo4j.train.Evaluation;
import io.elbo4j.train.data.AtomicFile;
import io.elbo4j.train.data.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** {@code metrics.jsonl}: one JSON object a line for each epoch, appended as training goes on. */
public final class Metrics {
    private final Path file;
    private final List<JsonObject> lines = new ArrayList<>();

    /**
     * Opens the file; what an earlier run wrote after {@code lastStep}, or about a part of an epoch, is taken out,
     * since it will be written again, and so is a last line that a crash has cut off.
     */
    public Metrics(Path file, long lastStep) {
        this.file = file;
        if (!Files.exists(file)) {
            return;
        }
        int number = 0;
        try {
            List<String> text = Files.readAllLines(file);
            boolean cutOff = !text.isEmpty() && !Files.readString(file).endsWith("\n");
            for (String line : cutOff ? text.subList(0, text.size() - 1) : text) {
                number++;
                JsonObject o = JsonParser.parseString(line).getAsJsonObject();
                if (o.get("complete").getAsBoolean() && o.get("step").getAsLong() <= lastStep) {
                    lines.add(o);
                }
            }
            if (lines.size() < text.size()) {
                StringBuilder kept = new StringBuilder();
                lines.forEach(o -> kept.append(o).append('\n'));
                AtomicFile.write(file, c -> c.write(ByteBuffer.wrap(kept.toString().getBytes(StandardCharsets.UTF_8))));
            }
        } catch (IOException e) {
            throw new DataException("cannot read " + file + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            // each of Gson's ways to say that something else is there
            throw new DataException(file + ": line " + number + " is no line of metrics written by elbo4j", e);
        }
    }

    /** Appends an epoch. */
    public void add(EpochReport report) {
        JsonObject line = json(report);
        try {
            Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new DataException("cannot write " + file + ": " + e.getMessage(), e);
        }
        lines.add(line);
    }

    /** ELBO of every epoch so far, of {@code train} or {@code test}. */
    public double[] elbo(String set) {
        return lines.stream().filter(o -> o.has(set)).mapToDouble(o -> o.getAsJsonObject(set).get("elbo")
                .getAsDouble()).toArray();
    }

    /** The line of metrics that describes an epoch; all terms in nats per row. */
    public static JsonObject json(EpochReport r) {
        JsonObject o = new JsonObject();
        o.addProperty("epoch", r.epoch());
        o.addProperty("step", r.step());
        o.addProperty("complete", r.complete());
        o.add("train", json(r.train()));
        if (r.test() != null) {
            o.add("test", json(r.test()));
        }
        o.addProperty("kl_weight", r.klWeight());
        o.addProperty("samples_per_second", Math.round(r.samplesPerSecond() * 10) / 10.0);
        return o;
    }

    private static JsonObject json(Elbo e) {
        JsonObject o = new JsonObject();
        o.addProperty("elbo", e.elbo());
        o.addProperty("reconstruction", e.reconstruction());
        o.addProperty("kl", e.kl());
        return o;
    }

    /** An evaluation as JSON; all terms in nats per row. */
    public static JsonObject json(Evaluation e) {
        JsonObject o = json(e.elbo());
        o.addProperty("active_units", e.activeUnits());
        JsonArray each = new JsonArray();
        e.klPerDimension().forEach(each::add);
        o.add("kl_per_dimension", each);
        return o;
    }
}
