package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.NpyReader;
import io.elbo4j.train.data.NpyWriter;
import io.elbo4j.train.model.BayesianRegression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every registered model, trained, resumed, evaluated and used by the command line on images with labels. */
class ModelsTest extends ModelRuns {
    @Test
    void aMixtureAsPriorHasItsComponentsAndIsDrawnFrom() {
        Path run = trained("vae", "--prior", "mixture", "--prior-components", "3");
        assertEquals(4 * SIDE * SIDE, values(array("sample", "--checkpoint", run.toString(), "--count", "4")).length);
        Path out = directory.resolve("four");
        train("vae", out, "--hidden=6", "--latent=3", "--epochs", "3", "--prior", "mixture", "--prior-components", "4")
                .succeeds();
        assertFalse(sha256(run).equals(sha256(out)));
        Cli.run("sample", "--checkpoint", run.toString(), "--temperature", "0.5", "--out", directory.resolve("x.npy")
                .toString()).fails(2, "--temperature must be 1 where the prior is no Gaussian, not 0.5");
    }

    /** Nothing is bounded: the ELBO is log p(x), and codes are the exact posterior. */
    @Test
    void aGaussianMixtureIsTrainedResumedEvaluatedAndSampled() throws IOException {
        Path run = trained("gaussian-mixture");
        assertEquals(List.of("checkpoint.safetensors", "curve.png", "metrics.jsonl", "reconstructions.png", "run.json",
                "samples.png", "steps.jsonl"), Cli.names(run));
        Path parts = directory.resolve("parts");
        train("gaussian-mixture", parts, "--components=3", "--steps", "7").succeeds();
        Cli.run("train", "--resume", "--out", parts.toString(), "--epochs", "3").succeeds();
        assertEquals(sha256(run), sha256(parts));
        JsonObject found = Cli.run("evaluate", "--checkpoint", run.toString(), "--backend", "java", "--json")
                .succeeds().json();
        for (String command : List.of("evaluate", "anomalies")) {
            Cli.run(command, "--checkpoint", run.toString(), "--samples", "2", "--backend", "java").fails(2,
                    "--samples has no effect on gaussian-mixture, which draws nothing: -log p(x) is minus its ELBO");
            Cli.run(command, "--checkpoint", run.toString(), "--seed", "2", "--backend", "java").fails(2,
                    "--seed has no effect on ", " by gaussian-mixture, for which nothing is drawn");
        }
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
                "samples.png", "steps.jsonl"), Cli.names(run));
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
                "samples.png", "steps.jsonl", "traversal.png"), Cli.names(run));
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
        // what lies between z and x is drawn
        Cli.Result decodedAgain = Cli.run("decode", "--checkpoint", run.toString(), "--z", codes.toString(), "--seed",
                "9", "--out", directory.resolve("again.npy").toString(), "--backend", "java");
        if (model.equals("hierarchical-vae")) {
            decodedAgain.succeeds();
            assertFalse(Arrays.equals(values(decoded), values(NpyReader.read(directory.resolve("again.npy")))));
        } else {
            decodedAgain.fails(2, "--seed has no effect on means of p(x | z) of given z, for which nothing is drawn");
        }
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
                "run.json", "steps.jsonl"), Cli.names(run));
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
                "run.json", "steps.jsonl"), Cli.names(run));
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
                "samples.png", "steps.jsonl"), Cli.names(run));
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
                .fails(2, "--out must end in .png, .npy, .csv or .parquet, not 'x.jpg'");
        Cli.run("reconstruct", "--checkpoint", run.toString(), "--count", "0", "--out", out)
                .fails(2, "--count must be at least 1, not 0");
        Cli.run("sample", "--checkpoint", run.toString(), "--temperature", "-1", "--out", out)
                .fails(2, "--temperature must be a number of at least 0, not -1.0");
        Cli.run("evaluate", "--checkpoint", run.toString(), "--rows", "rows.txt")
                .fails(2, "--rows must end in .npy, .csv or .parquet, not 'rows.txt'");
        assertTrue(Files.notExists(Path.of(out)));
    }
}
