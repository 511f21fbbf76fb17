package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.DataName;
import io.elbo4j.train.data.DataRequest;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.NpyReader;
import io.elbo4j.train.data.NpyWriter;
import io.elbo4j.train.data.ReadProgress;
import io.elbo4j.train.data.Table;
import io.elbo4j.train.data.TableSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands on tables. */
class TableCommandsTest {
    private static final int ROWS = 200;

    @TempDir
    private Path dir;
    private Path csv;
    private Path npy;

    /** The same numbers as a table, with a key and with one column as text, and as an array. */
    @BeforeEach
    void makeFiles() throws IOException {
        Random random = new Random(3);
        float[] x = new float[ROWS * 5];
        StringBuilder text = new StringBuilder("id,height,colour,weight,age\n");
        for (int r = 0; r < ROWS; r++) {
            float height = 170 + 10 * (float) random.nextGaussian();
            float weight = height / 2 + (float) random.nextGaussian();
            int age = 18 + random.nextInt(60);
            int colour = random.nextInt(2);
            float[] row = {height, colour == 0 ? 1 : 0, colour == 1 ? 1 : 0, weight, age};
            System.arraycopy(row, 0, x, r * 5, 5);
            text.append("row ").append(r).append(',').append(height).append(',').append(colour == 0 ? "blue" : "red")
                    .append(',').append(weight).append(',').append(age).append('\n');
        }
        csv = Files.writeString(dir.resolve("people.csv"), text.toString());
        npy = dir.resolve("people.npy");
        NpyWriter.write(npy, ROWS, 5, x);
    }

    private record Result(int code, String out, String err) {
        Result succeeds() {
            assertEquals(0, code, err);
            return this;
        }

        void fails(int expected, String part) {
            assertEquals(expected, code, err);
            assertTrue(err.contains(part), err);
        }
    }

    private static Result run(Object... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(new Console(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true,
                StandardCharsets.UTF_8), false), Arrays.stream(words).map(Object::toString).toArray(String[]::new));
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static Result train(Path out, Object... more) {
        List<Object> words = new ArrayList<>(List.of("train", "--likelihood", "gaussian", "--standardise", "column",
                "--hidden", "8", "--latent", "2", "--batch", "32", "--backend", "java", "--seed", "5", "--out", out));
        words.addAll(List.of(more));
        return run(words.toArray());
    }

