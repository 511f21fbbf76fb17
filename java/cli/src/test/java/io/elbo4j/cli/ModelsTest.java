package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.checkpoint.Safetensors;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.NpyReader;
import io.elbo4j.train.data.NpyWriter;
import io.elbo4j.train.model.BayesianRegression;
import io.elbo4j.train.model.ModelKind;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.model.Settings;
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
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every registered model, trained, resumed, evaluated and used by the command line on images with labels. */
class ModelsTest {
    private static final int TRAIN = 40;
    private static final int TEST = 9;
    private static final int SIDE = 6;

    @TempDir
    Path directory;
    private Path data;

    @BeforeEach
    void writeData() throws IOException {
        data = Files.createDirectory(directory.resolve("digits"));
        Random random = new Random(3);
        for (String part : List.of("train", "t10k")) {
            int rows = part.equals("train") ? TRAIN : TEST;
            ByteBuffer images = ByteBuffer.allocate(16 + rows * SIDE * SIDE).putInt(0x803).putInt(rows).putInt(SIDE)
                    .putInt(SIDE);
            ByteBuffer labels = ByteBuffer.allocate(8 + rows).putInt(0x801).putInt(rows);
            for (int r = 0; r < rows; r++) {
                labels.put((byte) (r % 4));
                for (int i = 0; i < SIDE * SIDE; i++) {
                    images.put((byte) random.nextInt(256));
                }
            }
            Files.write(data.resolve(part + "-images-idx3-ubyte"), images.array());
            Files.write(data.resolve(part + "-labels-idx1-ubyte"), labels.array());
        }
    }

    private static String sizes(String model) {
        return model.equals("hierarchical-vae") ? "--hidden=6,5 --latents=4,3"
                : model.equals("gaussian-mixture") ? "--components=3"
                : model.equals("linear-gaussian") ? "--latent=3"
                : model.equals("bayesian-regression") ? "--hidden=6"
                : model.equals("convolutional-vae") ? "--channels=3,4 --latent=3"
                : model.equals("flow-vae") ? "--hidden=6 --latent=3 --flows=2 --flow-units=5"
                : model.equals("vamp-vae") ? "--hidden=6 --latent=3 --pseudo-inputs=5"
                : model.equals("local-inference") ? "--hidden=6 --latent=3 --local-steps=5" : "--hidden=6 --latent=3";
    }

    private Cli.Result train(String model, Path out, String... more) {
        return Cli.run(Lists.join(List.of("train", "--model", model, "--data", "mnist=" + data, "--batch", "8",
                "--evaluate-every", "1", "--backend", "java", "--threads", "1", "--out", out.toString()), more));
    }

    private Path trained(String model, String... more) {
        Path out = directory.resolve(model);
        train(model, out, Lists.join(List.of(sizes(model).split(" ")), Lists.join(List.of("--epochs", "3"), more)))
                .succeeds();
        return out;
    }

    private static String sha256(Path run) {
        return Safetensors.sha256(run.resolve("checkpoint.safetensors"));
    }

    private Images array(String... command) {
        Path file = directory.resolve("out.npy");
        Cli.run(Lists.join(List.of(command), "--out", file.toString(), "--backend", "java")).succeeds();
        return NpyReader.read(file);
    }

    private static float[] values(Images images) {
        return images.copyRows(0, images.rows());
    }

    @Test
    void aMixtureAsPriorHasItsComponentsAndIsDrawnFrom() {
        Path run = trained("vae", "--prior", "mixture", "--prior-components", "3");
        assertEquals(4 * SIDE * SIDE, values(array("sample", "--checkpoint", run.toString(), "--count", "4")).length);
        Set<String> bits = new TreeSet<>(Set.of(sha256(run)));
        Path out = directory.resolve("four");
        train("vae", out, "--hidden=6", "--latent=3", "--epochs", "3", "--prior", "mixture", "--prior-components", "4")
                .succeeds();
        bits.add(sha256(out));
        assertEquals(2, bits.size());
        Cli.run("sample", "--checkpoint", run.toString(), "--temperature", "0.5", "--out", directory.resolve("x.npy")
                .toString()).fails(2, "--temperature must be 1 where the prior is no Gaussian, not 0.5");
    }

