package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.NpyReader;
import io.elbo4j.train.data.NpyWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraverseCommandTest {
    @TempDir
    Path directory;
    private Path run;

    private void train(String... more) {
        run = directory.resolve("run");
        Cli.train(Cli.data(directory), run, Lists.join(List.of("--epochs", "2"), more)).succeeds();
    }

    private Cli.Result traverse(Path to, String... more) {
        return Cli.run(Lists.join(List.of("traverse", "--checkpoint", run.toString(), "--backend", "java", "--out", to
                .toString()), more));
    }

    private float[] values(String... more) {
        Path out = directory.resolve("traversed.npy");
        traverse(out, more).succeeds();
        Images images = NpyReader.read(out);
        return images.copyRows(0, images.rows());
    }

    private float[] array(String command, String... more) {
        Path out = directory.resolve("other.npy");
        Cli.run(Lists.join(List.of(command, "--checkpoint", run.toString(), "--backend", "java", "--out", out
                .toString()), more)).succeeds();
        Images images = NpyReader.read(out);
        return images.copyRows(0, images.rows());
    }

    private float[] decoded(float[] codes, int latent, String... more) {
        Path z = directory.resolve("z.npy");
        NpyWriter.write(z, codes.length / latent, latent, codes);
        return array("decode", Lists.join(List.of("--z", z.toString()), more));
    }

    /** Of a row's code, written and decoded by the other commands. */
    @Test
    void aDimensionIsMovedAndTheOthersAreTheRows() {
        train();
        float[] codes = array("encode", "--set", "test");
        float a = codes[2 * 2];
        float b = codes[2 * 2 + 1];
        float[] z = {a, -2, a, -0.5f, a, 1, -2, b, -0.5f, b, 1, b};
        assertArrayEquals(decoded(z, 2), values("--row", "2", "--dimensions", "1,0", "--from", "-2", "--to", "1",
                "--steps", "3"));
        float[] ofPrior = {0, -3, 0, 0, 0, 3};
        assertArrayEquals(decoded(ofPrior, 2), values("--prior", "--dimensions", "1", "--steps", "3"));
    }

    /** In the order of the KL that the run's last line of metrics has. */
    @Test
    void theMostInformativeDimensionsComeFirst() throws IOException {
        run = directory.resolve("run");
        Cli.run("train", "--data", "npy=" + Cli.data(directory), "--hidden", "8", "--latent", "11", "--batch", "8",
                "--epochs", "12", "--learning-rate", "0.02", "--backend", "java", "--out", run.toString()).succeeds();
        List<String> lines = Files.readAllLines(run.resolve("metrics.jsonl"));
        JsonArray kl = JsonParser.parseString(lines.get(lines.size() - 1)).getAsJsonObject().getAsJsonObject("test")
                .getAsJsonArray("kl_per_dimension");
        Integer[] order = new Integer[kl.size()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (i, j) -> Double.compare(kl.get(j).getAsDouble(), kl.get(i).getAsDouble()));
        String ten = String.join(",", Arrays.stream(order).limit(10).map(String::valueOf).toList());
        assertArrayEquals(values("--dimensions", ten), values());
        Path picture = directory.resolve("traversed.png");
        assertEquals("90 images of the dimensions " + ten.replace(",", ", ") + ", of 30 values are in " + picture,
                traverse(picture).succeeds().out().strip());
        assertArrayEquals(Files.readAllBytes(run.resolve("traversal.png")), Files.readAllBytes(picture));
    }

    /** The same code gives the same image wherever it lies, though h1 is drawn from p(h1 | h2). */
    @Test
    void imagesDifferInTheMovedDimensionAlone() throws IOException {
        run = directory.resolve("hierarchical");
        Cli.run("train", "--data", "npy=" + Cli.data(directory), "--model", "hierarchical-vae", "--hidden", "8,6",
                "--latents", "4,3", "--steps", "10", "--backend", "java", "--out", run.toString()).succeeds();
        float[] moved = values("--row", "1", "--dimensions", "2,0", "--from", "0.5", "--to", "2", "--steps", "4");
        float[] code = Arrays.copyOfRange(array("encode", "--set", "test"), 3, 6);
        for (int i = 0; i < 2 * 4; i++) {
            float value = 0.5f + i % 4 * 0.5f;
            float[] alone = i < 4 ? new float[] {code[0], code[1], value} : new float[] {value, code[1], code[2]};
            assertArrayEquals(decoded(alone, 3), Arrays.copyOfRange(moved, i * Cli.COLUMNS, (i + 1) * Cli.COLUMNS),
                    "image " + i);
        }
        Path picture = directory.resolve("traversed.png");
        traverse(picture).succeeds();
        assertArrayEquals(Files.readAllBytes(run.resolve("traversal.png")), Files.readAllBytes(picture));
        Path between = directory.resolve("between.npy");
        Cli.run("interpolate", "--checkpoint", run.toString(), "--backend", "java", "--between", "1,1,2,2", "--steps",
                "3", "--out", between.toString()).succeeds();
        Images images = NpyReader.read(between);
        for (int i : new int[] {1, 2, 3}) {
            assertArrayEquals(images.copyRows(0, 1), images.copyRows(i, 1), "of row 1, image " + i);
        }
        for (int i : new int[] {6, 7, 8}) {
            assertArrayEquals(images.copyRows(5, 1), images.copyRows(i, 1), "of row 2, image " + i);
        }
        assertFalse(Arrays.equals(images.copyRows(0, 1), images.copyRows(8, 1)));
    }

    /** A label is the row's own, or what is asked for; a learned prior has a mean for each. */
    @Test
    void labelsStay() throws IOException {
        Path digits = Cli.digits(directory);
        run = directory.resolve("conditional");
        Cli.run("train", "--data", "mnist=" + digits, "--model", "conditional-vae", "--prior", "learned", "--steps",
                "3", "--hidden", "4", "--latent", "2", "--backend", "java", "--out", run.toString()).succeeds();
        String[] some = {"--row", "4", "--steps", "2", "--dimensions", "0,1"};
        float[] own = values(some); // row 4 is of class 1
        assertArrayEquals(values(Lists.join(List.of(some), "--label", "1")), own);
        assertFalse(Arrays.equals(values(Lists.join(List.of(some), "--label", "2")), own));
        float[] code = Arrays.copyOfRange(array("encode", "--set", "test"), 8, 10);
        assertArrayEquals(decoded(new float[] {-3, code[1], 3, code[1], code[0], -3, code[0], 3}, 2, "--label", "1"),
                own);
        float[] ofPrior = values("--steps", "2", "--dimensions", "0,1", "--prior", "--label", "1,2");
        assertEquals(2 * 2 * 4, ofPrior.length);
        assertArrayEquals(Arrays.copyOfRange(values("--prior", "--row", "4", "--steps", "2", "--dimensions", "0"), 0,
                8),
                Arrays.copyOfRange(ofPrior, 0, 8));
        assertArrayEquals(Arrays.copyOfRange(values("--prior", "--row", "5", "--steps", "2", "--dimensions", "1"), 0,
                8),
                Arrays.copyOfRange(ofPrior, 8, 16));
    }

    @Test
    void whatCannotBeDoneIsRefused() {
        train();
        Path out = directory.resolve("none.npy");
        traverse(out, "--row", "4").fails(2, "--row must be from 0 to 3, not 4");
        traverse(out, "--row", "-1").fails(2, "--row must be from 0 to 3, not -1");
        traverse(out, "--dimensions", "1,2").fails(2, "--dimensions must be from 0 to 1, not 1,2");
        traverse(out, "--dimensions", "1,0,1").fails(2, "--dimensions must be different ones, not 1,0,1");
        for (String same : List.of("3", "3.0", "3.00000001")) {
            traverse(out, "--from", same).fails(2, "--to must be another value than --from, not 3.0");
        }
        traverse(out, "--steps", "1").fails(2, "--steps must be at least 2, not 1");
        traverse(out, "--from", "NaN").fails(2, "--from must be finite");
        traverse(out, "--from", "nan").fails(2, "--from", "'nan' is not a number");
        traverse(out, "--to", "inf").fails(2, "--to", "'inf' is not a number");
        for (String none : List.of(",", "1,,0")) {
            traverse(out, "--dimensions", none).fails(2, "--dimensions", "expected numbers with commas and no blanks"
                    + " between them");
        }
        traverse(out, "--prior", "--row", "3").fails(2, "--row goes with a row's code or its label, neither of which"
                + " --prior needs here");
        traverse(out, "--label", "1").fails(2, "--label goes with a model of labels");
        traverse(directory.resolve("a.gif")).fails(2, "--out must end in .png or .npy");
        traverse(directory.resolve("a.png"), "--steps", "5001").fails(2, "--steps must be at most 5000 in a picture of"
                + " 2 dimensions, not 5001");
        run = directory.resolve("vamp");
        Cli.train(Cli.data(directory), run, "--model", "vamp-vae", "--pseudo-inputs", "3", "--steps", "2").succeeds();
        traverse(out, "--prior").fails(2, "--prior goes with a Gaussian prior");
        assertEquals(2 * 9 * Cli.COLUMNS, values().length);
        assertFalse(Files.exists(out));
    }

    /** Of a code that is one of several classes, a dimension alone cannot be moved. */
    @Test
    void codesOfClassesAreRefused() throws IOException {
        Path out = directory.resolve("none.npy");
        run = directory.resolve("categorical");
        Cli.train(Cli.data(directory), run, "--model", "categorical-vae", "--steps", "2").succeeds();
        traverse(out).fails(2, "traverse goes with a code of real numbers", "categorical-vae", "is of classes");
        spherical(out).fails(2, "--path spherical goes with the prior N(0, I), around whose mean its arc lies; that of "
                + run + "/checkpoint.safetensors, of a categorical-vae, is another");
        run = directory.resolve("mixture");
        Cli.run("train", "--data", "npy=" + Cli.data(directory), "--model", "gaussian-mixture", "--components", "3",
                "--steps", "2", "--backend", "java", "--out", run.toString()).succeeds();
        traverse(out).fails(2, "traverse goes with a code of real numbers", "gaussian-mixture", "is of classes");
        spherical(out).fails(2, "--path spherical goes with the prior N(0, I)", "of a gaussian-mixture");
        run = directory.resolve("completion");
        Cli.run("train", "--data", "mnist=" + Cli.digits(directory), "--model", "completion-vae", "--steps", "2",
                "--hidden", "4", "--latent", "2", "--backend", "java", "--out", run.toString()).succeeds();
        traverse(out).fails(2, "is of a model without an output 'z', the code of a whole row: completion-vae has none");
        assertFalse(Files.exists(out));
    }

    private Cli.Result spherical(Path out) {
        return Cli.run("interpolate", "--checkpoint", run.toString(), "--backend", "java", "--between", "0,1", "--path",
                "spherical", "--out", out.toString());
    }

    @Test
    void theDimensionsAreSaid() {
        train();
        Path out = directory.resolve("traversed.npy");
        JsonObject said = traverse(out, "--row", "2", "--dimensions", "1,0", "--from", "-2", "--steps", "3", "--json")
                .succeeds().json();
        assertEquals(JsonParser.parseString("{'file': '" + out + "', 'rows': 6, 'columns': 30, 'dimensions': [1, 0],"
                + " 'steps': 3, 'from': -2.0, 'to': 3.0, 'row': 2}"), said);
        assertFalse(traverse(out, "--prior", "--json").succeeds().json().has("row"));
        JsonObject between = Cli.run("interpolate", "--checkpoint", run.toString(), "--backend", "java", "--between",
                "2,0", "--steps", "3", "--path", "spherical", "--out", out.toString(), "--json").succeeds().json();
        assertEquals(JsonParser.parseString("{'file': '" + out + "', 'rows': 3, 'columns': 30, 'between': [2, 0],"
                + " 'steps': 3, 'path': 'spherical'}"), between);
    }
}
