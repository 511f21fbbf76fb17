package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.NpyReader;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.model.Settings;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Models of sequences by the command line. */
class DeepMarkovModelsTest extends ModelRuns {
    @Test
    void aDeepMarkovModelIsTrainedResumedAndEvaluated() throws IOException {
        Random random = new Random(3);
        StringBuilder music = new StringBuilder("{\"test\": [[[60, 64], [62]], [[21], [108], []]], \"train\": [");
        for (int i = 0; i < 17; i++) {
            music.append(i == 0 ? "[" : ", [");
            int steps = 1 + random.nextInt(4);
            for (int t = 0; t < steps; t++) {
                music.append(t == 0 ? "[" : ", [").append(60 + random.nextInt(12)).append(']');
            }
            music.append(']');
        }
        Path file = directory.resolve("music.json");
        Files.writeString(file, music.append("]}"));
        String[] sizes = {"--latent=3", "--units=5", "--width=6"};
        String[] options = {"train", "--model", "deep-markov-model", "--data", "music=" + file, "--batch", "8",
                "--evaluate-every", "1", "--backend", "java", "--threads", "1", "--epochs", "3"};
        Path run = directory.resolve("music");
        Cli.run(Lists.join(List.of(options), Lists.join(List.of(sizes), "--out", run.toString()))).succeeds();
        Path parts = directory.resolve("parts");
        Cli.run(Lists.join(List.of(options).subList(0, options.length - 2), Lists.join(List.of(sizes), "--out", parts
                .toString(), "--steps", "4"))).succeeds();
        Cli.run("train", "--resume", "--out", parts.toString(), "--epochs", "3").succeeds();
        assertEquals(sha256(run), sha256(parts));
        JsonObject found = Cli.run("evaluate", "--checkpoint", run.toString(), "--samples", "50", "--json").succeeds()
                .json();
        assertTrue(-found.get("nll").getAsDouble() > found.get("elbo").getAsDouble(), found.toString());
        for (String set : List.of("test", "train")) {
            String[] evaluate = {"evaluate", "--checkpoint", run.toString(), "--set", set};
            assertTrue(Cli.run(evaluate).succeeds().out().contains(" rows of " + file + " (" + set + "), in nats"));
        }
        Images test = DataSource.parse("music=" + file).test();
        assertEndsAs(test, 3, sequences("encode", "--checkpoint", run.toString(), "--set", "test"));
        assertEndsAs(test, 88, sequences("reconstruct", "--checkpoint", run.toString()));
        assertPicturesEnd(run);
        assertPointsOfSteps(run, test);
        assertScoresPerStep(run, test);
        Images sampled = array("sample", "--checkpoint", run.toString(), "--count", "5");
        assertEquals(List.of(5, 4, 88), List.of(sampled.rows(), sampled.height(), sampled.width()));
        Images begun = array("sample", "--checkpoint", run.toString(), "--count", "3", "--steps", "2");
        for (int r = 0; r < 3; r++) {
            assertArrayEquals(Arrays.copyOf(sampled.copyRows(r, 1), 2 * 88), begun.copyRows(r, 1));
        }
        for (float x : array("sample", "--checkpoint", run.toString(), "--count", "3", "--draw").copyRows(0, 3)) {
            assertTrue(x == 0 || x == 1, "drawn: " + x);
        }
        Path drawn = directory.resolve("drawn.npy");
        JsonObject written = Cli.run("sample", "--checkpoint", run.toString(), "--count", "30", "--draw", "--out", drawn
                .toString(), "--json").succeeds().json();
        assertEquals(List.of(30, 4, false), List.of(written.get("rows").getAsInt(), written.get("steps").getAsInt(),
                written.get("ended").getAsBoolean()));
        String[] evaluated = {"evaluate", "--checkpoint", run.toString(), "--data", "npy=" + drawn, "--json"};
        assertEquals(30, Cli.run(evaluated).succeeds().json().get("rows").getAsInt());
        assertEquals(3, Cli.run(Lists.join(List.of(evaluated), "--set", "test")).succeeds().json().get("rows")
                .getAsInt());
        Path picture = directory.resolve("sampled.png");
        String[] sample = {"sample", "--checkpoint", run.toString(), "--out", picture.toString()};
        Cli.run(Lists.join(List.of(sample), "--count", "4", "--steps", "3")).succeeds();
        // two by two, with lines between
        assertEquals(2 * 88 + 3, ImageIO.read(picture.toFile()).getWidth());
        for (String steps : List.of("0", "5")) {
            Cli.run(Lists.join(List.of(sample), "--steps", steps)).fails(2, "--steps must be from 1 to 4, as many as"
                    + " the model was made for, not " + steps);
        }
        Cli.run(Lists.join(List.of(sample), "--temperature", "1")).fails(2, "--temperature goes with a model of one"
                + " code for a row");
        Cli.run(Lists.join(List.of(sample), "--label", "1")).fails(2, "--label goes with a model of labels");
        Cli.run(Lists.join(List.of(sample), "--data", "music=" + file)).fails(2, "--data goes with a model of sequences"
                + " with actions");
        Set<String> bits = new TreeSet<>(Set.of(sha256(run)));
        String[] others = {"--latent=4", "--units=4", "--width=5", "--looking=past"};
        for (String other : others) {
            Path out = directory.resolve("music" + other);
            List<String> rest = Arrays.stream(sizes).filter(size -> !size.startsWith(other.split("=")[0])).toList();
            Cli.run(Lists.join(List.of(options), Lists.join(rest, "--out", out.toString(), other))).succeeds();
            bits.add(sha256(out));
        }
        assertEquals(1 + others.length, bits.size());
        train("deep-markov-model", directory.resolve("refused")).fails(1, "has no array 'mask', which the model takes:"
                + " a mask comes with npy=FILE and music=FILE");
    }

