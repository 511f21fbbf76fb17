package io.elbo4j.cli;

import io.elbo4j.Backend;
import io.elbo4j.Quoted;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.run.Trained;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The trained model a command reads. */
class CheckpointFile {
    /** Which values of the parameters. */
    enum Weights { TRAINED, AVERAGE }

    @Option(names = "--checkpoint", required = true, paramLabel = "FILE",
            description = "checkpoint.safetensors of a training run, or the run's folder")
    private Path file;

    @Option(names = "--weights", paramLabel = "NAME", defaultValue = "trained",
            description = "trained, or average: the moving averages that a run with --average keeps"
                    + " (${DEFAULT-VALUE})")
    private Weights weights;

    Path file() {
        return Trained.checkpoint(file);
    }

    /**
     * Reads it.
     *
     * @param option which says where to write
     * @param out where that is; null for nowhere
     * @throws Failure if that is the checkpoint itself, or in no folder
     */
    Checkpoint.Loaded read(String option, Path out) {
        if (out != null) {
            OutputFile.requireNoInput(option, out, "--checkpoint", List.of(file()));
            OutputFile.requireFolder(option, out);
        }
        return Checkpoint.read(file());
    }

    /** Which of them, as on the command line. */
    String weights() {
        return Names.of(weights);
    }

    Trained open(Checkpoint.Loaded loaded, Backend backend) {
        if (weights == Weights.AVERAGE && loaded.checkpoint().training().optimiser().average() == 0) {
            throw Failure.usage("--weights average: " + Quoted.line(loaded.file()) + " holds no moving averages of the"
                    + " parameters, as its run was started without them");
        }
        return weights == Weights.AVERAGE ? Trained.ofAverages(loaded, backend) : Trained.of(loaded, backend);
    }
}
