package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.data.NpyWriter;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong: one sentence, the right exit code, and nothing written. */
class BadInputTest {
    @TempDir
    Path directory;
    private Path data;
    private Path out;

    @BeforeEach
    void writeData() {
        data = Cli.data(directory);
        out = directory.resolve("run");
    }

    static Stream<Arguments> wrongOptions() {
        return Stream.of(
                Arguments.of("--hiden 4", "--hiden' did you mean --hidden"),
                Arguments.of("--lr 0.1", "'--lr' did you mean --learning-rate?"),
                Arguments.of("--beta=4", "'--beta=4' did you mean --kl-weight?"),
                Arguments.of("--learning_rate 1", "did you mean --learning-rate?"),
                Arguments.of("--gpu", "did you mean --backend cuda?"),
                Arguments.of("--hidden 32 16", "'16' did you mean --hidden 32,16?"),
                Arguments.of("--hidden=32 16 8 --latent 3", "did you mean --hidden 32,16,8?"),
                Arguments.of("--likelihood Bernoulli", "'Bernoulli' did you mean bernoulli?"),
                Arguments.of("--likelihood mse", "did you mean gaussian-fixed?"),
                Arguments.of("--likelihood gausian", "did you mean gaussian?"),
                Arguments.of("--backend gpu", "'gpu' did you mean cuda?"),
                Arguments.of("--data cifar.npy", "did you mean npy='cifar.npy'?"),
                Arguments.of("--data MNIST=x", "did you mean mnist=DIR?"),
                Arguments.of("--data mnsit=x", "did you mean mnist=DIR?"), Arguments.of("--data imags=x",
                        "images=DIR?"),
                Arguments.of("--json=x", "--json no value 'x'"),
                Arguments.of("--hidden 8" + ",8".repeat(100), "--hidden at most 100 layers, not 101"),
                Arguments.of("@" + Path.of("pom.xml").toAbsolutePath(), "'@/ belongs to no option"),
                Arguments.of("--hidden 4 --hidden 5", "'--hidden' only once"),
                Arguments.of("--hidden 4,x", "--hidden 'x' is not a whole number"),
                Arguments.of("--hidden ,", "--hidden 400 or 400,200 not ','"),
                Arguments.of("--hidden 400,", "--hidden 400 or 400,200 not '400,'"),
                Arguments.of("--hidden 0", "--hidden at least 1 not 0"),
                Arguments.of("--latent 0", "--latent at least 1 not 0"),
                Arguments.of("--latent 1.5", "--latent '1.5' is not a whole number"),
                Arguments.of("--latent 99999999999", "--latent 99999999999 at most 2147483647"),
                Arguments.of("--seed -9223372036854775809", "--seed at least -9223372036854775808"),
                Arguments.of("--activation sine", "--activation gelu 'sine'"),
                Arguments.of("--activation swish", "--activation one of identity, relu, tanh, sigmoid, softplus, gelu,"
                        + " silu, elu, not 'swish'; did you mean silu?"),
                Arguments.of("--activation log",
                        "--activation must be relu, tanh, sigmoid, softplus, gelu, silu, elu or"
                                + " identity, not log"),
                Arguments.of("--model convolutional-vae --likelihood poison",
                        "--likelihood one of bernoulli, gaussian-shared, sigma-vae, not 'poison'"),
                Arguments.of("--likelihood GAUSSIAN", "--likelihood gaussian-fixed 'GAUSSIAN'"),
                Arguments.of("--likelihood gaussian-fixed --standard-deviation 0", "--standard-deviation 1e-18 0.0"),
                Arguments.of("--likelihood gaussian-fixed --standard-deviation 1e300", "--standard-deviation 1.0E300"),
                Arguments.of("--standard-deviation 1", "--standard-deviation gaussian-fixed bernoulli"),
                Arguments.of("--likelihood gaussian --binarise dynamic", "--binarise bernoulli gaussian"),
                Arguments.of("--binarise static", "--binarise dynamic 'static'"),
                Arguments.of("--batch 0", "--batch at least 1 not 0"),
                Arguments.of("--epochs 0", "--epochs at least 1 not 0"),
                Arguments.of("--steps -1", "--steps at least 1 not -1"),
                Arguments.of("--epochs 1 --steps 2", "--epochs 1 and --steps 2 are mutually exclusive"),
                Arguments.of("--evaluate-every 0", "--evaluate-every at least 1 not 0"),
                Arguments.of("--checkpoint-every 10", "--checkpoint-every 10min or 500steps not '10'"),
                Arguments.of("--checkpoint-every 0min", "--checkpoint-every at least 1 not 0"),
                Arguments.of("--learning-rate 0", "--learning-rate above 0 0.0"),
                Arguments.of("--learning-rate abc", "--learning-rate 'abc' is not a number"),
                Arguments.of("--learning-rate NaN", "--learning-rate float32 NaN"),
                Arguments.of("--kl-weight -1", "--kl-weight from 0 to 1e9 -1.0"),
                Arguments.of("--kl-warm-up 1e30", "--kl-warm-up from 0 to 1e9 epochs 1.0E30"),
                Arguments.of("--free-bits 1e300", "--free-bits from 0 to 1e9 nats 1.0E300"),
                Arguments.of("--clip 0", "--clip above 0 0.0"),
                Arguments.of("--clip 1e-300", "--clip float32 1.0E-300"),
                Arguments.of("--seed x", "--seed 'x'"),
                Arguments.of("--backend tpu", "--backend auto, java, cpu, cuda 'tpu'"),
                Arguments.of("--threads 0", "--threads from 1 to 1024 not 0"),
                Arguments.of("--threads 100000", "--threads from 1 to 1024 not 100000"),
                Arguments.of("--out=", "--out a path, not ''"),
                Arguments.of("--data cifar=x", "--data mnist=DIR 'cifar=x'"),
                Arguments.of("--data mnist=", "--data mnist=DIR 'mnist='"));
    }