    /** A body that is pushed, in a NumPy file of sequences of 1 to 4 steps: two places, a push. */
    @Test
    void aDeepMarkovModelIsTrainedOnSequencesWithActions() throws IOException {
        Random random = new Random(4);
        ByteBuffer bytes = ByteBuffer.allocate(128 + 20 * 4 * 3 * 4).order(ByteOrder.LITTLE_ENDIAN);
        byte[] text = "{'descr': '<f4', 'fortran_order': False, 'shape': (20, 4, 3), }".getBytes(
                StandardCharsets.US_ASCII);
        bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0).putShort(
                (short) 118).put(text);
        while (bytes.position() < 128) {
            bytes.put((byte) (bytes.position() < 127 ? ' ' : '\n'));
        }
        for (int i = 0; i < 20 * 4; i++) {
            for (int c = 0; c < 3; c++) {
                bytes.putFloat(i % 4 <= i / 4 % 4 ? (float) random.nextGaussian() : Float.NaN);
            }
        }
        Path file = Files.write(directory.resolve("pushed.npy"), bytes.array());
        String[] sizes = {"--latent=3", "--units=5", "--width=6", "--looking=past", "--likelihood=gaussian-shared",
                "--actions=1"};
        String[] options = {"train", "--model", "deep-markov-model", "--data", "npy=" + file, "--batch", "8",
                "--evaluate-every", "1", "--backend", "java", "--threads", "1", "--epochs", "3"};
        Set<String> bits = new TreeSet<>();
        Set<String> tried = new TreeSet<>();
        for (String other : List.of("--latent=4", "--units=4", "--width=5", "--looking=future", "--likelihood=laplace",
                "--actions=2", "--dropout=0.3", "--kl-warm-up=1", "")) {
            Path out = directory.resolve("pushed" + other);
            List<String> all = new ArrayList<>(Arrays.stream(sizes).filter(size -> other.isEmpty() || !size.startsWith(
                    other.split("=")[0])).toList());
            if (!other.isEmpty()) {
                all.add(other);
                tried.add(other.split("=")[0]);
            }
            Cli.run(Lists.join(List.of(options), Lists.join(all, "--out", out.toString()))).succeeds();
            bits.add(sha256(out));
        }
        assertEquals(9, bits.size());
        Set<String> own = Settings.options(Models.named("deep-markov-model").settings()).stream().map(c -> Names.option(
                c.getName())).collect(Collectors.toCollection(TreeSet::new));
        tried.remove("--kl-warm-up");
        assertEquals(own, tried);
        Path run = directory.resolve("pushed");
        JsonObject found = Cli.run("evaluate", "--checkpoint", run.toString(), "--samples", "50", "--json").succeeds()
                .json();
        assertTrue(-found.get("nll").getAsDouble() > found.get("elbo").getAsDouble(), found.toString());
        assertEndsAs(NpyReader.sequences(file, (done, of) -> {}), 3, sequences("encode", "--checkpoint", run
                .toString()));
        Images test = NpyReader.sequences(file, (done, of) -> {}).last(2);
        Path out = directory.resolve("drawn.npy");
        String[] sample = {"sample", "--checkpoint", run.toString(), "--out", out.toString(), "--count", "5"};
        Cli.run(Lists.join(List.of(sample), "--draw")).succeeds();
        ByteBuffer written = ByteBuffer.wrap(Files.readAllBytes(out)).order(ByteOrder.LITTLE_ENDIAN);
        FloatBuffer sampled = written.position(written.limit() - 5 * 4 * 3 * Float.BYTES).asFloatBuffer();
        // the first of the two has three steps, and with them all of what is drawn ends
        for (int i = 0; i < 5 * 4; i++) {
            boolean ended = i / 4 % 2 == 0 && i % 4 == 3;
            for (int c = 0; c < 3; c++) {
                assertEquals(ended, Float.isNaN(sampled.get(i * 3 + c)), "value " + c + " of step " + i);
            }
            assertEquals(ended ? Float.NaN : test.value(i / 4 % 2, i % 4 * 3 + 2), sampled.get(i * 3 + 2),
                    "action " + i);
        }
        Images again = NpyReader.sequences(out, (done, of) -> {});
        assertEquals(List.of(5, 4, 3, 3), List.of(again.rows(), again.height(), again.width(), lengthOfFirst(again)));
        assertTrue(Cli.run(Lists.join(List.of(sample), "--json")).succeeds().json().get("ended").getAsBoolean());
        assertEquals("5 sequences, NaN where the test set's have ended, of 12 values are in " + out, Cli.run(sample)
                .succeeds().out().strip());
        assertEquals("5 sequences of 6 values are in " + out, Cli.run(Lists.join(List.of(sample), "--steps", "2"))
                .succeeds().out().strip());
        Cli.run("sample", "--checkpoint", directory.resolve("pushed--likelihood=laplace").toString(), "--draw", "--out",
                directory.resolve("none.npy").toString()).fails(2, "--draw goes with likelihoods that can be drawn");
        Path refused = directory.resolve("refused");
        String[] start = Lists.join(List.of(options), "--out", refused.toString());
        Cli.run(Lists.join(List.of(start), "--actions", "3")).fails(2, "--actions must be at least 0 and below the 3"
                + " columns of a step, not 3");
        Cli.run(start).fails(1, "the Bernoulli likelihood needs values in [0, 1]");
        Cli.run(Lists.join(List.of(start), "--likelihood", "gaussian", "--standardise", "column")).fails(2,
                "--standardise must be none with sequences, of whose rows not all values are modelled, not column");
        Cli.run(Lists.join(List.of(start), "--stream")).fails(1, "cannot be streamed to a model of sequences");
        assertTrue(Files.notExists(refused));
    }

    /** N x T x columns, NaN where the data has ended, and numbers everywhere else. */
    private static void assertEndsAs(Images data, int columns, Images written) {
        assertEquals(List.of(data.rows(), data.height(), columns), List.of(written.rows(), written.height(), written
                .width()));
        Images mask = data.array(Images.MASK);
        assertArrayEquals(mask.copyRows(0, mask.rows()), written.array(Images.MASK).copyRows(0, mask.rows()));
    }

    /** The test set has a sequence of 2 steps and one of 3, of which the last has no note. */
    private void assertPicturesEnd(Path run) throws IOException {
        Path pairs = directory.resolve("pairs.png");
        Cli.run("reconstruct", "--checkpoint", run.toString(), "--out", pairs.toString()).succeeds();
        for (Path file : List.of(pairs, run.resolve("reconstructions.png"))) {
            BufferedImage drawn = ImageIO.read(file.toFile());
            for (int pair = 0; pair < 2; pair++) {
                for (int side = 0; side < 2; side++) {
                    int left = 1 + (2 * pair + side) * 89 + 3 * pair;
                    for (int t = 0; t < 4; t++) {
                        assertEquals(t >= 2 + pair, isGutter(drawn, left, 1 + t), file + ", pair " + pair + ", side "
                                + side + ", step " + t);
                    }
                }
            }
        }
    }

    private static boolean isGutter(BufferedImage drawn, int left, int y) {
        int gutter = drawn.getRGB(0, 0);
        return IntStream.range(left, left + 88).allMatch(x -> drawn.getRGB(x, y) == gutter);
    }

    private void assertPointsOfSteps(Path run, Images test) {
        Path picture = directory.resolve("points.png");
        String[] scatter = {"scatter", "--checkpoint", run.toString(), "--out", picture.toString(), "--json"};
        for (String[] what : new String[][] {{}, {"--what", "states"}, {"--what", "x"}, {"--what", "mean"}}) {
            JsonObject drawn = Cli.run(Lists.join(List.of(scatter), what)).succeeds().json();
            assertEquals(List.of(2, 2 + 3), List.of(drawn.get("rows").getAsInt(), drawn.get("points").getAsInt()));
        }
        assertEquals(2, test.rows());
        Cli.run(Lists.join(List.of(scatter), "--colour", "mean")).succeeds();
        Cli.run(Lists.join(List.of(scatter), "--colour", "posterior.mean")).fails(1,
                "--colour posterior.mean must be an"
                        + " output of shares");
        Cli.run("disentanglement", "--checkpoint", run.toString()).fails(2,
                "disentanglement goes with a model of one code for a row; this one is of sequences");
    }

    private void assertScoresPerStep(Path run, Images test) {
        String[] anomalies = {"anomalies", "--checkpoint", run.toString()};
        float[] sums = values(array(anomalies));
        float[] each = values(array(Lists.join(List.of(anomalies), "--per-step")));
        Images mask = test.array(Images.MASK);
        for (int r = 0; r < test.rows(); r++) {
            float steps = 0;
            for (int t = 0; t < 4; t++) {
                steps += mask.value(r, t);
            }
            assertEquals(sums[2 * r] / steps, each[2 * r], 1e-4f * sums[2 * r]);
        }
        assertTrue(Cli.run(anomalies).succeeds().out().contains("minus ELBO, nats in all steps of a sequence\n"));
        assertTrue(Cli.run(Lists.join(List.of(anomalies), "--per-step")).succeeds().out().contains(
                "minus ELBO, nats per step\n"));
    }

    private static int lengthOfFirst(Images sequences) {
        float[] mask = sequences.array(Images.MASK).copyRows(0, 1);
        return (int) IntStream.range(0, mask.length).filter(t -> mask[t] == 1).count();
    }
}
