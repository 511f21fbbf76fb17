package io.elbo4j.train.run;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.train.ElboTerms;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.Trainer.Position;
import io.elbo4j.train.data.AtomicFile;
import io.elbo4j.train.data.DataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * {@code steps.jsonl}: one JSON object a line every so many steps, for those who watch: the terms are averages over the
 * rows since the last line, in nats per row. Nothing is read from it when a run goes on but the seconds; lines of steps
 * that are done again make way.
 */
final class StepLog {
    private final Path file;
    private final long every;
    private final double secondsBefore;
    private final long begin = System.nanoTime();
    /** Of the file, up to the end of the last line that counts. */
    private final long length;
    private boolean opened;
    private Position from;
    private double reconstruction;
    private double kl;
    private long rows;

    /** @param every steps between two lines */
    StepLog(Path file, Position start, long every) {
        this.file = file;
        this.every = every;
        this.from = start;
        long kept = 0;
        double seconds = 0;
        if (Files.exists(file)) {
            String line = null;
            try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
                for (line = lines.readLine(); line != null; line = lines.readLine()) {
                    JsonObject o = JsonParser.parseString(line).getAsJsonObject();
                    if (o.get("step").getAsLong() > start.step()) {
                        break;
                    }
                    seconds = o.get("seconds").getAsDouble();
                    kept += line.length() + 1;
                }
            } catch (IOException e) {
                throw new DataException("cannot read " + file + ": " + DataException.reason(e), e);
            } catch (RuntimeException e) {
                // of what a killed process has left of a line nothing is needed
                if (kept == 0 && !line.startsWith("{\"step\":")) {
                    throw new DataException(file + ": line 1 is no line of steps written by elbo4j", e);
                }
            }
        }
        this.length = kept;
        this.secondsBefore = seconds;
    }

    /** Before an epoch's sums are gone. */
    void endOfEpoch(Trainer trainer) {
        take(trainer.position());
        from = new Position(from.step(), from.epoch() + 1, 0, 0, 0);
    }

    private void take(Position now) {
        reconstruction += now.reconstruction() - from.reconstruction();
        kl += now.kl() - from.kl();
        rows += now.row() - from.row();
        from = now;
    }

    /** After a step: its line, if it has one. */
    Optional<JsonObject> step(Trainer trainer, long step, boolean last) {
        if (step % every != 0 && !last) {
            return Optional.empty();
        }
        take(trainer.position());
        ElboTerms terms = trainer.averages(reconstruction, kl, rows);
        JsonObject o = new JsonObject();
        o.addProperty("step", step);
        o.addProperty("epoch", from.epoch() + from.row() / (double) trainer.rows());
        o.addProperty("rows", rows);
        o.addProperty("seconds", Math.round(1e3 * (secondsBefore + (System.nanoTime() - begin) * 1e-9)) / 1e3);
        o.addProperty("elbo", terms.elbo());
        o.addProperty("reconstruction", terms.reconstruction());
        o.addProperty("kl", terms.kl());
        double norm = trainer.gradientNorm();
        o.addProperty("gradient_norm", Double.isFinite(norm) ? norm : null);
        append(o + "\n");
        reconstruction = 0;
        kl = 0;
        rows = 0;
        return Optional.of(o);
    }

    private void append(String line) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (!opened) {
                channel.truncate(Math.min(length, channel.size()));
                opened = true;
            }
            channel.position(channel.size());
            AtomicFile.put(channel, ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new DataException("cannot write " + file + ": " + DataException.reason(e), e);
        }
    }
}