    /** Of all tensors, without the description before them. */
    private static String weights(Path run) throws Exception {
        byte[] file = Files.readAllBytes(run.resolve("checkpoint.safetensors"));
        int header = 8 + (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(file, header, file.length - header);
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String file(Path run) throws IOException {
        return HexFormat.of().formatHex(Files.readAllBytes(run.resolve("checkpoint.safetensors")));
    }

    @Test
    void aTableGivesTheWeightsOfTheSameNumbers() throws Exception {
        train(dir.resolve("a"), "--data", "npy=" + npy, "--epochs", "3").succeeds();
        train(dir.resolve("b"), "--data", "table=" + csv, "--key", "id", "--epochs", "3").succeeds();
        train(dir.resolve("c"), "--data", "table=" + csv, "--key", "id", "--epochs", "3", "--stream").succeeds();
        train(dir.resolve("d"), "--data", "table=" + csv, "--query", "SELECT * EXCLUDE id FROM data WHERE age > 20",
                "--epochs", "3").succeeds();
        assertEquals(weights(dir.resolve("a")), weights(dir.resolve("b")));
        assertEquals(file(dir.resolve("b")), file(dir.resolve("c")));
        assertNotEquals(weights(dir.resolve("a")), weights(dir.resolve("d")));
    }

    @Test
    void aRunGoesOnWithTheTableAsItWasRead() throws Exception {
        Object[] table = {"--data", "table=" + csv, "--query",
                "SELECT id, age, weight, nullif(height, 0) AS h FROM data"
                        + " ORDER BY weight", "--key", "id", "--nulls", "mean", "--test", "0.25", "--test-seed", "4"};
        Object[] whole = Arrays.copyOf(table, table.length + 2);
        whole[table.length] = "--steps";
        whole[table.length + 1] = "23";
        train(dir.resolve("whole"), whole).succeeds();
        Object[] first = whole.clone();
        first[table.length + 1] = "9";
        train(dir.resolve("parts"), first).succeeds();
        run("train", "--resume", "--out", dir.resolve("parts"), "--steps", "23", "--backend", "java").succeeds();
        assertEquals(file(dir.resolve("whole")), file(dir.resolve("parts")));
        Table stored = Checkpoint.read(dir.resolve("parts").resolve("checkpoint.safetensors")).checkpoint().table();
        assertEquals(List.of("age", "weight", "h"), stored.names());
        assertEquals(new TableSettings("SELECT id, age, weight, nullif(height, 0) AS h FROM data ORDER BY weight", List
                .of("id"), List.of("mean"), "", "", 0.25, 4), stored.settings());
        // another file under the name is another run's
        Files.writeString(csv, Files.readString(csv).replace("row 7,", "row 7,1"));
        run("train", "--resume", "--out", dir.resolve("parts"), "--steps", "30").fails(1, "resume with the run's own");
    }

    @Test
    void codesLieBesideTheKeys() throws Exception {
        Path run = dir.resolve("run");
        train(run, "--data", "table=" + csv, "--key", "id", "--epochs", "2", "--test", "0.3").succeeds();
        Path array = dir.resolve("z.npy");
        Path table = dir.resolve("z.csv");
        Path parquet = dir.resolve("z.parquet");
        for (Path out : List.of(array, table, parquet)) {
            run("encode", "--checkpoint", run, "--out", out, "--backend", "java").succeeds();
        }
        Images codes = NpyReader.read(array);
        List<String> lines = Files.readAllLines(table);
        assertEquals("id,posterior_mean_0,posterior_mean_1", lines.get(0));
        DataSource read = table(parquet, "id");
        boolean shuffled = false;
        for (int r = 0; r < ROWS; r++) {
            String[] fields = lines.get(1 + r).split(",");
            assertArrayEquals(codes.copyRows(r, 1), new float[] {Float.parseFloat(fields[1]), Float.parseFloat(
                    fields[2])});
            assertArrayEquals(codes.copyRows(r, 1), read.all().copyRows(r, 1));
            assertEquals(fields[0], read.keys().columns().get(0).values().get(r));
            shuffled |= !fields[0].equals("row " + r);
        }
        assertTrue(shuffled);
        // by the key a row's code is that of the row alone
        Path one = Files.writeString(dir.resolve("one.csv"), Files.readAllLines(csv).get(0) + "\n" + Files.readAllLines(
                csv).get(1 + 42) + "\n");
        run("encode", "--checkpoint", run, "--data", "table=" + one, "--out", dir.resolve("one-z.csv"), "--backend",
                "java").succeeds();
        String line = Files.readAllLines(dir.resolve("one-z.csv")).get(1);
        assertTrue(line.startsWith("row 42,") && lines.contains(line), line);
        run("encode", "--checkpoint", run, "--out", "z.txt").fails(2, "--out must end in .npy, .csv or .parquet");
    }

    private static DataSource table(Path file, String key) {
        return DataSource.used(DataName.parse("table=" + file), new DataRequest(Set.of(Images.X), false,
                ReadProgress.NONE).of(new TableSettings("", List.of(key), List.of(), "", "", 0, 0), Table.NONE, true));
    }

    @Test
    void whatIsMadeHasTheTablesColumns() throws Exception {
        Path run = dir.resolve("run");
        train(run, "--data", "table=" + csv, "--key", "id", "--epochs", "100").succeeds();
        Path rec = dir.resolve("rec.csv");
        run("reconstruct", "--checkpoint", run, "--set", "all", "--out", rec, "--backend", "java").succeeds();
        List<String> lines = Files.readAllLines(rec);
        assertEquals("id,height,colour,weight,age", lines.get(0));
        double sum = 0;
        for (String line : lines.subList(1, lines.size())) {
            String[] fields = line.split(",");
            assertTrue(fields[2].equals("red") || fields[2].equals("blue"), line);
            sum += Double.parseDouble(fields[1]);
        }
        // as given, not standardised: the mean of the heights, whose deviation is 10
        assertEquals(170, sum / ROWS, 5);
        Path samples = dir.resolve("s.parquet");
        run("sample", "--checkpoint", run, "--count", "7", "--out", samples, "--backend", "java").succeeds();
        DataSource read = table(samples, "height");
        assertEquals(7, read.all().rows());
        assertEquals("height", read.keys().columns().get(0).name());
    }

    @Test
    void rowsOfAnyCommandLieBesideTheirKeys() throws Exception {
        Path run = dir.resolve("run");
        train(run, "--data", "table=" + csv, "--key", "id", "--epochs", "2", "--test", "0.3").succeeds();
        Path terms = dir.resolve("terms.csv");
        run("evaluate", "--checkpoint", run, "--set", "all", "--rows", terms, "--backend", "java").succeeds();
        Path means = dir.resolve("means.csv");
        run("reconstruct", "--checkpoint", run, "--set", "all", "--count", "190", "--out", means, "--backend", "java")
                .succeeds();
        Path scores = dir.resolve("scores.csv");
        run("anomalies", "--checkpoint", run, "--data", "table=" + csv, "--out", scores, "--backend", "java")
                .succeeds();
        Path codes = dir.resolve("codes.csv");
        run("encode", "--checkpoint", run, "--out", codes, "--backend", "java").succeeds();
        assertEquals("id,elbo,reconstruction,kl", Files.readAllLines(terms).get(0));
        assertEquals("id,score,p", Files.readAllLines(scores).get(0));
        // encode's own order is tested above
        assertEquals(keys(codes), keys(terms));
        assertEquals(keys(codes), keys(scores));
        assertEquals(keys(codes).subList(0, 190), keys(means));
        assertNotEquals(keys(codes).stream().sorted().toList(), keys(codes));
    }

    private static List<String> keys(Path file) throws IOException {
        return Files.readAllLines(file).stream().skip(1).map(line -> line.split(",")[0]).toList();
    }

    @Test
    void validationDataAndEvaluationGoByTheTrainedColumns() throws Exception {
        Path valid = Files.writeString(dir.resolve("valid.csv"), "colour,age,weight,id,height\nred,30,80,a,160\n"
                + "blue,40,90,b,180\nred,50,70,c,150\n");
        Path run = dir.resolve("run");
        train(run, "--data", "table=" + csv, "--key", "id", "--epochs", "1", "--validation-data", "table=" + valid)
                .succeeds();
        Result evaluated = run("evaluate", "--checkpoint", run, "--data", "table=" + valid, "--backend", "java",
                "--json").succeeds();
        assertTrue(evaluated.out().contains("\"rows\":3"), evaluated.out());
        Path missing = Files.writeString(dir.resolve("missing.csv"), "colour,age,id,height\nred,30,a,160\n");
        run("evaluate", "--checkpoint", run, "--data", "table=" + missing).fails(1, "has no column 'weight', which the"
                + " model was trained on");
    }

    @Test
    void optionsOfTablesAreRefusedElsewhere() {
        train(dir.resolve("x"), "--data", "npy=" + npy, "--query", "SELECT 1").fails(2,
                "--query goes with --data table=FILE, not with npy");
        train(dir.resolve("x"), "--data", "table=" + csv, "--test", "1.5").fails(2,
                "--test must be above 0 and below 1");
        train(dir.resolve("x"), "--data", "table=" + csv, "--test", "0.5", "--split", "id").fails(2,
                "mutually exclusive");
        train(dir.resolve("x"), "--data", "table=" + csv, "--test-seed", "1").fails(2, "--test-seed goes with --test");
        train(dir.resolve("x"), "--data", "table=" + csv, "--model", "conditional-vae").fails(1, "--label-column");
        assertTrue(Files.notExists(dir.resolve("x")));
    }

    @Test
    void aColumnOfClassesIsTheLabel() throws Exception {
        Path run = dir.resolve("run");
        train(run, "--data", "table=" + csv, "--query", "SELECT height, weight, colour FROM data", "--label-column",
                "colour", "--model", "conditional-vae", "--epochs", "1").succeeds();
        Table stored = Checkpoint.read(run.resolve("checkpoint.safetensors")).checkpoint().table();
        assertEquals(List.of("height", "weight"), stored.names());
        assertEquals(List.of("blue", "red"), stored.classes());
    }
}
