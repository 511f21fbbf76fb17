package io.elbo4j.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Quoted;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.AtomicFile;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.NpzWriter;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.onnx.Onnx;
import io.elbo4j.train.run.Trained;
import io.elbo4j.train.torch.TorchModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "export", sortOptions = false, description = "Writes a trained model for other tools.")
final class ExportCommand implements Callable<Integer> {
    /** With the files in a folder, or none for a file. */
    enum Format {
        ONNX("encoder.onnx", "decoder.onnx"), PYTORCH("model.safetensors", "config.json"), NPZ;

        private final List<String> files;

        Format(String... files) {
            this.files = List.of(files);
        }
    }

    /** Of {@link Format#ONNX}, in the order of its files. */
    enum Part { ENCODER, DECODER }

    private static final Gson PRETTY = new GsonBuilder().setPrettyPrinting().create();

    @Mixin
    private CheckpointFile checkpoint;
    @Option(names = "--format", required = true, paramLabel = "NAME", description = {
            "onnx: encoder.onnx, from x to the mean and the log-variance of q(z | x), and decoder.onnx, from z to the"
                    + " mean of p(x | z), opset 17",
            "pytorch: model.safetensors, a state dict with weights (out, in), and config.json, the modules that it is"
                    + " of",
            "npz: all parameters by their names, weights (in, out)"})
    private Format format;
    @Option(names = "--part", paramLabel = "NAME", description = "encoder or decoder: of onnx that file alone (both)")
    private Part part;
    @Option(names = "--out", required = true, paramLabel = "PATH",
            description = "a folder, which is made if it is not there; of npz a file, FILE.npz")
    private Path out;
    @Mixin
    private OutputOptions output;

    private final Console console;

    ExportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (part != null && format != Format.ONNX) {
            throw Failure.usage("--part must be left out with --format " + Names.of(format) + ": it goes with onnx");
        }
        List<Path> targets = targets();
        targets.forEach(target -> OutputFile.requireNoInput("--out", target, "--checkpoint", List.of(checkpoint
                .file())));
        requirePlace();
        Checkpoint.Loaded loaded = checkpoint.read("--out", out);
        try (Backend backend = Backends.open("java", 1); Trained trained = checkpoint.open(loaded, backend)) {
            Map<Path, Runnable> writes = switch (format) {
                case ONNX -> onnx(targets, loaded, trained, backend);
                case PYTORCH -> pytorch(targets, loaded, trained, backend);
                case NPZ -> Map.of(out, () -> NpzWriter.write(out, arrays(trained)));
            };
            makeFolder();
            targets.forEach(target -> OutputFile.write(console, target, writes.get(target)));
        }
        JsonObject o = new JsonObject();
        o.addProperty("format", Names.of(format));
        JsonArray files = new JsonArray();
        targets.forEach(target -> files.add(target.toString()));
        o.add("files", files);
        o.addProperty("checkpoint", loaded.sha256());
        output.result(console, o, targets.stream().map(Quoted::line).collect(Collectors.joining(" and ")) + (targets
                .size() > 1 ? " are written" : " is written"));
        return 0;
    }

    private List<Path> targets() {
        List<Path> all = format.files.isEmpty() ? List.of(out) : format.files.stream().map(out::resolve).toList();
        return part == null ? all : List.of(all.get(part.ordinal()));
    }

    /** Noticed now, not after all has been computed. */
    private void requirePlace() {
        if (format == Format.NPZ && !out.toString().endsWith(".npz")) {
            throw Failure.usage("--out must end in .npz, not " + Quoted.of(out));
        }
        if (!format.files.isEmpty() && Files.exists(out) && !Files.isDirectory(out)) {
            throw Failure.usage("--out must be a folder with --format " + Names.of(format) + ", not the file " + Quoted
                    .of(out));
        }
    }

    private void makeFolder() {
        try {
            if (!format.files.isEmpty() && !Files.isDirectory(out)) {
                Files.createDirectory(out);
            }
        } catch (IOException e) {
            throw Failure.because(out + ": cannot be made: " + DataException.reason(e), e);
        }
    }

    /** Both are computed before one is written. */
    private Map<Path, Runnable> onnx(List<Path> targets, Checkpoint.Loaded loaded, Trained trained, Backend backend) {
        Onnx onnx = new Onnx(trained.model(), trained.parameters(), backend, loaded.checkpoint().standardisation());
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("elbo4j.sha256", loaded.sha256());
        metadata.put("elbo4j.model", Models.of(loaded.checkpoint().model()).name());
        metadata.put("elbo4j.weights", checkpoint.weights());
        Map<Path, Runnable> writes = new LinkedHashMap<>();
        for (Path target : targets) {
            Part of = target.endsWith("encoder.onnx") ? Part.ENCODER : Part.DECODER;
            try {
                byte[] bytes = bytes(of, onnx, metadata);
                writes.put(target, () -> write(target, bytes));
            } catch (IllegalArgumentException e) {
                throw Failure.because(Quoted.line(loaded.file()) + ": its " + Names.of(of) + " " + e.getMessage()
                        + (part == null ? alone(of == Part.ENCODER ? Part.DECODER : Part.ENCODER, onnx) : ""), e);
            }
        }
        return writes;
    }

    private static byte[] bytes(Part of, Onnx onnx, Map<String, String> metadata) {
        return of == Part.ENCODER ? onnx.encoder(metadata) : onnx.decoder(metadata);
    }

    /** The advice to write the other file alone, if that can be had. */
    private static String alone(Part other, Onnx onnx) {
        try {
            bytes(other, onnx, Map.of());
            return "; its " + Names.of(other) + " alone can be, by --part " + Names.of(other);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private Map<Path, Runnable> pytorch(List<Path> targets, Checkpoint.Loaded loaded, Trained trained,
            Backend backend) {
        TorchModel torch = torch(loaded, trained, backend);
        JsonObject config = loaded.checkpoint().toJson();
        Set.of("training", "data", "position").forEach(config::remove);
        config.addProperty("kind", Models.of(loaded.checkpoint().model()).name());
        config.addProperty("checkpoint", loaded.sha256());
        config.addProperty("weights", checkpoint.weights());
        Standardisation standardisation = loaded.checkpoint().standardisation();
        if (standardisation.kind() != Standardisation.Kind.NONE) {
            config.add("standardisation", PRETTY.toJsonTree(standardisation));
        }
        torch.config().entrySet().forEach(entry -> config.add(entry.getKey(), entry.getValue()));
        byte[] json = (PRETTY.toJson(config) + "\n").getBytes(StandardCharsets.UTF_8);
        return Map.of(targets.get(0), () -> torch.weights().save(targets.get(0), trained.parameters()), targets.get(1),
                () -> write(targets.get(1), json));
    }

    /** @throws Failure if it is no chain of PyTorch's modules */
    static TorchModel torch(Checkpoint.Loaded loaded, Trained trained, Backend backend) {
        try {
            return new TorchModel(trained.model(), trained.parameters(), backend);
        } catch (IllegalArgumentException e) {
            throw Failure.because(Quoted.line(loaded.file()) + ": " + e.getMessage(), e);
        }
    }

    private static void write(Path file, byte[] bytes) {
        try {
            AtomicFile.write(file, channel -> AtomicFile.put(channel, ByteBuffer.wrap(bytes)));
        } catch (IOException e) {
            throw new DataException(e.getMessage(), e);
        }
    }

    /** As the checkpoint has them, the standardisation too. */
    private static Map<String, NpzWriter.Array> arrays(Trained trained) {
        Map<String, NpzWriter.Array> arrays = new LinkedHashMap<>();
        trained.parameters().all().forEach(state -> arrays.put(state.parameter().name(), new NpzWriter.Array(Math
                .toIntExact(state.value().rows()), Math.toIntExact(state.value().columns()), () -> state.value()
                        .toArray())));
        Standardisation standardisation = trained.checkpoint().standardisation();
        if (standardisation.kind() != Standardisation.Kind.NONE) {
            arrays.put(Checkpoint.MEAN, row(standardisation.mean()));
            arrays.put(Checkpoint.DEVIATION, row(standardisation.deviation()));
        }
        return arrays;
    }

    private static NpzWriter.Array row(float[] values) {
        return new NpzWriter.Array(1, values.length, () -> values);
    }
}
