package io.elbo4j.train.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.train.ElboTerms;
import io.elbo4j.train.EpochReport;
import io.elbo4j.train.Evaluation;
import io.elbo4j.train.data.AtomicFile;
import io.elbo4j.train.data.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code metrics.jsonl}: one JSON object a line for each evaluation, appended as training goes on. The last line may be
 * about where a run ended though nothing was to be evaluated there: when the run goes on, it makes way.
 */
public final class Metrics {
    private final Path file;
    private final LongPredicate evaluated;
    private final String set;
    private final List<JsonObject> lines = new ArrayList<>();
    /** Whether the file holds other lines than these. */
    private boolean stale;

    /**
     * Opens the file of a run that has done {@code lastStep} steps. What stands there of later ones, of where the run
     * has ended on the way, and a last line that a crash has cut off no longer counts; the file itself stays as it is
     * until {@link #add}.
     *
     * @param evaluated whether an epoch, counted from 1, is evaluated wherever the run ends
     * @param set the name of the set that the run is evaluated on, {@code test} or {@code validation}
     */
    Metrics(Path file, long lastStep, LongPredicate evaluated, String set) {
        this.file = file;
        this.evaluated = evaluated;
        this.set = set;
        if (!Files.exists(file)) {
            return;
        }
        int number = 0;
        try {
            List<String> text = Files.readAllLines(file);
            boolean cutOff = !text.isEmpty() && !Files.readString(file).endsWith("\n");
            for (String line : cutOff ? text.subList(0, text.size() - 1) : text) {
                number++;
                JsonObject o = checked(named(JsonParser.parseString(line).getAsJsonObject()));
                long step = o.get("step").getAsLong();
                if (step == lastStep || step < lastStep && stays(o)) {
                    lines.add(o);
                }
            }
            stale = lines.size() < text.size();
        } catch (CharacterCodingException e) {
            throw new DataException(file + ": is no UTF-8, expected lines of metrics written by elbo4j", e);
        } catch (IOException e) {
            throw new DataException("cannot read " + file + ": " + DataException.reason(e), e);
        } catch (RuntimeException e) {
            // each of Gson's ways to say that something else is there
            throw new DataException(file + ": line " + number + " is no line of metrics written by elbo4j", e);
        }
    }

    /** Earlier versions called a validation set test, too. */
    private JsonObject named(JsonObject line) {
        if (line.has("test") && !set.equals("test")) {
            line.add(set, line.remove("test"));
        }
        return line;
    }

    /** What is asked of a line later is asked once here, where its number is known. */
    private JsonObject checked(JsonObject line) {
        if (!line.getAsJsonPrimitive("complete").isBoolean() || line.get("step").getAsLong() < 0
                || line.get("epoch").getAsLong() < 0 || line.has(set) && !Double.isFinite(elbo(line, set))
                || !Double.isFinite(elbo(line, "train"))) {
            throw new IllegalArgumentException(line.toString());
        }
        return line;
    }

    private static double elbo(JsonObject line, String set) {
        return line.getAsJsonObject(set).get("elbo").getAsDouble();
    }

    private boolean stays(JsonObject line) {
        return line.get("complete").getAsBoolean() && evaluated.test(line.get("epoch").getAsLong());
    }

    /** Whether the last line is about the epoch, or the part of one, that ended with {@code step}. */
    boolean endWith(long step) {
        return !lines.isEmpty() && lines.get(lines.size() - 1).get("step").getAsLong() == step;
    }

    /**
     * How many of the evaluations that are planned came after the best one, by the ELBO of its set, if the run
     * stands where {@code next} says.
     *
     * @param next null for where the last of them left it
     */
    long sinceBest(@Nullable EpochReport next) {
        List<Double> elbos = lines.stream().filter(this::stays).map(o -> elbo(o, set)).collect(Collectors
                .toCollection(ArrayList::new));
        if (next != null) {
            elbos.add(next.test().elbo().elbo());
        }
        return elbos.isEmpty() ? 0 : elbos.size() - 1 - elbos.indexOf(Collections.max(elbos));
    }

    /**
     * Appends an epoch, or a part of one.
     *
     * @return the line
     */
    JsonObject add(EpochReport report) {
        stale |= lines.removeIf(o -> !stays(o));
        JsonObject line = json(report);
        lines.add(line);
        try {
            if (stale) {
                String all = lines.stream().map(o -> o + "\n").collect(Collectors.joining());
                AtomicFile.write(file, channel -> AtomicFile.put(channel, utf8(all)));
                stale = false;
            } else {
                append(line + "\n");
            }
            return line;
        } catch (IOException e) {
            throw new DataException(e.getMessage(), e);
        }
    }

    private void append(String line) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            AtomicFile.put(channel, utf8(line));
            // a checkpoint of later steps says that this line is there
            channel.force(false);
        } catch (IOException e) {
            throw new IOException("cannot write " + file + ": " + DataException.reason(e), e);
        }
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The epochs evaluated so far, counted from 1. */
    long[] epochs() {
        return lines.stream().mapToLong(o -> o.get("epoch").getAsLong()).toArray();
    }

    /** The name of the set that the run is evaluated on. */
    String set() {
        return set;
    }

    /** ELBO of these epochs, of {@code train} or what the run is evaluated on. */
    double[] elbo(String of) {
        return lines.stream().filter(o -> o.has(of)).mapToDouble(o -> elbo(o, of)).toArray();
    }

    /** The line of metrics that describes an epoch; all terms in nats per row. */
    private JsonObject json(EpochReport r) {
        JsonObject o = new JsonObject();
        o.addProperty("epoch", r.epoch());
        o.addProperty("step", r.step());
        o.addProperty("complete", r.complete());
        o.add("train", json(r.train()));
        if (r.test() != null) {
            o.add(set, json(r.test()));
        }
        o.addProperty("kl_weight", r.klWeight());
        o.addProperty("samples_per_second", Double.isNaN(r.samplesPerSecond()) ? null
                : (Number) (Math.round(r.samplesPerSecond() * 10) / 10.0));
        return o;
    }

    private static JsonObject json(ElboTerms e) {
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
