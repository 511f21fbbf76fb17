package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.NpyReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterpolateCommandTest {
    @TempDir
    Path directory;
    private Path data;
    private Path run;
    private Path out;

    @BeforeEach
    void train() {
        data = Cli.data(directory);
        run = directory.resolve("run");
        out = directory.resolve("between.npy");
        Cli.train(data, run, "--epochs", "2").succeeds();
    }

    private Cli.Result interpolate(Path to, String... more) {
        return Cli.run(Lists.join(List.of("interpolate", "--checkpoint", run.toString(), "--backend", "java", "--out",
                to.toString()), more));
    }

    private float[] values(String... more) {
        interpolate(out, more).succeeds();
        Images images = NpyReader.read(out);
        return images.copyRows(0, images.rows());
    }

    private float[] decoded(Path codes, int row) {
        Path images = directory.resolve("images.npy");
        Cli.run("decode", "--checkpoint", run.toString(), "--backend", "java", "--z", codes.toString(), "--out", images
                .toString()).succeeds();
        return NpyReader.read(images).copyRows(row, 1);
    }

    @Test
    void theEndsAreTheRowsOwnCodesDecoded() {
        Path codes = directory.resolve("codes.npy");
        Cli.run("encode", "--checkpoint", run.toString(), "--backend", "java", "--set", "test", "--out", codes
                .toString()).succeeds();
        for (String path : List.of("linear", "spherical")) {
            float[] between = values("--between", "2,0,3", "--steps", "4", "--path", path);
            assertEquals(2 * 4 * Cli.COLUMNS, between.length);
            int[] places = {0, 3, 4, 7};
            int[] rows = {2, 0, 0, 3};
            for (int i = 0; i < places.length; i++) {
                assertArrayEquals(decoded(codes, rows[i]), Arrays.copyOfRange(between, places[i] * Cli.COLUMNS,
                        (places[i] + 1) * Cli.COLUMNS), path + " " + i);
            }
        }
    }

    @Test
    void everyOptionChangesTheValues() {
        String[] rows = {"--between", "0,1"};
        float[] before = values(rows);
        assertArrayEquals(before, values(Lists.join(List.of(rows), "--threads", "3")));
        for (String[] other : new String[][] {{"--between", "0,2"}, {"--between", "0,1", "--steps", "9"},
                {"--between", "0,1", "--path", "spherical"}}) {
            assertFalse(Arrays.equals(before, values(other)), String.join(" ", other));
        }
    }

    @Test
    void aPictureHasARowForEachPair() throws IOException {
        Path picture = directory.resolve("between.png");
        String said = interpolate(picture, "--between", "0,1,2", "--steps", "5").succeeds().out();
        assertEquals("10 images of 30 values are in " + picture, said.strip());
        assertEquals(1 + 5 * (2 * Cli.COLUMNS + 1), ImageIO.read(picture.toFile()).getWidth());
    }

    /** With the rows' own labels the ends are their reconstructions from the mean; a label goes for all of a pair. */
    @Test
    void labelsGoAlong() throws IOException {
        Path digits = Cli.digits(directory);
        run = directory.resolve("conditional");
        Cli.run("train", "--data", "mnist=" + digits, "--model", "conditional-vae", "--steps", "3", "--hidden", "4",
                "--latent", "2", "--backend", "java", "--out", run.toString()).succeeds();
        float[] own = values("--between", "1,2", "--steps", "3");
        float[] one = values("--between", "1,2", "--steps", "3", "--label", "1");
        float[] two = values("--between", "1,2", "--steps", "3", "--label", "2");
        assertArrayEquals(Arrays.copyOf(one, 4), Arrays.copyOf(own, 4), "row 1 is of class 1");
        assertArrayEquals(Arrays.copyOfRange(two, 8, 12), Arrays.copyOfRange(own, 8, 12), "row 2 is of class 2");
        assertFalse(Arrays.equals(one, two));
        float[] same = values("--between", "1,1", "--steps", "3", "--label", "2");
        assertArrayEquals(Arrays.copyOf(same, 4), Arrays.copyOfRange(same, 4, 8));
    }

    @Test
    void whatCannotBeDoneIsRefused() {
        interpolate(out, "--between", "1").fails(2, "--between must be at least 2 rows, not 1");
        interpolate(out, "--between", ",").fails(2, "--between", "expected numbers with commas");
        interpolate(out, "--steps", "1").fails(2, "--steps must be at least 2, not 1");
        interpolate(out, "--between", "0,4").fails(2, "--between must be of rows 0 to 3, not 0,4");
        interpolate(out, "--between", "-1,0").fails(2, "--between must be of rows 0 to 3, not -1,0");
        interpolate(out, "--path", "zigzag").fails(2, "expected one of linear, spherical");
        interpolate(out, "--between", "0,1", "--label", "1").fails(2, "--label goes with a model of labels");
        interpolate(directory.resolve("a.gif")).fails(2, "--out must end in .png or .npy");
        interpolate(directory.resolve("a.png"), "--between", "0,1", "--steps", "10001").fails(2,
                "--steps must be at most 10000 in a picture of 1 pairs, not 10001");
        assertFalse(Files.exists(out));
    }
}
