package io.elbo4j.cli;

import io.elbo4j.Backend;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.run.TrainingRun;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The trained model a command uses. */
final class CheckpointOption {
    @Option(names = "--checkpoint", required = true, paramLabel = "FILE",
            description = "checkpoint.safetensors of a training run, or the run's folder")
    private Path file;

    @Option(names = "--seed", paramLabel = "N", description = "of all that is random (that of the training run)")
    private Long seed;

    /** A model with its trained parameters. */
    record Model(Checkpoint checkpoint, Vae vae, Parameters parameters, long seed) implements AutoCloseable {
        @Override
        public void close() {
            parameters.close();
        }
    }

    Path file() {
        return Files.isDirectory(file) ? TrainingRun.checkpoint(file) : file;
    }

    Checkpoint.Loaded read() {
        return Checkpoint.read(file());
    }

    Model restore(Checkpoint.Loaded loaded, Backend backend) {
        Checkpoint checkpoint = loaded.checkpoint();
        Vae vae = new Vae(checkpoint.model());
        Parameters parameters = new Parameters(backend, vae.graph().parameters(), checkpoint.training().seed());
        try {
            loaded.restoreValues(parameters);
        } catch (RuntimeException | Error e) {
            parameters.close();
            throw e;
        }
        return new Model(checkpoint, vae, parameters, seed != null ? seed : checkpoint.training().seed());
    }
}
