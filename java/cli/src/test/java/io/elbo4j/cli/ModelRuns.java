package io.elbo4j.cli;

import io.elbo4j.train.checkpoint.Safetensors;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.NpyReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Small runs of any model on images with labels, and what they leave. */
abstract class ModelRuns {
    static final int TRAIN = 40;
    static final int TEST = 9;
    static final int SIDE = 6;

    @TempDir
    Path directory;
    Path data;

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

    static String sizes(String model) {
        return model.equals("hierarchical-vae") ? "--hidden=6,5 --latents=4,3"
                : model.equals("gaussian-mixture") ? "--components=3"
                : model.equals("linear-gaussian") ? "--latent=3"
                : model.equals("bayesian-regression") ? "--hidden=6"
                : model.equals("convolutional-vae") ? "--channels=3,4 --latent=3"
                : model.equals("flow-vae") ? "--hidden=6 --latent=3 --flows=2 --flow-units=5"
                : model.equals("vamp-vae") ? "--hidden=6 --latent=3 --pseudo-inputs=5"
                : model.equals("local-inference") ? "--hidden=6 --latent=3 --local-steps=5" : "--hidden=6 --latent=3";
    }

    Cli.Result train(String model, Path out, String... more) {
        return Cli.run(Lists.join(List.of("train", "--model", model, "--data", "mnist=" + data, "--batch", "8",
                "--evaluate-every", "1", "--backend", "java", "--threads", "1", "--out", out.toString()), more));
    }

    Path trained(String model, String... more) {
        Path out = directory.resolve(model);
        train(model, out, Lists.join(List.of(sizes(model).split(" ")), Lists.join(List.of("--epochs", "3"), more)))
                .succeeds();
        return out;
    }

    static String sha256(Path run) {
        return Safetensors.sha256(run.resolve("checkpoint.safetensors"));
    }

    Images array(String... command) {
        Path file = directory.resolve("out.npy");
        Cli.run(Lists.join(List.of(command), "--out", file.toString(), "--backend", "java")).succeeds();
        return NpyReader.read(file);
    }

    /** What has something for each step of sequences, NaN past their ends. */
    Images sequences(String... command) {
        Path file = directory.resolve("out.npy");
        Cli.run(Lists.join(List.of(command), "--out", file.toString(), "--backend", "java")).succeeds();
        return NpyReader.sequences(file, (done, of) -> {});
    }

    static float[] values(Images images) {
        return images.copyRows(0, images.rows());
    }
}
