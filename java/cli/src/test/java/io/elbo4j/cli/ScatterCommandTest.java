package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.elbo4j.train.picture.Palette;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScatterCommandTest {
    @TempDir
    Path directory;
    private Path run;
    private Path picture;

    @BeforeEach
    void train() throws IOException {
        run = directory.resolve("run");
        picture = directory.resolve("picture.png");
        Cli.run("train", "--data", "mnist=" + Cli.digits(directory), "--steps", "3", "--hidden", "4", "--latent", "3",
                "--backend", "java", "--out", run.toString()).succeeds();
    }

    private Cli.Result scatter(Path of, String... more) {
        return Cli.run(Lists.join(List.of("scatter", "--checkpoint", of.toString(), "--backend", "java", "--out",
                picture.toString()), more));
    }

    private byte[] bytes(String... more) throws IOException {
        scatter(run, more).succeeds();
        return Files.readAllBytes(picture);
    }

    /** The colours of the palette that dots inside the axes have. */
    private Set<Integer> colours() throws IOException {
        var drawn = ImageIO.read(picture.toFile());
        return IntStream.range(0, 720 * 720).map(i -> drawn.getRGB(90 + i % 720, 64 + i / 720) & 0xffffff).filter(
                c -> IntStream.range(0, 3).anyMatch(k -> c == Palette.of(k, 3))).boxed().collect(Collectors
                        .toCollection(
                                TreeSet::new));
    }

    @Test
    void labelsAreColours() throws IOException {
        JsonObject plain = scatter(run, "--json").succeeds().json();
        assertEquals(12, plain.get("rows").getAsInt());
        assertTrue(plain.get("share_of_variance").getAsDouble() > 0.5);
        assertEquals(Set.of(Palette.of(0, 1)), colours());
        JsonObject coloured = scatter(run, "--json", "--colour", "label").succeeds().json();
        assertEquals(plain.get("share_of_variance"), coloured.get("share_of_variance"));
        assertEquals(Set.of(Palette.of(0, 3), Palette.of(1, 3), Palette.of(2, 3)), colours());
        String said = scatter(run, "--colour", "label").succeeds().out();
        assertTrue(said.startsWith("12 points, which show ") && said.contains(" % of the variance, are in "), said);
    }

    @Test
    void everyOptionChangesThePicture() throws IOException {
        byte[] before = bytes();
        assertTrue(Arrays.equals(before, bytes("--threads", "3")));
        assertTrue(Arrays.equals(before, bytes("--rows", "12")));
        for (String[] other : new String[][] {{"--rows", "11"}, {"--set", "train"}, {"--what", "posterior.logVariance"},
                {"--what", "x"},
                {"--colour", "label"}}) {
            assertFalse(Arrays.equals(before, bytes(other)), String.join(" ", other));
        }
        assertFalse(Arrays.equals(bytes("--what", "z"), bytes("--what", "z", "--seed", "8")));
        assertFalse(Arrays.equals(bytes("--what", "z"), bytes("--what", "z", "--prior")));
    }

    @Test
    void responsibilitiesAreMixedColours() throws IOException {
        Path mixture = directory.resolve("mixture");
        Cli.run("train", "--data", "npy=" + Cli.data(directory, 2), "--model", "gaussian-mixture", "--components", "3",
                "--epochs", "1", "--backend", "java", "--out", mixture.toString()).succeeds();
        JsonObject found = scatter(mixture, "--json", "--what", "x", "--colour", "posterior.mean").succeeds().json();
        assertEquals(Cli.ROWS / 10, found.get("rows").getAsInt());
        assertEquals(1, found.get("share_of_variance").getAsDouble(), "two columns are drawn as they are");
        byte[] mixed = Files.readAllBytes(picture);
        scatter(mixture, "--what", "x").succeeds();
        assertFalse(Arrays.equals(mixed, Files.readAllBytes(picture)));
        scatter(mixture, "--colour", "label").fails(1, "--colour label goes with data that has labels, not with npy:"
                + " labels come with sprites and mnist=DIR");
    }

    /** Its prior depends on the labels, and a flow has no mean of q. */
    @Test
    void aLearnedPriorAndAFlowAreDrawn() throws IOException {
        for (String[] model : new String[][] {{"conditional-vae", "--prior", "learned"}, {"flow-vae", "--flows", "1",
                "--flow-units", "3"}}) {
            Path of = directory.resolve(model[0]);
            Cli.run(Lists.join(List.of("train", "--data", "mnist=" + directory.resolve("digits"), "--steps", "2",
                    "--hidden", "4", "--latent", "2", "--backend", "java", "--out", of.toString(), "--model"), model))
                    .succeeds();
            scatter(of, "--what", "z", "--prior").succeeds();
            assertTrue(ImageIO.read(picture.toFile()).getWidth() > 700);
        }
        assertEquals("z", scatter(directory.resolve("flow-vae"), "--json").succeeds().json().get("what").getAsString());
    }

    @Test
    void whatCannotBeDrawnIsRefused() {
        scatter(run, "--rows", "0").fails(2, "--rows must be at least 1, not 0");
        scatter(run, "--prior").fails(2, "--prior goes with --what z, not with 'posterior.mean'");
        scatter(run, "--what", "zz").fails(2, "--what must be one of");
        scatter(run, "--colour", "red").fails(2, "--colour must be none, label or one of");
        scatter(run, "--colour", "posterior.mean").fails(1,
                "--colour posterior.mean must be an output of shares");
        Cli.run("scatter", "--checkpoint", run.toString(), "--out", "a.npy").fails(2, "--out must end in .png");
        Path line = directory.resolve("line");
        Cli.run("train", "--data", "mnist=" + directory.resolve("digits"), "--steps", "1", "--hidden", "4", "--latent",
                "1", "--backend", "java", "--out", line.toString()).succeeds();
        scatter(line).fails(2, "--what must be an output of at least 2 values, not 'posterior.mean', which has 1");
        assertFalse(Files.exists(picture));
    }
}
