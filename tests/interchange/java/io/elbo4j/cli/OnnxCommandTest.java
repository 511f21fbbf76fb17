package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.elbo4j.train.data.NpyReader;
import io.elbo4j.train.data.NpyWriter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of {@code elbo4j export --format onnx} in Microsoft's runtime, against what encode and decode write. */
class OnnxCommandTest {
    private static final int ROWS = 40;
    private static final int COLUMNS = 30;

    @TempDir
    Path dir;

    private static void run(String... args) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            assertEquals(0, Main.run(new Console(out, out, false), args), () -> said.toString(StandardCharsets.UTF_8));
        }
    }

    @Test
    void onnxGivesWhatOurCommandsGive() throws OrtException {
        float[] x = new float[ROWS * COLUMNS];
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextDouble();
        }
        Path data = dir.resolve("x.npy");
        NpyWriter.write(data, ROWS, COLUMNS, x);
        String trained = dir.resolve("run").toString();
        String z = dir.resolve("z.npy").toString();
        String means = dir.resolve("means.npy").toString();
        run("train", "--data", "npy=" + data, "--hidden", "8", "--latent", "2", "--batch", "8", "--backend", "java",
                "--seed", "5", "--epochs", "2", "--likelihood", "gaussian", "--standardise", "column", "--out",
                trained);
        run("encode", "--checkpoint", trained, "--out", z);
        run("decode", "--checkpoint", trained, "--z", z, "--out", means);
        run("export", "--checkpoint", trained, "--format", "onnx", "--out", dir.resolve("onnx").toString());
        float[] codes = NpyReader.read(Path.of(z)).copyRows(0, ROWS);
        close(codes, first("encoder.onnx", "x", x));
        close(NpyReader.read(Path.of(means)).copyRows(0, ROWS), first("decoder.onnx", "z", codes));
    }

    /** The first output. */
    private float[] first(String file, String input, float[] values) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(dir.resolve("onnx").resolve(file).toString());
                OnnxTensor x = OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), new long[] {ROWS,
                        values.length / ROWS});
                OrtSession.Result result = session.run(Map.of(input, x))) {
            FloatBuffer y = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] copy = new float[y.remaining()];
            y.get(copy);
            return copy;
        }
    }

    private static void close(float[] ours, float[] theirs) {
        assertEquals(ours.length, theirs.length);
        double size = 0;
        for (float v : ours) {
            size += Math.abs(v) / ours.length;
        }
        assertTrue(size > 0);
        for (int i = 0; i < ours.length; i++) {
            assertEquals(ours[i], theirs[i], 1e-5 * Math.max(size, Math.abs(ours[i])));
        }
    }
}