    /** Nothing is bounded: the ELBO is log p(x), and codes are the exact posterior. */
    @Test
    void aGaussianMixtureIsTrainedResumedEvaluatedAndSampled() throws IOException {
        Path run = trained("gaussian-mixture");
        assertEquals(List.of("checkpoint.safetensors", "curve.png", "metrics.jsonl", "reconstructions.png", "run.json",
                "samples.png"), Cli.names(run));
        Path parts = directory.resolve("parts");
        train("gaussian-mixture", parts, "--components=3", "--steps", "7").succeeds();
        Cli.run("train", "--resume", "--out", parts.toString(), "--epochs", "3").succeeds();
        assertEquals(sha256(run), sha256(parts));
        JsonObject found = Cli.run("evaluate", "--checkpoint", run.toString(), "--samples", "2", "--backend", "java",
                "--json").succeeds().json();
        assertEquals(-found.get("elbo").getAsDouble(), found.get("nll").getAsDouble(), 1e-4);
        assertEquals("0.0", found.get("kl").getAsString());
        String text = Cli.run("evaluate", "--checkpoint", run.toString(), "--backend", "java").succeeds().out();
        assertTrue(text.lines().noneMatch(String::isBlank), text);
        assertEquals(3, array("encode", "--checkpoint", run.toString()).columns());
        Images samples = array("sample", "--checkpoint", run.toString(), "--count", "6");
        assertEquals(List.of(6, SIDE * SIDE), List.of(samples.rows(), samples.columns()));
        Cli.run("sample", "--checkpoint", run.toString(), "--temperature", "0.5", "--out", directory.resolve("s.npy")
                .toString()).fails(2, "--temperature must be 1 where the prior is no Gaussian, not 0.5");
        Path refused = directory.resolve("refused");
        train("gaussian-mixture", refused, "--free-bits", "0.1").fails(2, "--free-bits must be 0 for a model without"
                + " a KL, not 0.1");
        train("gaussian-mixture", refused, "--kl-weight", "0.5").fails(2, "--kl-weight must be 1, without a warm-up,"
                + " for a model without a KL, not 0.5");
        train("gaussian-mixture", refused, "--kl-warm-up", "1").fails(2, "--kl-warm-up must be 0 for a model without"
                + " a KL, not 1.0");
        train("gaussian-mixture", refused, "--samples", "4").fails(2, "--samples must be 1 for a model that is trained"
                + " without samples, not 4");
        train("gaussian-mixture", refused, "--objective", "importance-weighted").fails(2,
                "--objective must be elbo for a model whose log p(x) is exact, not importance-weighted");
        train("gaussian-mixture", refused, "--components", "0").fails(2, "--components must be at least 1, not 0");
        train("gaussian-mixture", refused, "--least-deviation", "0").fails(2, "--least-deviation must be from 1e-18");
        train("gaussian-mixture", refused, "--spread", "0").fails(2, "--spread must be above 0");
        assertTrue(Files.notExists(refused));
    }

