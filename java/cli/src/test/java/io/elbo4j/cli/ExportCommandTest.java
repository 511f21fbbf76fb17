package io.elbo4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.train.checkpoint.Safetensors;
import io.elbo4j.train.checkpoint.StoredTensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCommandTest {
    @TempDir
    static Path runs;
    private static Path run;

    @TempDir
    Path results;

    @BeforeAll
    static void train() {
        run = runs.resolve("run");
        Cli.train(Cli.data(runs), run, "--epochs", "2", "--average", "0.9").succeeds();
    }

    private static Cli.Result export(Path of, String format, Path out, String... more) {
        return Cli.run(Lists.join(List.of("export", "--checkpoint", of.toString(), "--format", format, "--out", out
                .toString()), more));
    }

    private static List<StoredTensor> stored(String suffix) {
        return Safetensors.read(run.resolve("checkpoint.safetensors")).tensors().stream().filter(t -> t.name().matches(
                "(encoder|posterior|decoder|logits)[.0-9]*(weight|bias)" + suffix)).toList();
    }

    /** An entry of an archive by the format's description: a header of Python, and numbers. */
    private static float[] read(ZipFile zip, ZipEntry entry, int rows, int columns) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
            byte[] magic = new byte[8];
            bytes.get(magic);
            assertArrayEquals(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}, magic);
            byte[] header = new byte[bytes.getShort()];
            bytes.get(header);
            assertEquals("{'descr': '<f4', 'fortran_order': False, 'shape': (" + rows + ", " + columns + "), }",
                    new String(header, StandardCharsets.US_ASCII).strip());
            float[] values = new float[bytes.remaining() / Float.BYTES];
            bytes.asFloatBuffer().get(values);
            return values;
        }
    }

    @Test
    void npzHasAllParameters() throws IOException {
        Path out = results.resolve("m.npz");
        Path again = results.resolve("again.npz");
        for (String weights : List.of("trained", "average")) {
            List<StoredTensor> expected = stored(weights.equals("trained") ? "" : "[.]average");
            assertEquals(8, expected.size());
            export(run, "npz", out, "--weights", weights).succeeds();
            export(run, "npz", again, "--weights", weights).succeeds();
            assertArrayEquals(Files.readAllBytes(out), Files.readAllBytes(again));
            try (ZipFile zip = new ZipFile(out.toFile())) {
                assertEquals(8, zip.size());
                for (StoredTensor t : expected) {
                    ZipEntry entry = zip.getEntry(t.name().replace(".average", "") + ".npy");
                    assertArrayEquals(t.values(), read(zip, entry, (int) t.shape()[0], (int) t.shape()[1]));
                }
            }
        }
    }

    @Test
    void npzHasTheStandardisation() throws IOException {
        Path real = runs.resolve("real");
        Cli.train(Cli.data(runs), real, "--steps", "1", "--likelihood", "gaussian", "--standardise", "column")
                .succeeds();
        Path out = results.resolve("m.npz");
        export(real, "npz", out).succeeds();
        Safetensors.Content stored = Safetensors.read(real.resolve("checkpoint.safetensors"));
        try (ZipFile zip = new ZipFile(out.toFile())) {
            for (String name : List.of("standardisation.mean", "standardisation.deviation")) {
                assertArrayEquals(stored.tensor(name).values(), read(zip, zip.getEntry(name + ".npy"), 1, 30));
            }
        }
    }

    @Test
    void onnxHasTheCheckpointsChecksum() throws IOException {
        Path out = results.resolve("onnx");
        JsonObject said = export(run, "onnx", out, "--json").succeeds().json();
        assertEquals(List.of("decoder.onnx", "encoder.onnx"), Cli.names(out));
        for (String file : Cli.names(out)) {
            String bytes = Files.readString(out.resolve(file), StandardCharsets.ISO_8859_1);
            assertTrue(bytes.contains("elbo4j.sha256") && bytes.contains(said.get("checkpoint").getAsString()), file);
            assertTrue(bytes.contains("vae") && bytes.contains("trained"), file);
        }
        byte[] encoder = Files.readAllBytes(out.resolve("encoder.onnx"));
        Path alone = results.resolve("alone");
        export(run, "onnx", alone, "--part", "encoder").succeeds();
        assertEquals(List.of("encoder.onnx"), Cli.names(alone));
        assertArrayEquals(encoder, Files.readAllBytes(alone.resolve("encoder.onnx")));
        export(run, "onnx", alone, "--part", "encoder", "--weights", "average").succeeds();
        assertFalse(Arrays.equals(encoder, Files.readAllBytes(alone.resolve("encoder.onnx"))));
    }

    /** Exported and imported, every parameter has the same bits; what the optimiser keeps begins anew. */
    @Test
    void weightsComeBackFromPyTorch() throws IOException {
        Path out = results.resolve("torch");
        export(run, "pytorch", out).succeeds();
        assertEquals(List.of("config.json", "model.safetensors"), Cli.names(out));
        JsonObject config = JsonParser.parseString(Files.readString(out.resolve("config.json"))).getAsJsonObject();
        assertEquals("vae", config.get("kind").getAsString());
        assertEquals(64, config.get("checkpoint").getAsString().length());
        assertEquals(8, config.getAsJsonObject("model").getAsJsonArray("hidden").get(0).getAsInt());
        Path other = runs.resolve("other");
        Cli.train(runs.resolve("data-30.npy"), other, "--epochs", "1", "--average", "0.9").succeeds();
        Path back = results.resolve("back.safetensors");
        Cli.run("import", "--checkpoint", other.toString(), "--from", out.toString(), "--out", back.toString())
                .succeeds();
        Safetensors.Content ours = Safetensors.read(back);
        for (StoredTensor t : stored("")) {
            assertArrayEquals(t.values(), ours.tensor(t.name()).values(), t.name());
            assertArrayEquals(t.values(), ours.tensor(t.name() + ".average").values(), t.name());
            assertArrayEquals(new float[t.values().length], ours.tensor(t.name() + ".firstMoment").values());
        }
        assertArrayEquals(codes(run), codes(back));
    }

    private byte[] codes(Path checkpoint) throws IOException {
        Path codes = results.resolve("codes.npy");
        Cli.run("encode", "--checkpoint", checkpoint.toString(), "--data", "npy=" + runs.resolve("data-30.npy"),
                "--out", codes
                        .toString()).succeeds();
        return Files.readAllBytes(codes);
    }

    @Test
    void wrongImportsAreRefused() throws IOException {
        Path out = results.resolve("torch");
        export(run, "pytorch", out).succeeds();
        Path file = out.resolve("model.safetensors");
        Path small = runs.resolve("small");
        Cli.run("train", "--data", "npy=" + Cli.data(runs), "--hidden", "7", "--latent", "2", "--steps", "1",
                "--backend", "java", "--out", small.toString()).succeeds();
        Path back = results.resolve("back.safetensors");
        String[] from = {"import", "--checkpoint", small.toString(), "--from", out.toString()};
        Cli.run(Lists.join(List.of(from), "--out", back.toString())).fails(1,
                "model.safetensors: tensor 'encoder.0.weight' has the shape [8, 30], expected [7, 30]");
        Cli.run(Lists.join(List.of(from), "--out", "x.pt")).fails(2, "--out must end in .safetensors, not 'x.pt'");
        Cli.run(Lists.join(List.of(from), "--out", file.toString())).fails(2, "is read by --from");
        Cli.run("import", "--checkpoint", run.toString(), "--from", results.toString(), "--out", back.toString())
                .fails(1, "model.safetensors: ");
        Cli.run("import", "--checkpoint", run.toString(), "--from", run.resolve("checkpoint.safetensors").toString(),
                "--out", back.toString()).fails(1,
                        "tensor 'encoder.0.weight' has the shape [30, 8], expected [8, 30]");
        assertTrue(Files.notExists(back));
    }

    @Test
    void weightsThatAreNotFiniteAreRefused() throws IOException {
        Path out = results.resolve("torch");
        export(run, "pytorch", out).succeeds();
        Path file = out.resolve("model.safetensors");
        List<StoredTensor> tensors = Safetensors.read(file).tensors();
        Path back = results.resolve("back.safetensors");
        for (float wrong : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
            StoredTensor last = tensors.get(tensors.size() - 1);
            last.values()[1] = wrong;
            Safetensors.write(file, Map.of(), tensors);
            Cli.run("import", "--checkpoint", run.toString(), "--from", out.toString(), "--out", back.toString()).fails(
                    1, "model.safetensors: tensor '" + last.name() + "' has " + wrong
                            + " as its element 1, expected finite numbers");
            assertTrue(Files.notExists(back));
        }
    }

    @Test
    void wrongOptionsAreRefused() throws IOException {
        Path out = results.resolve("out");
        export(run, "keras", out).fails(2, "--format", "expected one of onnx, pytorch, npz, not 'keras'");
        export(run, "npz", out).fails(2, "--out must end in .npz, not '" + out + "'");
        export(run, "npz", results.resolve("m.npz"), "--part", "encoder").fails(2,
                "--part must be left out with --format npz: it goes with onnx");
        export(run, "onnx", out, "--part", "head").fails(2, "expected one of encoder, decoder, not 'head'");
        export(results.resolve("none"), "onnx", out).fails(1, "none: ");
        export(run, "onnx", results.resolve("a").resolve("b")).fails(2, "--out must be in a folder that exists");
        Path file = Files.writeString(results.resolve("file"), "mine");
        export(run, "onnx", file).fails(2, "--out must be a folder with --format onnx, not the file '" + file + "'");
        Cli.run("export", "--checkpoint", run.toString()).fails(2, "--format", "--out");
        assertEquals(List.of("file"), Cli.names(results));
    }

    @Test
    void noRunsCheckpointIsWrittenOver() throws IOException {
        Path other = Files.createDirectories(results.resolve("other-run"));
        Files.writeString(other.resolve("run.json"), "{}");
        for (String name : List.of("checkpoint.safetensors", "best.safetensors")) {
            Path file = Files.writeString(other.resolve(name), "kept");
            Cli.run("import", "--checkpoint", run.toString(), "--from", results.resolve("any").toString(), "--out", file
                    .toString()).fails(2, "--out must not be the checkpoint of a run, as " + file + " is");
            assertEquals("kept", Files.readString(file));
        }
    }

    @Test
    void noInputIsWrittenOver() throws IOException {
        byte[] before = Files.readAllBytes(run.resolve("checkpoint.safetensors"));
        Path npz = Files.write(results.resolve("mine.npz"), before);
        Path onnx = Files.write(results.resolve("encoder.onnx"), before);
        export(npz, "npz", npz).fails(2, "--out '" + npz + "' is read by --checkpoint, and would be lost");
        export(onnx, "onnx", results).fails(2, "--out '" + onnx + "' is read by --checkpoint, and would be lost");
        assertArrayEquals(before, Files.readAllBytes(npz));
        assertArrayEquals(before, Files.readAllBytes(onnx));
    }

    /** Of a model whose decoder draws, and of one without codes. */
    @Test
    void whatCannotBeWrittenIsNamed() {
        Path deep = runs.resolve("deep");
        Cli.run("train", "--data", "npy=" + Cli.data(runs), "--model", "hierarchical-vae", "--hidden", "6,4",
                "--latents", "3,2", "--steps", "1", "--backend", "java", "--out", deep.toString()).succeeds();
        Path out = results.resolve("out");
        // neither of its files can be had: no advice
        Cli.Result deeper = export(deep, "onnx", out);
        deeper.fails(1, "checkpoint.safetensors: its encoder cannot be written as ONNX: 'h1' is drawn at random (");
        assertFalse(deeper.err().contains("--part"), deeper.err());
        export(deep, "onnx", out, "--part", "decoder").fails(1, "its decoder cannot be written as ONNX: 'h1.generated'"
                + " is drawn at random (");
        Path mixture = runs.resolve("flow");
        Cli.run("train", "--data", "npy=" + Cli.data(runs), "--model", "flow-vae", "--hidden", "6", "--latent", "2",
                "--flow-units", "4", "--steps", "1", "--backend", "java", "--out", mixture.toString()).succeeds();
        export(mixture, "pytorch", out).fails(1, "checkpoint.safetensors: cannot be written for PyTorch: it has no"
                + " output 'posterior.mean', only z, mean");
        export(mixture, "onnx", out).fails(1, "its encoder cannot be written: the model has no output 'posterior.mean'"
                + ", only z, mean; its decoder alone can be, by --part decoder");
        assertTrue(Files.notExists(out));
        export(mixture, "onnx", out, "--part", "decoder").succeeds();
        assertEquals(List.of("decoder.onnx"), Cli.names(out));
    }
}
