package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.ObjectiveKind;
import io.elbo4j.train.OptimiserSettings;
import io.elbo4j.train.PenaltySettings;
import io.elbo4j.train.ScheduleSettings;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a model is trained: every option changes the run, a resumed run ends as a whole one, the rest is refused. */
class TrainingOptionsTest {
    @TempDir
    Path directory;
    private Path data;
    private Path out;

    @BeforeEach
    void write() {
        data = Cli.data(directory, 30);
        out = directory.resolve("out");
    }

    private static String[] words(String options) {
        return options.isEmpty() ? new String[0] : options.split(" ");
    }

    private void train(Path to, String options) {
        Cli.train(data, to, Lists.join(List.of(words(options)), "--epochs", "3")).succeeds();
    }

    /** All metrics: the numbers of the run, not its settings. */
    private static List<String> metrics(Path of) throws IOException {
        return Files.readAllLines(of.resolve("metrics.jsonl")).stream().map(line -> line.replaceAll(
                ",\"samples_per_second\":[^}]*", "").replaceAll(",\"kl_weight\":[^,}]*", "")).toList();
    }

    @ParameterizedTest
    @CsvSource({"'', --optimiser sgd", "'', --optimiser adamw", "'', --beta1 0.5", "'', --beta2 0.5",
            "--optimiser adamw, --optimiser adamw --weight-decay 0.5", "'', --epsilon 0.1",
            "--optimiser sgd, --optimiser sgd --momentum 0.5", "--optimiser sgd, --optimiser sgd --weight-decay 0.5",
            "'', --schedule cosine", "--schedule cosine, --schedule cosine --schedule-epochs 1.5",
            "--schedule cosine, --schedule cosine --schedule-factor 0.5",
            "'', --schedule staircase --schedule-epochs 1", "--schedule staircase --schedule-epochs 1,"
                    + " --schedule staircase --schedule-epochs 1 --schedule-factor 0.5",
            "--schedule staircase --schedule-epochs 1,"
                    + " --schedule staircase --schedule-epochs 1 --schedule-growth 1.5", "'', --warm-up 2",
            "'', --objective sampled-elbo", "'', --objective importance-weighted",
            "--objective sampled-elbo, --objective sticking-the-landing", "'', --samples 3",
            "--objective importance-weighted, --objective importance-weighted --samples 3",
            "--objective importance-weighted --samples 3, --objective doubly-reparameterised --samples 3",
            "'', --total-correlation-weight 5", "--total-correlation-weight 5, --total-correlation-weight 0",
            "'', --mmd-weight 5", "--mmd-weight 5, --mmd-weight 5 --total-correlation-weight 5",
            "'', --refine-steps 2", "--refine-steps 2, --refine-steps 3",
            "--refine-steps 2, --refine-steps 2 --refine-rate 0.3",
            "'', --clip-value 0.0001", "--kl-warm-up 1, --kl-warm-up 1 --kl-cycle 1.5"})
    void everyOptionChangesTheRun(String one, String other) throws IOException {
        train(directory.resolve("one"), one);
        train(out, other);
        assertNotEquals(metrics(directory.resolve("one")), metrics(out));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--optimiser sgd --momentum 0.9 --weight-decay 0.01", "--optimiser sgd",
            "--optimiser adamw --schedule cosine --schedule-epochs 3 --warm-up 1.5", "--average 0.9",
            "--optimiser sgd --momentum 0.5 --average 0.5", "--objective importance-weighted --samples 5",
            "--objective doubly-reparameterised --samples 2 --clip-value 0.01 --clip 0.5",
            "--objective sticking-the-landing --kl-warm-up 1 --kl-cycle 1.5",
            "--total-correlation-weight 6 --kl-warm-up 1 --samples 2", "--mmd-weight 100 --kl-weight 0",
            "--refine-steps 3 --kl-warm-up 2 --binarise dynamic --samples 2 --clip 0.5"})
    void aResumedRunEndsInTheBytesOfAWholeOne(String options) throws IOException {
        Path whole = directory.resolve("whole");
        train(whole, options);
        Cli.train(data, out, Lists.join(List.of(words(options)), "--steps", "7")).succeeds();
        Cli.run("train", "--resume", "--out", out.toString(), "--epochs", "3").succeeds();
        assertEquals(-1, Files.mismatch(whole.resolve("checkpoint.safetensors"), out.resolve(
                "checkpoint.safetensors")));
        assertEquals(metrics(whole), metrics(out));
    }

    @Test
    void everyOptionReachesTheCheckpoint() {
        Cli.train(data, out, "--epochs", "2", "--optimiser", "adamw", "--weight-decay", "0.5", "--beta1", "0.8",
                "--beta2", "0.9", "--epsilon", "1e-5", "--average", "0.5", "--schedule", "cosine", "--schedule-factor",
                "0.25", "--warm-up", "0.5", "--objective", "sampled-elbo", "--samples", "2", "--kl-warm-up", "1",
                "--kl-cycle", "1.5", "--clip-value", "3", "--total-correlation-weight", "6", "--mmd-weight",
                "7").succeeds();
        TrainingSettings found = Checkpoint.read(out.resolve("checkpoint.safetensors")).checkpoint().training();
        assertEquals(new OptimiserSettings(OptimiserSettings.Kind.ADAMW, 0, 0.5, 0.8, 0.9, 1e-5, 0.5), found
                .optimiser());
        assertEquals(new ScheduleSettings(ScheduleSettings.Kind.COSINE, 2, 0.25, 1, 0.5), found.schedule());
        assertEquals(List.of(ObjectiveKind.SAMPLED_ELBO, 2, 1.5, 3.0), List.of(found.objective(), found.samples(), found
                .klCycle(), found.clipValue()));
        assertEquals(new PenaltySettings(6, 7, 0), found.penalty());
        Cli.run("train", "--resume", "--out", out.toString(), "--mmd-weight", "8").fails(2,
                "--mmd-weight 8.0 contradicts");
        Cli.run("train", "--resume", "--out", out.toString(), "--total-correlation-weight", "7").fails(2,
                "--total-correlation-weight 7.0 contradicts");
        Cli.run("train", "--resume", "--out", out.toString(), "--schedule", "cosine", "--optimiser", "adam")
                .fails(2, "--optimiser adam contradicts", "with --optimiser adamw");
        Cli.run("train", "--resume", "--out", out.toString(), "--samples", "3").fails(2, "--samples 3 contradicts");
        Cli.run("train", "--resume", "--out", out.toString(), "--warm-up", "0.75").fails(2, "--warm-up 0.75");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "--momentum 0.9 | --momentum goes with --optimiser sgd, not with adam",
            "--weight-decay 0.1 | --weight-decay goes with --optimiser adamw or sgd, not with adam",
            "--optimiser sgd --beta1 0.9 | --beta1 goes with --optimiser adam or adamw, not with sgd",
            "--optimiser sgd --beta2 0.9 | --beta2 goes with --optimiser adam or adamw, not with sgd",
            "--optimiser sgd --epsilon 0.1 | --epsilon goes with --optimiser adam or adamw, not with sgd",
            "--optimiser sgd --momentum 1 | --momentum must be in [0, 1), also as a float32, not 1.0",
            "--optimiser lion | expected one of adam, adamw, sgd, not 'lion'",
            "--optimiser adamw --weight-decay 2000 | --weight-decay must be below 1 / learning rate with adamw",
            "--schedule-epochs 3 | --schedule-epochs goes with --schedule cosine or staircase, not with constant",
            "--schedule-factor 0.5 | --schedule-factor goes with --schedule cosine or staircase, not with constant",
            "--schedule cosine --schedule-growth 3 | --schedule-growth goes with --schedule staircase, not with cosine",
            "--schedule staircase | --schedule staircase needs --schedule-epochs",
            "--schedule cosine --steps 5 | --schedule cosine with --steps needs --schedule-epochs",
            "--schedule cosine --schedule-epochs 0 | --schedule-epochs must be above 0 and at most 1e9 epochs, not 0.0",
            "--objective iwae | did you mean importance-weighted?",
            "--objective importance-weighted --free-bits 0.1 | --free-bits goes with --objective elbo, not with imp",
            "--objective importance-weighted --kl-weight 1 | --kl-weight goes with the objectives elbo, sampled-elbo",
            "--objective doubly-reparameterised --kl-warm-up 1 | in which the KL has no weight",
            "--kl-cycle 3 | --kl-cycle goes with --kl-warm-up, which it begins anew",
            "--kl-warm-up 3 --kl-cycle 2 | --kl-cycle must be 0, or epochs from those of the KL's warm-up on",
            "--kl-warm-up 0.5 --kl-cycle 1 | --kl-cycle must be long enough that the KL's weight leaves 0 (an epoch"
                    + " has 1 steps, a cycle 1, and the weight grows for 0.5 of them), not 1.0",
            "--kl-warm-up 1e-320 --kl-cycle 1e-319 | --kl-cycle must be long enough",
            "--kl-weight 0 --kl-warm-up 3 | --kl-warm-up must be 0 with a KL weight of 0, not 3.0",
            "--learning-rate 3e38 | --learning-rate must be a number that float32 can hold, also divided",
            "--total-correlation-weight -1 | --total-correlation-weight must be from 0 to 1e9, not -1.0",
            "--total-correlation-weight NaN | --total-correlation-weight must be from 0 to 1e9, not NaN",
            "--total-correlation-weight 5 --objective importance-weighted | --total-correlation-weight must be 1 with"
                    + " the objective importance-weighted (it goes with elbo and sampled-elbo), not 5.0",
            "--total-correlation-weight 5 --objective sticking-the-landing | --total-correlation-weight must be 1 with",
            "--total-correlation-weight 5 --batch 1 | --total-correlation-weight must be 1 with a batch of 1 row, which"
                    + " has no total correlation, not 5.0",
            "--total-correlation-weight 5 --kl-weight 0 | --total-correlation-weight must be 1 with a KL weight of 0",
            "--total-correlation-weight 5 --latent 1 | --total-correlation-weight must be 1 with a latent variable of 1"
                    + " dimension, which has no total correlation, not 5.0",
            "--total-correlation-weight 5 --model vamp-vae | --total-correlation-weight must be 1 with a model without"
                    + " a total correlation (convolutional-vae has one, and vae with the prior standard), not 5.0",
            "--total-correlation-weight 5 --prior mixture | convolutional-vae has one, and vae with the prior standard",
            "--mmd-weight 5 --prior mixture | convolutional-vae has one, and vae with the prior standard",
            "--free-bits 0.1 --prior mixture | --free-bits must be 0 with the prior mixture, whose KL has no parts of"
                    + " single dimensions, not 0.1",
            "--free-bits 0.1 --model vamp-vae | --free-bits must be 0 with the vamp-vae, whose KL has no parts of"
                    + " single dimensions, not 0.1",
            "--objective doubly-reparameterised --prior mixture | --objective must be another one with the prior"
                    + " mixture, whose KL is sampled, not doubly-reparameterised",
            "--objective doubly-reparameterised --model vamp-vae | --objective must be another one with the vamp-vae,"
                    + " whose KL is sampled, not doubly-reparameterised",
            "--kl-capacity -1 | --kl-capacity must be from 0 to 1e9, not -1.0",
            "--kl-capacity 3 --objective sampled-elbo | --kl-capacity must be 0 with the objective sampled-elbo (it"
                    + " goes with elbo), not 3.0",
            "--kl-capacity 3 --free-bits 1 | --kl-capacity must be 0 with free bits, not 3.0",
            "--kl-capacity 3 --kl-weight 0 | --kl-capacity must be 0 with a KL weight of 0, not 3.0",
            "--kl-capacity 3 --total-correlation-weight 2 | --kl-capacity must be 0 with a weight of the total",
            "--kl-capacity 3 --model gaussian-mixture | --kl-capacity must be 0 with a model whose objective is not an"
                    + " ELBO with a KL, not 3.0",
            "--mmd-weight -1 | --mmd-weight must be from 0 to 1e9, not -1.0",
            "--mmd-weight 5 --objective doubly-reparameterised | --mmd-weight must be 0 with the objective"
                    + " doubly-reparameterised (it goes with elbo and sampled-elbo), not 5.0",
            "--mmd-weight 5 --batch 1 | --mmd-weight must be 0 with a batch of 1 row, which has no distribution",
            "--mmd-weight 5 --model gaussian-mixture | --mmd-weight must be 0 with a model without a discrepancy of"
                    + " posterior and prior (convolutional-vae has one, and vae with the prior standard), not 5.0",
            "--refine-steps -1 | --refine-steps must be at least 0, not -1",
            "--refine-steps 2 --refine-rate 0 | --refine-rate must be above 0 and at most 1e9, not 0.0",
            "--refine-rate 0.1 | --refine-rate goes with --refine-steps, of which it is the rate",
            "--refine-steps 2 --objective sampled-elbo | --refine-steps must be 0 with the objective sampled-elbo (they"
                    + " go with elbo), not 2",
            "--refine-steps 2 --likelihood sigma-vae | --refine-steps must be 0 with a likelihood that keeps statistics"
                    + " of the data, as sigma-vae, not 2",
            "--refine-steps 2 --mmd-weight 1 | --refine-steps must be 0 with something to be minimised beside the ELBO",
            "--refine-steps 2 --model gaussian-mixture | --refine-steps must be left out with a model without one"
                    + " Gaussian q(z given x) that an encoder gives, not 2",
            "--samples 0 | --samples must be at least 1, not 0",
            "--samples 2147483647 | --samples must be at most 1000000, not 2147483647",
            "--average 1 | --average must be 0 for no averages",
            "--clip-value 0 | --clip-value must be above 0",
            "--warm-up -1 | --warm-up must be from 0 to 1e9 epochs, not -1.0"})
    void whatHasNoEffectIsRefused(String options, String sentence) {
        Cli.run(Lists.join(List.of("train", "--data", "npy=" + data, "--out", out.toString()), words(options)))
                .fails(2, sentence);
        assertTrue(Files.notExists(out));
    }

    @Test
    void aModelMayRefuseAnObjectiveBeforeThereIsAFolder() {
        Cli.run("train", "--data", "npy=" + data, "--out", out.toString(), "--model", "hierarchical-vae",
                "--objective", "doubly-reparameterised").fails(2, "--objective must be another one with the hier");
        assertTrue(Files.notExists(out));
        for (String objective : List.of("importance-weighted", "sampled-elbo", "sticking-the-landing")) {
            Cli.run("train", "--data", "npy=" + data, "--out", directory.resolve(objective).toString(), "--model",
                    "hierarchical-vae", "--hidden", "6,5", "--latents", "3,2", "--epochs", "1", "--samples", "2",
                    "--objective", objective).succeeds();
        }
    }

    @Test
    void averagesAreEvaluatedInThePlaceOfTheParameters() throws IOException {
        train(out, "--average 0.9 --learning-rate 0.01");
        String source = "npy=" + data;
        String checkpoint = out.toString();
        double trained = Cli.run("evaluate", "--checkpoint", checkpoint, "--data", source, "--json").succeeds().json()
                .get("elbo").getAsDouble();
        double average = Cli.run("evaluate", "--checkpoint", checkpoint, "--data", source, "--json", "--weights",
                "average").succeeds().json().get("elbo").getAsDouble();
        assertEquals("average", Cli.run("evaluate", "--checkpoint", checkpoint, "--data", source, "--json", "--weights",
                "average").succeeds().json().get("weights").getAsString());
        assertNotEquals(trained, average);
        // training does not read them
        train(directory.resolve("plain"), "--learning-rate 0.01");
        assertEquals(metrics(directory.resolve("plain")), metrics(out));
        assertEquals(trained, Cli.run("evaluate", "--checkpoint", directory.resolve("plain").toString(), "--data",
                source, "--json").succeeds().json().get("elbo").getAsDouble());
        Cli.run("evaluate", "--checkpoint", directory.resolve("plain").toString(), "--data", source, "--weights",
                "average").fails(2, "--weights average: ", "holds no moving averages of the parameters");
    }

    /** Local steps so large that q is not finite any more: their rate is what helps. */
    @Test
    void aRefineRateThatIsTooLargeIsNamed() {
        Cli.Result far = Cli.train(data, out, "--epochs", "2", "--refine-steps", "2", "--refine-rate", "1e8");
        assertEquals(1, far.exitCode());
        assertTrue(far.err().contains("is not finite") && far.err().contains("A smaller refine rate or learning rate"),
                far.err());
    }
}