    @ParameterizedTest
    @MethodSource("wrongOptions")
    void wrongOptionsAreUsageErrors(String options, String parts) {
        String[] args = Lists.join(List.of("train", "--out", out.toString()), options.split(" "));
        if (!options.contains("--data")) {
            args = Lists.join(List.of(args), "--data", "npy=" + data);
        }
        Cli.run(args).fails(2, parts.split(" "));
        assertTrue(Files.notExists(out));
    }

    /** Regular expressions with repeated groups recurse once a repetition. */
    @Test
    void threeThousandLayersAreNoStackOverflow() {
        Cli.run("train", "--data", "npy=" + data, "--out", out.toString(), "--hidden", "400" + ",400".repeat(2999))
                .fails(2, "--hidden must be at most 100 layers, not 3000");
        Cli.run("train", "--hidden", "4" + ",4".repeat(500_000) + ",x").fails(2, "--hidden", "'x'");
        Cli.run("train", "--hidden", "4" + ",4".repeat(500_000) + ",").fails(2, "--hidden", "(1000002 characters)");
        assertTrue(Files.notExists(out));
    }

    @Test
    void aCheckpointThatContradictsALongListIsSaidShortly() {
        Cli.train(data, out, "--epochs", "1").succeeds();
        Cli.run("train", "--resume", "--out", out.toString(), "--data", "npy=" + data, "--hidden",
                "8" + ",8".repeat(2999)).fails(2, "...' (5999 characters) contradicts");
    }

    @Test
    void wrongCommandsAreUsageErrors() {
        String names =
                "train, evaluate, sample, encode, decode, reconstruct, interpolate, traverse, anomalies, scatter,"
                        + " export, import, estimators, disentanglement, ascent, posteriors, weights, control, plan,"
                        + " imitate, view, models, doctor, completion and man";
        Cli.run().fails(2, names);
        Cli.run("fly").fails(2, "unknown command 'fly'; there are " + names);
        Cli.run("trian", "--latent", "3").fails(2, "unknown command 'trian'", "did you mean train");
        Cli.run("--json").fails(2, "'--json'", "command before it", "train, evaluate");
        Cli.run("evaluate", "--checkpoint", "").fails(2, "--checkpoint", "a path, not ''");
        Cli.run("evaluate").fails(2, "--checkpoint");
        Cli.run("sample", "--checkpoint", "x", "--out", "x.jpg").fails(2, ".png, .npy, .csv or .parquet", "x.jpg");
        Cli.run("sample", "--checkpoint", "x", "--out", "x.npy", "--count", "0").fails(2, "--count", "not 0");
        Cli.run("encode", "--checkpoint", "x", "--out", "x.png").fails(2, ".npy", "x.png");
        Cli.run("evaluate", "--checkpoint", "x", "--samples", "0").fails(2, "--samples", "not 0");
        Cli.run("evaluate", "--checkpoint", "x", "--set", "dev").fails(2, "test, train", "'dev'");
        Cli.run("train", "--resume").fails(2, "--resume", "--out");
        assertTrue(Cli.run("--help").succeeds().out().contains("doctor"));
        assertTrue(Cli.run("train", "--help").succeeds().out().contains("--kl-warm-up"));
        assertTrue(Cli.run("--version").succeeds().out().startsWith("elbo4j"));
    }

