package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.NpyReader;
import io.elbo4j.train.data.NpyWriter;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data of one's own: with labels beside it, of a single row, of shorter sequences. */
class OwnDataTest {
    private static final int ROWS = 40;
    private static final int COLUMNS = 16;

    @TempDir
    Path directory;

    private static float[] random(int count) {
        Random random = new Random(5);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextInt(2);
        }
        return values;
    }

    private Path array(String name, int rows, int columns) {
        Path file = directory.resolve(name + ".npy");
        NpyWriter.write(file, rows, columns, random(rows * columns));
        return file;
    }

    /** Labels as NumPy writes them. */
    private Path labels(String name, String type, int bytes, String shape, long... labels) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(128 + labels.length * bytes).order(ByteOrder.LITTLE_ENDIAN);
        String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
        all.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0});
        all.put((header + " ".repeat(117 - header.length()) + "\n").getBytes(StandardCharsets.US_ASCII));
        for (long label : labels) {
            ByteBuffer one = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(label);
            all.put(one.array(), 0, bytes);
        }
        return Files.write(directory.resolve(name + ".labels.npy"), all.array());
    }

    private static long[] classes(int rows) {
        return IntStream.range(0, rows).mapToLong(r -> r % 4).toArray();
    }

    private Cli.Result train(String model, String data, String out, String... more) {
        return Cli.run(Lists.join(List.of("train", "--model", model, "--data", data, "--batch", "8", "--epochs", "3",
                "--backend", "java", "--threads", "1", "--latent", "3", "--out", directory.resolve(out).toString()),
                more));
    }

    private float[] written(String... command) {
        Path file = directory.resolve("out.npy");
        Cli.run(Lists.join(List.of(command), "--out", file.toString(), "--backend", "java")).succeeds();
        Images all = NpyReader.read(file);
        return all.copyRows(0, all.rows());
    }

    @Test
    void labelsLieBesideTheData() throws IOException {
        Path x = array("x", ROWS, COLUMNS);
        labels("x", "<i8", 8, "(40,)", classes(ROWS));
        train("conditional-vae", "npy=" + x, "run", "--hidden", "6").succeeds();
        String sha = ModelRuns.sha256(directory.resolve("run"));
        train("conditional-vae", "npy=" + x, "streamed", "--hidden", "6", "--stream").succeeds();
        assertEquals(sha, ModelRuns.sha256(directory.resolve("streamed")));
        labels("x", "|u1", 1, "(40, 1)", classes(ROWS));
        train("conditional-vae", "npy=" + x, "bytes", "--hidden", "6").succeeds();
        assertEquals(sha, ModelRuns.sha256(directory.resolve("bytes")));
        String[] run = {"--checkpoint", directory.resolve("run").toString()};
        assertFalse(Arrays.equals(written(Lists.join(List.of("sample", "--label", "1"), run)), written(Lists.join(List
                .of("sample", "--label", "3"), run))));
        Cli.run(Lists.join(List.of("sample", "--label", "4", "--out", directory.resolve("no.npy").toString()), run))
                .fails(2, "expected one from 0 to 3");
        Cli.run(Lists.join(List.of("scatter", "--colour", "label", "--out", directory.resolve("s.png").toString()),
                run)).succeeds();
        long[] others = classes(ROWS);
        others[7] = 3 - others[7];
        labels("x", "<i8", 8, "(40,)", others);
        train("conditional-vae", "npy=" + x, "others", "--hidden", "6").succeeds();
        assertNotEquals(sha, ModelRuns.sha256(directory.resolve("others")));
        Cli.run("train", "--resume", "--out", directory.resolve("run").toString(), "--epochs", "4").fails(1,
                "was trained on");
        // another set, of fewer classes, to be validated by
        Path few = array("few", 5, COLUMNS);
        labels("few", "<i4", 4, "(5,)", 0, 1, 0, 1, 0);
        train("conditional-vae", "npy=" + x, "validated", "--hidden", "6", "--validation-data", "npy=" + few)
                .succeeds();
    }

    @Test
    void labelsThatAreNoneAreRefused() throws IOException {
        Path x = array("x", ROWS, COLUMNS);
        Path beside = directory.resolve("x.labels.npy");
        train("conditional-vae", "npy=" + x, "run").fails(1,
                "labels come with sprites and mnist=DIR, and are read from "
                        + beside + ", a NumPy array of whole numbers from 0 on, one for each row, which is not there");
        labels("x", "<i8", 8, "(39,)", classes(39));
        train("conditional-vae", "npy=" + x, "run").fails(1, beside + ": has 39 rows, expected one for each of the 40");
        long[] wrong = classes(ROWS);
        wrong[11] = -2;
        labels("x", "<i8", 8, "(40,)", wrong);
        train("conditional-vae", "npy=" + x, "run").fails(1, beside
                + ": the label at row 11 (counted from 0) is -2, expected a whole number from 0 on");
        labels("x", "<f8", 8, "(40,)", IntStream.range(0, ROWS).mapToLong(r -> Double.doubleToRawLongBits(r / 2.0))
                .toArray());
        train("conditional-vae", "npy=" + x, "run").fails(1, "the label at row 1 (counted from 0) is 0.5, expected a"
                + " whole number from 0 on");
        labels("x", "<i8", 8, "(20, 2)", classes(ROWS));
        train("conditional-vae", "npy=" + x, "run").fails(1, "has the shape [20, 2], expected (N) or (N,1) of labels");
        labels("x", "<i8", 8, "(41,)", classes(ROWS));
        train("conditional-vae", "npy=" + x, "run").fails(1, "truncated?");
        labels("x", "<i8", 8, "(40,)", classes(ROWS));
        train("conditional-vae", "npy=" + x, "run").succeeds();
        Cli.run("encode", "--checkpoint", directory.resolve("run").toString(), "--out", beside.toString()).fails(2,
                "is read by --data npy, and would be lost");
        assertFalse(Files.exists(directory.resolve("no")));
    }

    @Test
    void aFolderHasItsLabelsBesideIt() throws IOException {
        Path folder = Files.createDirectory(directory.resolve("images"));
        for (int i = 0; i < 20; i++) {
            BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_GRAY);
            image.setRGB(i % 4, i / 5, 0xffffff);
            ImageIO.write(image, "png", folder.resolve("image" + (char) ('a' + i) + ".png").toFile());
        }
        labels("images", "<i8", 8, "(20,)", classes(20));
        train("conditional-vae", "images=" + folder, "run", "--hidden", "6").succeeds();
        assertTrue(Cli.run("evaluate", "--checkpoint", directory.resolve("run").toString(), "--json").succeeds().json()
                .has("elbo"));
    }

    @Test
    void aSingleRowIsUsed() throws IOException {
        Path x = array("x", ROWS, COLUMNS);
        labels("x", "<i8", 8, "(40,)", classes(ROWS));
        train("conditional-vae", "npy=" + x, "run", "--hidden", "6").succeeds();
        String[] run = {"--checkpoint", directory.resolve("run").toString()};
        Path one = directory.resolve("one.npy");
        float[] first = Arrays.copyOf(random(ROWS * COLUMNS), COLUMNS);
        NpyWriter.write(one, 1, COLUMNS, first);
        labels("one", "<i8", 8, "(1,)", 0);
        String[] given = Lists.join(List.of(run), "--data", "npy=" + one);
        float[] codes = written(Lists.join(List.of("encode"), given));
        assertEquals(3, codes.length);
        assertArrayEquals(Arrays.copyOf(written(Lists.join(List.of("encode", "--set", "train"), run)), 3), codes);
        for (String set : List.of("test", "train")) {
            String[] of = Lists.join(List.of("--set", set), given);
            assertEquals(1, Cli.run(Lists.join(List.of("evaluate", "--json", "--samples", "7"), of)).succeeds().json()
                    .get("rows").getAsInt());
            assertEquals(COLUMNS, written(Lists.join(List.of("reconstruct"), of)).length);
            assertArrayEquals(codes, written(Lists.join(List.of("encode"), of)));
        }
        float[] scores = written(Lists.join(List.of("anomalies"), given));
        assertEquals(2, scores.length);
        // the same row at the same place: its score is the first of the training set's, of which it is one
        double elbo = Cli.run(Lists.join(List.of("evaluate", "--json"), given)).succeeds().json().get("elbo")
                .getAsDouble();
        assertEquals(-elbo, scores[0], 1e-6 * Math.abs(elbo));
        Cli.run(Lists.join(List.of("scatter", "--out", directory.resolve("s.png").toString()), given)).succeeds();
        Cli.run(Lists.join(List.of("interpolate", "--out", directory.resolve("i.png").toString()), given)).fails(2,
                "--between must be of rows 0 to 0");
        for (String[] more : new String[][] {{}, {"--stream"}}) {
            train("conditional-vae", "npy=" + one, "no", more).fails(1,
                    "holds a single image, expected at least 2 (one to train, one to test)");
        }
    }

    /** What it was trained on has a test set; other rows nobody has divided. */
    @Test
    void allRowsOfOtherDataAreUsed() {
        Path x = array("x", ROWS, COLUMNS);
        train("vae", "npy=" + x, "run", "--hidden", "6").succeeds();
        float[] others = new float[20 * COLUMNS];
        Arrays.fill(others, 1);
        Path y = directory.resolve("y.npy");
        NpyWriter.write(y, 20, COLUMNS, others);
        String[] run = {"--checkpoint", directory.resolve("run").toString()};
        for (String[] each : new String[][] {{"npy=" + x, null, "4"}, {"npy=" + y, null, "20"}, {"npy=" + y, "test",
                "2"}, {"npy=" + y, "train", "18"}, {"npy=" + x, "all", "40"}, {null, "all", "40"}, {null, null, "4"}}) {
            List<String> options = new ArrayList<>(List.of(run));
            if (each[0] != null) {
                options.addAll(List.of("--data", each[0]));
            }
            if (each[1] != null) {
                options.addAll(List.of("--set", each[1]));
            }
            String[] of = options.toArray(String[]::new);
            int rows = Integer.parseInt(each[2]);
            String said = String.join(" ", options);
            assertEquals(rows, Cli.run(Lists.join(List.of("evaluate", "--json"), of)).succeeds().json().get("rows")
                    .getAsInt(), said);
            assertEquals(rows * COLUMNS, written(Lists.join(List.of("reconstruct"), of)).length, said);
            assertEquals(rows, Cli.run(Lists.join(List.of("scatter", "--json", "--out", directory.resolve("s.png")
                    .toString()), of)).succeeds().json().get("rows").getAsInt(), said);
        }
    }

    /** Of two files, too, as those of MNIST: training rows first. */
    @Test
    void bothSetsAreOne() throws IOException {
        Path digits = Cli.digits(directory);
        Cli.run("train", "--data", "mnist=" + digits, "--steps", "3", "--hidden", "4", "--latent", "3", "--backend",
                "java", "--out", directory.resolve("run").toString()).succeeds();
        String[] encode = {"encode", "--checkpoint", directory.resolve("run").toString(), "--what", "mean"};
        String[] reconstruct = {"reconstruct", "--checkpoint", directory.resolve("run").toString(), "--set", "all"};
        assertEquals(written(encode).length, written(reconstruct).length);
    }

    @Test
    void sequencesMayBeShorterThanTheModels() {
        float[] all = random(ROWS * 4 * 3);
        Path x = directory.resolve("x.npy");
        NpyWriter.write(x, all, ROWS, 4, 3);
        train("deep-markov-model", "npy=" + x, "run", "--units", "5", "--width", "6").succeeds();
        Path shorter = directory.resolve("shorter.npy");
        NpyWriter.write(shorter, Arrays.copyOf(all, 6), 1, 2, 3);
        Path gaps = directory.resolve("gaps.npy");
        float[] padded = Arrays.copyOf(all, 12);
        Arrays.fill(padded, 6, 12, Float.NaN);
        NpyWriter.write(gaps, padded, 1, 4, 3);
        String[] evaluate = {"evaluate", "--json", "--checkpoint", directory.resolve("run").toString(), "--data"};
        assertEquals(Cli.run(Lists.join(List.of(evaluate), "npy=" + gaps)).succeeds().json(), Cli.run(Lists.join(List
                .of(evaluate), "npy=" + shorter)).succeeds().json());
        NpyWriter.write(shorter, random(15), 1, 5, 3);
        Cli.run(Lists.join(List.of(evaluate), "npy=" + shorter)).fails(1, "has rows of 15 values");
    }

    @Test
    void paddingIsNotLearntAsData() throws IOException {
        Path music = directory.resolve("music.json");
        Files.writeString(music, "{\"test\": [[[60]], [[61], [62]]], \"train\": [[[60], [61]], [[62]], [[60], [62]]]}");
        train("vae", "music=" + music, "run").fails(1,
                "has sequences of several lengths, row 1 of 1 steps and a longest"
                        + " one of 2, but the model takes no 'mask'",
                "it would learn the zeros after their ends as data");
        Files.writeString(music, "{\"test\": [[[60], [62]]], \"train\": [[[60], [61]], [[60], [62]]]}");
        train("vae", "music=" + music, "run").succeeds();
    }
}
