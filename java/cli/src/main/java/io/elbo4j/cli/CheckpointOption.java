package io.elbo4j.cli;

import io.elbo4j.Backend;
import io.elbo4j.train.Coder;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.run.Trained;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The trained model a command uses. */
final class CheckpointOption {
    @Option(names = "--checkpoint", required = true, paramLabel = "FILE",
            description = "checkpoint.safetensors of a training run, or the run's folder")
    private Path file;

    @Option(names = "--seed", paramLabel = "N", description = "of all that is random (that of the training run)")
    private Long seed;

    Path file() {
        return Trained.checkpoint(file);
    }

    Checkpoint.Loaded read() {
        return Checkpoint.read(file());
    }

    long seed(Trained trained) {
        return seed != null ? seed : trained.checkpoint().training().seed();
    }

    Coder coder(Trained trained, Backend backend) {
        return new Coder(trained.model(), trained.parameters(), backend, seed(trained), trained.checkpoint()
                .standardisation());
    }
}
