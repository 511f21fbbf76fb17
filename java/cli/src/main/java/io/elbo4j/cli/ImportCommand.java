package io.elbo4j.cli;

import com.google.gson.JsonObject;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Quoted;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.run.Trained;
import io.elbo4j.train.run.TrainingRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "import", sortOptions = false, description = {
        "Writes a checkpoint with the weights of PyTorch's modules, as 'export --format pytorch' names them.",
        "What the optimiser keeps begins anew."})
final class ImportCommand implements Callable<Integer> {
    @Mixin
    private CheckpointFile checkpoint;
    @Option(names = "--from", required = true, paramLabel = "FILE.safetensors", description = "the state dict, or the"
            + " folder with its model.safetensors; of the checkpoint's own model")
    private Path from;
    @Option(names = "--out", required = true, paramLabel = "FILE.safetensors", description = "the new checkpoint")
    private Path out;
    @Mixin
    private OutputOptions output;

    private final Console console;

    ImportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Path weights = Files.isDirectory(from) ? from.resolve("model.safetensors") : from;
        if (!out.toString().endsWith(".safetensors")) {
            throw Failure.usage("--out must end in .safetensors, not " + Quoted.of(out));
        }
        OutputFile.requireNoInput("--out", out, "--from", List.of(weights));
        Path folder = out.toAbsolutePath().getParent();
        if (List.of(TrainingRun.checkpoint(folder), TrainingRun.best(folder)).contains(out.toAbsolutePath())
                && Files.exists(folder.resolve("run.json"))) {
            throw Failure.usage("--out must not be the checkpoint of a run, as " + Quoted.line(out) + " is");
        }
        Checkpoint.Loaded loaded = checkpoint.read("--out", out);
        JsonObject o = new JsonObject();
        try (Backend backend = Backends.open("java", 1); Trained trained = checkpoint.open(loaded, backend)) {
            List<String> others = ExportCommand.torch(loaded, trained, backend).weights().load(weights, trained
                    .parameters());
            if (!others.isEmpty()) {
                throw Failure.because(Quoted.line(weights) + ": holds the tensor " + Quoted.of(others.get(0))
                        + ", which the model of " + Quoted.line(loaded.file()) + " has not", null);
            }
            trained.parameters().keep(loaded.checkpoint().training().optimiser().still());
            OutputFile.write(console, out, () -> loaded.checkpoint().write(out, trained.parameters()));
        }
        o.addProperty("file", out.toString());
        output.result(console, o, Quoted.line(out) + " is written");
        return 0;
    }
}
