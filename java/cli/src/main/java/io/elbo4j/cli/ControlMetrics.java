package io.elbo4j.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.train.data.AtomicFile;
import io.elbo4j.train.data.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** metrics.jsonl of a run of {@code control}: a line for each evaluation, written before its checkpoint. */
final class ControlMetrics {
    private final Path file;
    private final List<JsonObject> lines = new ArrayList<>();

    /** What a killed process has left of a line no longer counts. */
    ControlMetrics(Path file) {
        this.file = file;
        int number = 0;
        try {
            String text = Files.exists(file) ? Files.readString(file) : "";
            for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
                number++;
                JsonObject o = JsonParser.parseString(line).getAsJsonObject();
                ControlPoint.of(o);
                lines.add(o);
            }
        } catch (IOException e) {
            throw new DataException("cannot read " + file + ": " + DataException.reason(e), e);
        } catch (RuntimeException e) {
            // each of Gson's ways to say that something else is there
            throw new DataException(file + ": line " + number + " is no line of metrics of elbo4j control", e);
        }
    }

    /**
     * Whether a seed whose agent is not there has a line all the same: the last of all, which was written just before
     * the agent would have been.
     *
     * @throws DataException if other lines come after one of the seed: then its agent had been saved
     */
    boolean begins(long seed, Path agent) {
        List<ControlPoint> all = lines.stream().map(ControlPoint::of).toList();
        for (int i = all.size() - 2; i >= 0; i--) {
            if (all.get(i).seed() == seed) {
                throw new DataException(agent + ": no such file, although " + file + " has a line of seed " + seed
                        + " after " + all.get(i).steps() + " steps: put it back, or take the seed's lines out to train"
                        + " it again");
            }
        }
        return !all.isEmpty() && all.get(all.size() - 1).seed() == seed;
    }

    /**
     * The lines of a seed up to a step; those of later ones, of which no checkpoint knows, no longer count.
     *
     * @param every steps between them
     * @throws DataException if one is missing, but for that of the step itself: the agent may have been stopped before
     */
    List<ControlPoint> upTo(long seed, long step, int every) {
        lines.removeIf(o -> o.get("seed").getAsLong() == seed && o.get("step").getAsLong() > step);
        List<ControlPoint> points = lines.stream().map(ControlPoint::of).filter(p -> p.seed() == seed).toList();
        for (long s = every; s < step; s += every) {
            int at = (int) (s / every) - 1;
            if (at >= points.size() || points.get(at).steps() != s) {
                throw new DataException(file + ": has no line of seed " + seed + " after " + s + " steps, although its"
                        + " agent has come to " + step);
            }
        }
        return points;
    }

    void add(ControlPoint point) {
        lines.add(point.json());
        String all = lines.stream().map(o -> o + "\n").collect(Collectors.joining());
        try {
            AtomicFile.write(file, channel -> AtomicFile.put(channel, ByteBuffer.wrap(all.getBytes(
                    StandardCharsets.UTF_8))));
        } catch (IOException e) {
            throw new DataException(e.getMessage(), e);
        }
    }
}