    /** A latent variable of classes: codes are probabilities, samples are drawn from the prior. */
    @Test
    void aCategoricalVaeIsTrainedEvaluatedAndSampled() throws IOException {
        Path run = trained("categorical-vae");
        assertEquals(List.of("checkpoint.safetensors", "curve.png", "metrics.jsonl", "reconstructions.png", "run.json",
                "samples.png"), Cli.names(run));
        Cli.run("evaluate", "--checkpoint", run.toString(), "--samples", "50", "--backend", "java").succeeds();
        Images codes = array("encode", "--checkpoint", run.toString(), "--data", "mnist=" + data);
        assertEquals(3, codes.columns());
        double sum = 0;
        for (int c = 0; c < 3; c++) {
            sum += codes.value(0, c);
        }
        assertEquals(1, sum, 1e-6);
        Images samples = array("sample", "--checkpoint", run.toString(), "--count", "6");
        assertEquals(List.of(6, SIDE * SIDE), List.of(samples.rows(), samples.columns()));
        train("categorical-vae", directory.resolve("refused"), "--free-bits", "0.1").fails(2, "--free-bits must be 0"
                + " for a latent variable of classes, not 0.1");
        train("categorical-vae", directory.resolve("refused"), "--objective", "sampled-elbo").fails(2,
                "--objective must be elbo for a latent variable of classes, which is trained by the score function,"
                        + " not sampled-elbo");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vae", "conditional-vae", "convolutional-vae", "hierarchical-vae", "local-inference"})
    void aModelIsTrainedResumedEvaluatedAndUsed(String model) throws IOException {
        Path run = trained(model);
        assertEquals(List.of("checkpoint.safetensors", "curve.png", "metrics.jsonl", "reconstructions.png", "run.json",
                "samples.png", "traversal.png"), Cli.names(run));
        Path parts = directory.resolve("parts");
        train(model, parts, Lists.join(List.of(sizes(model).split(" ")), "--steps", "7")).succeeds();
        Cli.run("train", "--resume", "--out", parts.toString(), "--epochs", "3").succeeds();
        assertEquals(sha256(run), sha256(parts));

        List<String> lines = Files.readAllLines(run.resolve("metrics.jsonl"));
        JsonObject stored = JsonParser.parseString(lines.get(2)).getAsJsonObject().getAsJsonObject("test");
        Path rows = directory.resolve("rows.npy");
        JsonObject found = Cli.run("evaluate", "--checkpoint", run.toString(), "--samples", "50", "--rows",
                rows.toString(), "--backend", "java", "--json").succeeds().json();
        stored.keySet().forEach(term -> assertEquals(stored.get(term), found.get(term), term));
        assertEquals(3, stored.getAsJsonArray("kl_per_dimension").size());
        Images each = NpyReader.read(rows);
        assertEquals(List.of(TEST, 4), List.of(each.rows(), each.columns()));
        for (int c = 0; c < 4; c++) {
            double mean = 0;
            for (int r = 0; r < TEST; r++) {
                mean += each.value(r, c) / (double) TEST;
            }
            String term = List.of("elbo", "reconstruction", "kl", "nll").get(c);
            assertEquals(found.get(term).getAsDouble(), mean, 1e-5, term);
        }
        assertEquals(3, array("encode", "--checkpoint", run.toString()).columns());
        float[] z = values(array("encode", "--checkpoint", run.toString(), "--set", "test", "--what", "z"));
        float[] means = values(array("encode", "--checkpoint", run.toString(), "--set", "test"));
        assertFalse(Arrays.equals(z, means));
        Path codes = directory.resolve("codes.npy");
        NpyWriter.write(codes, TEST, 3, z);
        Images decoded = array("decode", "--checkpoint", run.toString(), "--z", codes.toString());
        assertEquals(List.of(TEST, SIDE * SIDE), List.of(decoded.rows(), decoded.columns()));
        Images reconstructed = array("reconstruct", "--checkpoint", run.toString());
        assertEquals(List.of(TEST, SIDE * SIDE), List.of(reconstructed.rows(), reconstructed.columns()));
        // where nothing lies between z and x; the labels are 0, 1, 2, 3, 0, ... in both
        assertEquals(!model.equals("hierarchical-vae"), Arrays.equals(values(decoded), values(reconstructed)));
        assertEquals(-1, Arrays.mismatch(values(reconstructed), values(array("encode", "--checkpoint", run.toString(),
                "--set", "test", "--what", "mean"))));
        float[] typical = values(array("sample", "--checkpoint", run.toString(), "--temperature", "0.1"));
        assertFalse(Arrays.equals(typical, values(array("sample", "--checkpoint", run.toString()))));
        Path picture = directory.resolve("pairs.png");
        Cli.run("reconstruct", "--checkpoint", run.toString(), "--count", "3", "--out", picture.toString()).succeeds();
        assertTrue(ImageIO.read(picture.toFile()).getWidth() > 2 * SIDE);
    }

    /** What is decoded depends on what is given of each image: there are no codes to sample or decode alone. */
    @Test
    void aCompletionVaeCompletes() throws IOException {
        Path run = trained("completion-vae");
        assertEquals(List.of("checkpoint.safetensors", "curve.png", "metrics.jsonl", "reconstructions.png",
                "run.json"), Cli.names(run));
        Path parts = directory.resolve("parts");
        train("completion-vae", parts, "--hidden=6", "--latent=3", "--steps", "7").succeeds();
        Cli.run("train", "--resume", "--out", parts.toString(), "--epochs", "3").succeeds();
        assertEquals(sha256(run), sha256(parts));
        JsonObject found = Cli.run("evaluate", "--checkpoint", run.toString(), "--samples", "50", "--json").succeeds()
                .json();
        assertTrue(-found.get("nll").getAsDouble() > found.get("elbo").getAsDouble(), found.toString());
        assertEquals(3, array("encode", "--checkpoint", run.toString()).columns());
        Images completed = array("reconstruct", "--checkpoint", run.toString());
        assertEquals(List.of(TEST, SIDE * SIDE), List.of(completed.rows(), completed.columns()));
        Cli.run("sample", "--checkpoint", run.toString(), "--out", directory.resolve("x.png").toString()).fails(2,
                "is of a model without an output 'z'");
        train("completion-vae", directory.resolve("refused"), "--free-bits", "0.1").fails(2, "--free-bits must be 0"
                + " with the completion-vae, not 0.1");
        train("completion-vae", directory.resolve("refused"), "--objective", "sampled-elbo").fails(2,
                "--objective must be elbo with the completion-vae");
    }

    /** The last columns of a row given the others: what is given stays, there is nothing to sample from. */
    @Test
    void aBayesianRegressionPredicts() throws IOException {
        Path run = trained("bayesian-regression", "--targets=2");
        assertEquals(List.of("checkpoint.safetensors", "curve.png", "metrics.jsonl", "reconstructions.png",
                "run.json"), Cli.names(run));
        Path parts = directory.resolve("parts");
        train("bayesian-regression", parts, "--hidden=6", "--targets=2", "--steps", "7").succeeds();
        Cli.run("train", "--resume", "--out", parts.toString(), "--epochs", "3").succeeds();
        assertEquals(sha256(run), sha256(parts));
        JsonObject found = Cli.run("evaluate", "--checkpoint", run.toString(), "--samples", "50", "--json").succeeds()
                .json();
        assertTrue(-found.get("nll").getAsDouble() > found.get("reconstruction").getAsDouble(), found.toString());
        assertTrue(found.get("kl").getAsDouble() > 0, found.toString());
        Images predicted = array("encode", "--checkpoint", run.toString(), "--set", "test", "--what", "prediction");
        Images rows = array("reconstruct", "--checkpoint", run.toString());
        assertEquals(List.of(2, SIDE * SIDE), List.of(predicted.columns(), rows.columns()));
        for (int r = 0; r < TEST; r++) {
            assertEquals(predicted.value(r, 1), rows.value(r, SIDE * SIDE - 1));
        }
        Cli.run("sample", "--checkpoint", run.toString(), "--out", directory.resolve("x.png").toString()).fails(2,
                "is of a model without an output 'z'");
        // the KL's weight is of the rows that are trained on
        Path held = directory.resolve("held");
        train("bayesian-regression", held, "--hidden=6", "--steps", "2", "--validation", "0.5").succeeds();
        Checkpoint of = Checkpoint.read(held.resolve("checkpoint.safetensors")).checkpoint();
        assertEquals(of.data().rows(), ((BayesianRegression.Settings) of.model()).rows());
        assertTrue(of.data().rows() < Checkpoint.read(run.resolve("checkpoint.safetensors")).checkpoint().data()
                .rows());
        Path refused = directory.resolve("refused");
        train("bayesian-regression", refused, "--free-bits", "0.1").fails(2, "--free-bits must be 0 for random weights,"
                + " not 0.1");
        train("bayesian-regression", refused, "--objective", "importance-weighted").fails(2, "--objective must be elbo"
                + " for random weights, whose KL is in closed form, not importance-weighted");
        train("bayesian-regression", refused, "--targets", "36").fails(2, "--targets must be from 1 to 35, not 36");
        train("bayesian-regression", refused, "--noise", "0").fails(2, "--noise must be from 1e-9 to 1e9, not 0");
        train("bayesian-regression", refused, "--deviation", "-1").fails(2, "--deviation must be from 1e-9 to 1e9, not"
                + " -1");
        assertTrue(Files.notExists(refused));
    }

    /** The mean of q is not known: codes are samples. */
    @Test
    void aFlowVaeIsTrainedResumedEvaluatedAndSampled() throws IOException {
        Path run = trained("flow-vae");
        assertEquals(List.of("checkpoint.safetensors", "curve.png", "metrics.jsonl", "reconstructions.png", "run.json",
                "samples.png"), Cli.names(run));
        Path parts = directory.resolve("parts");
        train("flow-vae", parts, Lists.join(List.of(sizes("flow-vae").split(" ")), "--steps", "7")).succeeds();
        Cli.run("train", "--resume", "--out", parts.toString(), "--epochs", "3").succeeds();
        assertEquals(sha256(run), sha256(parts));
        JsonObject found = Cli.run("evaluate", "--checkpoint", run.toString(), "--samples", "50", "--json").succeeds()
                .json();
        assertTrue(-found.get("nll").getAsDouble() > found.get("elbo").getAsDouble(), found.toString());
        assertEquals(3, array("encode", "--checkpoint", run.toString(), "--what", "z").columns());
        assertEquals(SIDE * SIDE, array("reconstruct", "--checkpoint", run.toString()).columns());
        assertEquals(6, array("sample", "--checkpoint", run.toString(), "--count", "6").rows());
        Path refused = directory.resolve("refused");
        train("flow-vae", refused, "--free-bits", "0.1").fails(2, "--free-bits must be 0 with the flow-vae");
        for (String objective : List.of("sticking-the-landing", "doubly-reparameterised")) {
            train("flow-vae", refused, "--objective", objective).fails(2, "--objective must be elbo, sampled-elbo or"
                    + " importance-weighted with the flow-vae");
        }
        train("flow-vae", refused, "--latent", "1").fails(2, "--latent must be at least 2, not 1");
        train("flow-vae", refused, "--flow-units", "5").fails(2, "--flow-units must be at least 19, the latent"
                + " dimensions less 1, not 5");
        assertTrue(Files.notExists(refused));
    }

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
        assertEquals(4 * 3, array("encode", "--checkpoint", run.toString()).columns());
        assertEquals(4 * 88, array("reconstruct", "--checkpoint", run.toString()).columns());
        Images sampled = array("sample", "--checkpoint", run.toString(), "--count", "5");
        assertEquals(List.of(5, 4 * 88), List.of(sampled.rows(), sampled.columns()));
        Images begun = array("sample", "--checkpoint", run.toString(), "--count", "3", "--steps", "2");
        for (int r = 0; r < 3; r++) {
            assertArrayEquals(Arrays.copyOf(sampled.copyRows(r, 1), 2 * 88), begun.copyRows(r, 1));
        }
        for (float x : array("sample", "--checkpoint", run.toString(), "--count", "3", "--draw").copyRows(0, 3)) {
            assertTrue(x == 0 || x == 1, "drawn: " + x);
        }
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
                "--actions=2", "--dropout=0.5", "--kl-warm-up=1", "")) {
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
        assertEquals(4 * 3, array("encode", "--checkpoint", run.toString()).columns());
        assertEquals(4 * 3, array("reconstruct", "--checkpoint", run.toString()).columns());
        Images test = NpyReader.sequences(file, (done, of) -> {}).last(2);
        Images sampled = array("sample", "--checkpoint", run.toString(), "--count", "5", "--draw");
        for (int i = 0; i < 5 * 4; i++) {
            assertEquals(test.value(i / 4 % 2, i % 4 * 3 + 2), sampled.value(i / 4, i % 4 * 3 + 2), "action " + i);
        }
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

    /** What is there without local steps stays as it is; more steps, and another rate, are another q. */
    @ParameterizedTest
    @ValueSource(strings = {"vae", "conditional-vae", "convolutional-vae", "linear-gaussian", "vamp-vae",
            "completion-vae"})
    void localStepsSayWhatTheEncoderGivesAway(String model) {
        String[] evaluate = {"evaluate", "--checkpoint", trained(model).toString(), "--backend", "java", "--json"};
        JsonObject without = Cli.run(evaluate).succeeds().json();
        Set<Double> fitted = new TreeSet<>();
        for (String[] local : List.of(new String[] {"200"}, new String[] {"20"}, new String[] {"200", "--local-rate",
                "0.01"})) {
            JsonObject found = Cli.run(Lists.join(List.of(Lists.join(List.of(evaluate), "--local-steps")), local))
                    .succeeds()
                    .json();
            without.entrySet().forEach(e -> assertEquals(e.getValue(), found.get(e.getKey()), e.getKey()));
            assertEquals(Integer.parseInt(local[0]), found.get("local_steps").getAsInt());
            assertEquals(local.length == 1 ? 0.03 : 0.01, found.get("local_rate").getAsDouble());
            assertEquals(2 * 3 * TEST, found.get("local_parameters").getAsInt());
            double gap = found.get("amortisation_gap").getAsDouble();
            assertTrue(gap > 0, found.toString());
            assertEquals(found.get("elbo").getAsDouble(), found.get("elbo_encoder").getAsDouble(), 1e-4);
            assertEquals(found.get("elbo").getAsDouble() + gap, found.get("elbo_fitted").getAsDouble(), 1e-4);
            fitted.add(found.get("elbo_fitted").getAsDouble());
        }
        assertEquals(3, fitted.size());
    }

    @Test
    void localStepsNeedAnEncoder() {
        String run = trained("vae").toString();
        String text = Cli.run("evaluate", "--checkpoint", run, "--local-steps", "3", "--samples", "10").succeeds()
                .out();
        for (String line : List.of("fitted ELBO ", ", from ", " (3 local steps of each row, rate 0.03)",
                "amortisation gap  ",
                "standard error", "approximation gap ", "parameters of q   264 of the encoder; 54 of a q of each row's"
                        + " own")) {
            assertTrue(text.contains(line), text);
        }
        Cli.run("evaluate", "--checkpoint", run, "--local-steps", "0").fails(2, "--local-steps must be at least 1, not"
                + " 0");
        Cli.run("evaluate", "--checkpoint", run, "--local-steps", "1", "--local-rate", "0").fails(2,
                "--local-rate must be above 0 and at most 1e9, not 0.0");
        Cli.run("evaluate", "--checkpoint", run, "--local-rate", "1").fails(2, "--local-rate goes with --local-steps");
        Cli.run("evaluate", "--checkpoint", trained("local-inference").toString(), "--local-steps", "1").fails(2,
                "--local-steps must be left out with a model without one Gaussian q(z given x) that an encoder gives");
    }

    /** A changed option is another model or another start of it. */
    @ParameterizedTest
    @CsvSource({"vae, --hidden 7 --latent 4 --activation tanh --binarise dynamic --prior mixture",
            "conditional-vae, --hidden 7 --latent 4 --activation tanh --likelihood gaussian-shared --binarise dynamic"
                    + " --prior learned",
            "convolutional-vae, --channels 7 --latent 4 --activation tanh --likelihood gaussian-shared --binarise"
                    + " dynamic",
            "completion-vae, --observed 2 --hidden 7 --latent 4 --activation tanh",
            "vamp-vae, --hidden 7 --latent 4 --pseudo-inputs 7 --activation tanh --binarise dynamic",
            "flow-vae, --hidden 7 --latent 4 --flows 4 --flow-units 7 --activation tanh --likelihood gaussian-shared"
                    + " --binarise dynamic",
            "gaussian-mixture, --components 4 --least-deviation 0.2 --spread 2",
            "linear-gaussian, --latent 4 --least-deviation 0.2",
            "bayesian-regression, --targets 4 --hidden 7 --activation tanh --noise 0.2 --deviation 2",
            "local-inference, --hidden 7 --latent 4 --activation tanh --likelihood gaussian-shared --binarise dynamic"
                    + " --local-rate 0.2 --local-steps 4",
            "hierarchical-vae, --hidden 7;5 --latents 4;2 --activation relu --binarise dynamic --likelihood"
                    + " gaussian-shared"})
    void everyOptionChangesTheBits(String model, String options) {
        Set<String> found = new TreeSet<>();
        Set<String> tried = new TreeSet<>();
        String before = sha256(trained(model));
        found.add(before);
        String[] words = options.replace(';', ',').split(" ");
        for (int i = 0; i < words.length; i += 2) {
            Path out = directory.resolve(model + words[i]);
            String own = sizes(model).replaceAll(words[i] + "=\\S+ ?", "");
            String[] rest = own.isEmpty() ? new String[0] : own.split(" ");
            train(model, out, Lists.join(List.of(rest), "--epochs", "3", words[i], words[i + 1])).succeeds();
            found.add(sha256(out));
            tried.add(words[i]);
            Cli.run("train", "--resume", "--out", out.toString(), words[i], sizes(model).contains("--latents")
                    ? words[i + 1].replace("relu", "gelu").replace("dynamic", "none").replace("7,5", "6,6").replace(
                            "gaussian-shared", "bernoulli")
                            .replace("4,2", "2,4")
                    : words[i + 1].equals("7") ? "8" : words[i + 1].equals("4") ? "5"
                    : words[i + 1].equals("0.2") || words[i + 1].equals("2") ? "3"
                    : words[i + 1].replace("tanh", "gelu").replace("dynamic", "none")
                            .replace("gaussian-shared", "bernoulli").replace("learned", "standard")
                            .replace("mixture", "standard"))
                    .fails(2, words[i], "contradicts", "with " + words[i] + " " + words[i + 1]);
        }
        assertEquals(1 + tried.size(), found.size());
        if (!model.equals("vae")) {
            ModelKind<?> kind = Models.named(model);
            Set<String> all = new TreeSet<>();
            Settings.options(kind.settings()).forEach(c -> all.add(Names.option(c.getName())));
            assertEquals(all, tried);
        }
    }

    @Test
    void trainingOptionsChangeTheBitsOfEveryModel() {
        for (String model : List.of("conditional-vae", "convolutional-vae", "hierarchical-vae", "local-inference")) {
            Set<String> found = new TreeSet<>(Set.of(sha256(trained(model))));
            for (String option : List.of("--kl-weight=0.5", "--kl-warm-up=2", "--free-bits=1", "--clip=0.1",
                    "--learning-rate=0.01", "--seed=9")) {
                Path out = directory.resolve(model + option);
                train(model, out, Lists.join(List.of(sizes(model).split(" ")), "--epochs", "3", option)).succeeds();
                found.add(sha256(out));
            }
            assertEquals(7, found.size(), model);
        }
    }

    @Test
    void labelsAreGivenInTheirOrder() {
        Path run = trained("conditional-vae");
        String[] sample = {"sample", "--checkpoint", run.toString(), "--count", "8", "--temperature", "0"};
        Images all = array(sample);
        // at temperature 0 z is the same everywhere: only the label tells rows apart
        for (int r = 0; r < 8; r++) {
            Images same = array(Lists.join(List.of(sample), "--label", String.valueOf(r % 4)));
            assertEquals(-1, Arrays.mismatch(all.copyRows(r, 1), same.copyRows(0, 1)), "row " + r);
        }
        assertNotEquals(-1, Arrays.mismatch(all.copyRows(0, 1), all.copyRows(1, 1)));
        String out = directory.resolve("x.npy").toString();
        Cli.run(Lists.join(List.of(sample), "--label", "3,4", "--out", out)).fails(2, "--label", "row 1", "is 4",
                "from 0 to 3");
        Cli.run(Lists.join(List.of(sample), "--label", "a", "--out", out)).fails(2, "--label", "'a'");
        Cli.run("sample", "--checkpoint", trained("vae").toString(), "--label", "1", "--out", out)
                .fails(2, "--label goes with a model of labels", "this one has none");
    }

    @Test
    void theDecayOfWeightsIsRefusedByTheRateThatDoesNotBearIt() {
        Path out = directory.resolve("run");
        train("local-inference", out, "--optimiser", "adamw", "--weight-decay", "5").fails(2,
                "--weight-decay must be below 1 / local rate with adamw (the local rate is 0.3), not 5.0");
        assertTrue(Files.notExists(out));
        train("local-inference", out, "--optimiser", "adamw", "--weight-decay", "5", "--local-rate", "0.1", "--steps",
                "1", "--local-steps", "1").succeeds();
    }

    @Test
    void dataWithoutLabelsIsRefused() throws IOException {
        Path plain = Cli.data(directory);
        Path out = directory.resolve("run");
        Cli.run("train", "--model", "conditional-vae", "--data", "npy=" + plain, "--out", out.toString())
                .fails(1, "npy=" + plain + " has no array 'label'", "sprites and mnist=DIR");
        Files.delete(data.resolve("t10k-labels-idx1-ubyte"));
        train("conditional-vae", out).fails(1, "holds none of t10k-labels-idx1-ubyte");
        Files.write(data.resolve("t10k-labels-idx1-ubyte"), ByteBuffer.allocate(10).putInt(0x801).putInt(2).array());
        train("conditional-vae", out).fails(1, "t10k-labels-idx1-ubyte: has 2 rows, expected one for each of the 9");
        assertTrue(Files.notExists(out));
        // a model without labels does not look for them
        train("vae", out, "--steps", "1").succeeds();
    }

    @Test
    void optionsOfOtherModelsAreRefused() {
        Path out = directory.resolve("run");
        train("vae", out, "--latents", "2,2").fails(2, "--latents goes with --model hierarchical-vae, not with vae");
        train("hierarchical-vae", out, "--latent", "2")
                .fails(2,
                        "--latent goes with --model categorical-vae or ", ", not with hierarchical-vae");
        train("hierarchical-vae", out, "--latents", "2").fails(2, "--latents must be two numbers of at least 1, not");
        train("conditional-vae", out, "--likelihood", "gaussian-fixed").fails(2,
                "--likelihood must be any of vae",
                "not gaussian-fixed");
        train("conditional-vea", out).fails(2, "--model must be one of " + Models.names() + ", not 'conditional-vea'",
                "did you mean conditional-vae?");
        train("hierarchical-vae", out, "--likelihood", "laplace", "--binarise", "dynamic")
                .fails(2, "--binarise must be left out with the likelihood laplace", "not dynamic");
        train("vae", out, "--prior-components", "3").fails(2, "--prior-components must be left out with the prior"
                + " standard (it goes with mixture), not 3");
        train("vae", out, "--prior", "mixture", "--prior-components", "0").fails(2, "--prior-components must be at"
                + " least 1, not 0");
        train("conditional-vae", out, "--likelihood", "gaussian", "--binarise", "dynamic")
                .fails(2, "--binarise must be left out with the likelihood gaussian", "not dynamic");
        assertTrue(Files.notExists(out));
        Path run = trained("hierarchical-vae");
        Cli.run("train", "--resume", "--out", run.toString(), "--model", "vae")
                .fails(2, "--model vae contradicts", "with --model hierarchical-vae");
        Cli.run("train", "--resume", "--out", run.toString(), "--channels", "3")
                .fails(2,
                        "--channels goes with --model convolutional-vae, not with hierarchical-vae");
    }

    @Test
    void whatAModelDoesNotHaveIsRefused() {
        Path run = trained("vae");
        String out = directory.resolve("x.npy").toString();
        String[] encode = {"encode", "--checkpoint", run.toString(), "--out", out};
        Cli.run(Lists.join(List.of(encode), "--what", "h1"))
                .fails(2, "--what must be one of posterior.mean, posterior.logVariance, z, mean, not 'h1'");
        Path codes = directory.resolve("codes.npy");
        NpyWriter.write(codes, 2, 4, new float[8]);
        Cli.run("decode", "--checkpoint", run.toString(), "--z", codes.toString(), "--out", out)
                .fails(1, codes + " has rows of 4 values, the model has 3 latent dimensions");
        Cli.run("decode", "--checkpoint", run.toString(), "--z", codes.toString(), "--out", "x.jpg")
                .fails(2, "--out must end in .png or .npy, not 'x.jpg'");
        Cli.run("reconstruct", "--checkpoint", run.toString(), "--count", "0", "--out", out)
                .fails(2, "--count must be at least 1, not 0");
        Cli.run("sample", "--checkpoint", run.toString(), "--temperature", "-1", "--out", out)
                .fails(2, "--temperature must be a number of at least 0, not -1.0");
        Cli.run("evaluate", "--checkpoint", run.toString(), "--rows", "rows.csv")
                .fails(2, "--rows must end in .npy, not 'rows.csv'");
        assertTrue(Files.notExists(Path.of(out)));
    }

    @Test
    void modelsAreListedOneALineAndOneWithItsOptions() {
        List<String> lines = Cli.run("models").succeeds().out().lines().toList();
        assertEquals(Models.names(), lines.stream().map(line -> line.split(" ")[0]).collect(Collectors.joining(", ")));
        String vae = Cli.run("models", "vae").succeeds().out();
        assertTrue(vae.contains("--latent=N") && vae.contains("latent dimensions (20; for sprites 10)"), vae);
        assertTrue(vae.contains("of x given z (bernoulli)"), vae);
        assertEquals(1, JsonParser.parseString(Cli.run("models", "vae", "--json").succeeds().out()).getAsJsonArray()
                .size());
        Cli.run("models", "gan").fails(2, "there is no model 'gan'; there are " + Models.names());
    }

    private static String help(String... more) {
        return Cli.run(Lists.join(List.of("train", "--help"), more)).succeeds().out().replaceAll("\\s+",
                " ");
    }

    /** The words and the default of every option, and no option of another model. */
    @Test
    void helpShowsTheOptionsOfTheModelThatIsAskedFor() {
        Set<String> all = new TreeSet<>();
        Models.all().forEach(kind -> Settings.options(kind.settings()).forEach(c -> all.add(Names.option(c
                .getName()))));
        for (ModelKind<?> kind : Models.all()) {
            String help = help("--model", kind.name());
            assertEquals(help, help("--model=" + kind.name()));
            assertTrue(help.contains("options after --help are those of the model " + kind.name() + ":"), help);
            Set<String> others = new TreeSet<>(all);
            Settings.options(kind.settings()).forEach(c -> {
                String option = Names.option(c.getName());
                others.remove(option);
                assertTrue(help.contains(option + "=" + SettingValue.label(c) + " " + String.join(" ",
                        ModelOptions.describe(kind, c))), () -> option + " in: " + help);
            });
            others.forEach(option -> assertFalse(help.contains(option + "="), () -> option + " in: " + help));
        }
        assertEquals(help("--model", "vae"), help());
        assertTrue(help("--model", "local-inference").contains("--latent=N latent dimensions (20) "));
        assertTrue(help("--model", "hierarchical-vae").contains(" (200,100) "));
        Cli.run("train", "--model", "gan", "--help").fails(2, "--model must be one of bayesian-regression,",
                "not 'gan'");
        Cli.run("train", "--model", "--help").fails(2, "--model");
    }
}
