package io.elbo4j.train.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.Coder;
import io.elbo4j.train.ElboTerms;
import io.elbo4j.train.EpochReport;
import io.elbo4j.train.Evaluation;
import io.elbo4j.train.Evaluator;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.picture.Curve;
import java.awt.image.BufferedImage;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PicturesTest {
    private static final Vae VAE = new Vae(VaeSettings.of(4, 2));

    @TempDir
    Path dir;

    /** A square image, all of it 1/2. */
    private static Images image(int side) {
        float[] values = new float[side * side];
        Arrays.fill(values, 0.5f);
        return new Images("one", 1, side, side, 1, values);
    }

    private Metrics none() {
        return new Metrics(dir.resolve("metrics.jsonl"), 0, epoch -> true, "test");
    }

    @Test
    void ofTheLargestImagesThereAreNone() {
        assertEquals(Set.of(), Pictures.of(null, VAE, image(1366), null, none()).keySet());
        assertEquals(Set.of("reconstructions.png", "samples.png", "traversal.png"),
                Pictures.of(null, VAE, image(1365), null, none()).keySet());
    }

    /** Of 18 images of 1,300 x 1,300 at the most: one original has one reconstruction, two dimensions are moved. */
    @Test
    void ofLargeImagesTheyShowFewer() throws Exception {
        Images images = image(1300);
        Vae vae = new Vae(new VaeSettings(images.columns(), List.of(1), 3, Activation.RELU, LikelihoodKind.BERNOULLI, 1,
                false));
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                Evaluator evaluator = new Evaluator(vae, parameters, backend, images, 1)) {
            Evaluation evaluation = evaluator.evaluate(0);
            Map<String, Consumer<Path>> pictures =
                    Pictures.of(new Coder(vae, parameters, backend, 1), vae, images, evaluation, none());
            File file = dir.resolve("traversal.png").toFile();
            pictures.get("traversal.png").accept(file.toPath());
            BufferedImage picture = ImageIO.read(file);
            assertEquals(9, picture.getWidth() / 1300);
            assertEquals(2, picture.getHeight() / 1300);
        }
    }

    /** A curve of what a run was evaluated on says what that was. */
    @Test
    void theCurveNamesTheSetOfTheRun() throws Exception {
        Metrics metrics = new Metrics(dir.resolve("metrics.jsonl"), 0, epoch -> true, "validation");
        ElboTerms elbo = new ElboTerms(-2, 1);
        metrics.add(new EpochReport(1, 1, true, elbo, new Evaluation(elbo, List.of(), 0), 1, 1));
        assertTrue(Files.readString(dir.resolve("metrics.jsonl")).contains("\"validation\":{\"elbo\":-3.0"));
        Path drawn = dir.resolve("curve.png");
        Pictures.of(null, VAE, image(1366), null, metrics).get("curve.png").accept(drawn);
        for (String set : List.of("validation", "test")) {
            Path expected = dir.resolve(set + ".png");
            Curve.write(expected, "ELBO (nats per row)", new long[] {1}, new double[] {-3}, new double[] {-3}, set);
            assertEquals(set.equals("validation"), Files.mismatch(expected, drawn) == -1, set);
        }
    }

    /** Of an earlier version, which called every set test. */
    @Test
    void linesOfAValidationSetThatWasCalledTestAreItsOwn() throws Exception {
        Path file = Files.writeString(dir.resolve("metrics.jsonl"), """
                {"epoch":1,"step":5,"complete":true,"train":{"elbo":-4},"test":{"elbo":-3}}
                {"epoch":2,"step":10,"complete":true,"train":{"elbo":-3},"test":{"elbo":-3.5}}
                """);
        Metrics metrics = new Metrics(file, 10, epoch -> true, "validation");
        assertArrayEquals(new double[] {-3, -3.5}, metrics.elbo("validation"));
        assertEquals(1, metrics.sinceBest(null));
    }
}