    @Test
    void imagesThatNoConvolutionHalvesAndTooManyChannelsAreRefused() throws IOException {
        Path rows = directory.resolve("rows.npy");
        NpyWriter.write(rows, 40, 100, new float[4000]);
        Path pixels = Files.createDirectory(directory.resolve("pixels"));
        for (int i = 0; i < 20; i++) {
            ImageIO.write(new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY), "png", pixels.resolve(i + ".png")
                    .toFile());
        }
        String[] train = {"train", "--model", "convolutional-vae", "--out", out.toString(), "--backend", "java"};
        Cli.run(Lists.join(List.of(train), "--data", "npy=" + rows)).fails(1, "the data has images of 1 x 100 with 1"
                + " channel, convolutional-vae takes 2 to 2^24 rows and columns");
        Cli.run(Lists.join(List.of(train), "--data", "images=" + pixels)).fails(1, "the data has images of 1 x 1");
        String[] completion = {"train", "--model", "completion-vae", "--out", out.toString(), "--backend", "java",
                "--data"};
        Cli.run(Lists.join(List.of(completion), "npy=" + rows)).fails(1, "--model completion-vae goes with data whose"
                + " height is even, and at least 2, not 1");
        Cli.run(Lists.join(List.of(completion), "images=" + pixels)).fails(1, "goes with data whose height is even");
        Cli.run(Lists.join(List.of(train), "--channels", "20000000")).fails(2,
                "--channels must be from 1 to 2^24 in every convolution, not 20000000");
        Cli.run(Lists.join(List.of(train), "--channels", "16000000")).fails(2,
                "--channels must be fewer, as the small image of a convolution must be of at most 2^31 - 9 floats, not"
                        + " 16000000");
        assertTrue(Files.notExists(out));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--hidden 2000000000", "--latent 2000000000", "--hidden 2147483647,2147483647"})
    void aModelThatIsTooLargeIsRefusedBeforeAnythingIsMade(String options) {
        String[] parts = options.split(" ");
        Cli.run("train", "--data", "npy=" + data, "--out", out.toString(), "--backend", "java", parts[0], parts[1])
                .fails(1, parts[0] + " " + parts[1], "parameters", " MB", "Java heap");
        assertTrue(Files.notExists(out));
    }

    @Test
    void wrongDataIsNamed() throws IOException {
        Path cut = directory.resolve("cut.npy");
        byte[] whole = Files.readAllBytes(data);
        Files.write(cut, Arrays.copyOf(whole, whole.length - 3));
        Cli.train(cut, out).fails(1, cut.toString(), "truncated");
        Cli.train(directory.resolve("none.npy"), out).fails(1, "none.npy", "no such file");
        for (String kind : List.of("mnist", "images")) {
            Cli.run("train", "--data", kind + "=" + directory.resolve("none"), "--out", out.toString())
                    .fails(1, directory.resolve("none").toString());
        }
        float[] values = Cli.values(60);
        values[33] = Float.NaN;
        Path nan = directory.resolve("nan.npy");
        NpyWriter.write(nan, 10, 6, values);
        Cli.train(nan, out).fails(1, nan.toString(), "row 5, column 3", "NaN");
        values[33] = 1.5f;
        NpyWriter.write(nan, 10, 6, values);
        Cli.train(nan, out).fails(1, "[0, 1]", "row 5, column 3", "1.5");
        assertTrue(Files.notExists(out));
    }

    /** Ten sequences of three steps of two values, the first of which has two. */
    @Test
    void sequencesForAModelOfSingleRowsAreNamedAsSuch() {
        float[] values = Cli.values(60);
        values[4] = Float.NaN;
        values[5] = Float.NaN;
        Path ragged = directory.resolve("ragged.npy");
        NpyWriter.write(ragged, values, 10, 3, 2);
        Cli.train(ragged, out).fails(1, ragged + ": the value at row 0, column 4 (counted from 0) is NaN",
                "sequences of several lengths, which a model of sequences takes, as deep-markov-model");
        assertTrue(Files.notExists(out));
    }

    @Test
    void aWrongCheckpointIsNamed() throws IOException {
        Cli.train(data, out, "--epochs", "1").succeeds();
        Path checkpoint = out.resolve("checkpoint.safetensors");
        byte[] whole = Files.readAllBytes(checkpoint);
        byte[] damaged = whole.clone();
        damaged[damaged.length / 2] ^= 1;
        List<byte[]> wrong = List.of(new byte[0], new byte[5], Arrays.copyOf(whole, whole.length - 1), damaged,
                Files.readAllBytes(data));
        for (byte[] bytes : wrong) {
            Files.write(checkpoint, bytes);
            Cli.train(data, out, "--resume", "--epochs", "2").fails(1, checkpoint.toString());
            Cli.run("evaluate", "--checkpoint", checkpoint.toString(), "--data", "npy=" + data)
                    .fails(1, checkpoint.toString());
            Cli.run("sample", "--checkpoint", checkpoint.toString(), "--out", directory.resolve("s.npy").toString())
                    .fails(1, checkpoint.toString());
            assertEquals(bytes.length, Files.size(checkpoint));
        }
        assertEquals(List.of("data-30.npy", "run"), Cli.names(directory));
        Cli.train(data, directory.resolve("none"), "--resume").fails(1, "none", "no such file");
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "x");
        Cli.train(data, file.resolve("run")).fails(1, file.toString());
        Cli.train(data, file).fails(1, file + " is a file");
        assertEquals("x", Files.readString(file));
    }

    @Test
    void anUnavailableBackendIsARefusalNotACrash() {
        Cli.train(data, out, "--backend", "cuda").fails(2, "--backend");
        Cli.run("train", "--data", "npy=" + data, "--out", out.toString(), "--backend", "cuda:9999").fails(1, "cuda");
        assertTrue(Files.notExists(out));
    }
}
