package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.NpyReader;
import io.elbo4j.train.data.NpyWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnomaliesCommandTest {
    private static final int ROWS = 200;
    private static final int COLUMNS = 6;
    private static final int TEST = ROWS / 10;
    private static final int ODD = 13;

    @TempDir
    Path directory;
    private Path run;
    private Path out;

    /** Rows of one pattern, but for one of the test set, which has the opposite one. */
    @BeforeEach
    void train() {
        float[] values = new float[ROWS * COLUMNS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i / COLUMNS == ROWS - TEST + ODD) == (i % COLUMNS < 3) ? 0 : 1;
        }
        Path data = directory.resolve("data.npy");
        NpyWriter.write(data, ROWS, COLUMNS, values);
        run = directory.resolve("run");
        out = directory.resolve("scores.npy");
        Cli.train(data, run, "--epochs", "60", "--learning-rate", "0.05").succeeds();
    }

    private Cli.Result anomalies(String... more) {
        return Cli.run(Lists.join(List.of("anomalies", "--checkpoint", run.toString(), "--backend", "java"), more));
    }

    @Test
    void stepsAreOfSequences() {
        anomalies("--per-step").fails(2, "--per-step goes with a model of sequences, as deep-markov-model; this one"
                + " has none");
    }

    @Test
    void theOddRowComesFirst() {
        for (String[] how : new String[][] {{}, {"--samples", "20"}}) {
            JsonObject found = anomalies(Lists.join(List.of("--json", "--top", "3"), how)).succeeds().json();
            assertEquals(TEST, found.get("rows").getAsInt());
            assertEquals(ROWS - TEST, found.get("reference_rows").getAsInt());
            assertEquals(3, found.getAsJsonArray("highest").size());
            double odd = found.getAsJsonArray("highest").get(0).getAsJsonObject().get("score").getAsDouble();
            assertTrue(found.getAsJsonObject("quantiles").get("1.0").getAsDouble() < odd, found.toString());
            JsonObject first = found.getAsJsonArray("highest").get(0).getAsJsonObject();
            assertEquals(ODD, first.get("row").getAsInt());
            assertEquals(1.0 / (1 + ROWS - TEST), first.get("p").getAsDouble());
            assertTrue(first.get("score").getAsDouble() > 2 + found.getAsJsonArray("highest").get(1).getAsJsonObject()
                    .get("score").getAsDouble(), found.toString());
        }
    }

    /** The scores are those of `evaluate`, with the other sign. */
    @Test
    void allScoresAreWritten() {
        Path terms = directory.resolve("terms.npy");
        for (String[] how : new String[][] {{}, {"--samples", "7"}}) {
            anomalies(Lists.join(List.of("--out", out.toString()), how)).succeeds();
            Cli.run(Lists.join(List.of("evaluate", "--checkpoint", run.toString(), "--backend", "java", "--rows", terms
                    .toString()), how)).succeeds();
            Images scores = NpyReader.read(out);
            Images all = NpyReader.read(terms);
            assertEquals(TEST, scores.rows());
            for (int r = 0; r < TEST; r++) {
                assertEquals(how.length == 0 ? -all.value(r, 0) : all.value(r, 3), scores.value(r, 0), "row " + r);
            }
        }
    }

    /** All rows of other data are judged, by the run's own training rows. */
    @Test
    void otherRowsAreJudgedByTheTrainingRows() {
        float[] two = new float[2 * COLUMNS];
        for (int i = 0; i < two.length; i++) {
            two[i] = (i < COLUMNS) == (i % COLUMNS < 3) ? 0 : 1;
        }
        Path others = directory.resolve("others.npy");
        NpyWriter.write(others, 2, COLUMNS, two);
        JsonObject found = anomalies("--json", "--data", "npy=" + others).succeeds().json();
        assertEquals(2, found.get("rows").getAsInt());
        assertEquals(ROWS - TEST, found.get("reference_rows").getAsInt());
        assertEquals("training", found.get("reference").getAsString());
        JsonObject first = found.getAsJsonArray("highest").get(0).getAsJsonObject();
        assertEquals(0, first.get("row").getAsInt(), "the row of the other pattern");
        assertEquals(1.0 / (1 + ROWS - TEST), first.get("p").getAsDouble());
    }

    /** The model has not seen them. */
    @Test
    void validationRowsStandForTheTrainingRows() {
        Path data = directory.resolve("data.npy");
        run = directory.resolve("validated");
        Cli.train(data, run, "--epochs", "2", "--validation", "0.25").succeeds();
        JsonObject found = anomalies("--json").succeeds().json();
        assertEquals((ROWS - TEST) / 4, found.get("reference_rows").getAsInt());
        assertEquals("validation", found.get("reference").getAsString());
        assertEquals(TEST, found.get("rows").getAsInt());
    }

    @Test
    void everyOptionChangesTheNumbers() {
        String before = anomalies().succeeds().out();
        assertEquals(before, anomalies("--threads", "3").succeeds().out());
        assertTrue(before.startsWith("20 test rows against 180 training rows; score: minus ELBO, nats"), before);
        assertEquals(3 + 10, before.lines().count());
        for (String[] other : new String[][] {{"--samples", "3"}, {"--top", "4"}, {"--seed", "8"}}) {
            assertNotEquals(before, anomalies(other).succeeds().out(), String.join(" ", other));
        }
        assertEquals(2, anomalies("--top", "0").succeeds().out().lines().count());
    }

    @Test
    void whatCannotBeDoneIsRefused() {
        anomalies("--samples", "0").fails(2, "--samples must be at least 1, not 0");
        anomalies("--top", "-1").fails(2, "--top must be at least 0, not -1");
        anomalies("--out", "a.png").fails(2, "--out must end in .npy, .csv or .parquet, not 'a.png'");
        anomalies("--out", run.resolve("checkpoint.safetensors") + "", "--json").fails(2,
                "--out must end in .npy, .csv");
        assertFalse(Files.exists(out));
        assertArrayEquals(new String[] {"data.npy", "run"}, Cli.names(directory).toArray());
    }
}
