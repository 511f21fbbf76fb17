package io.elbo4j.cli;

import io.elbo4j.Backend;
import io.elbo4j.train.Coder;
import io.elbo4j.train.run.Trained;
import picocli.CommandLine.Option;

/** The trained model a command uses. */
final class CheckpointOption extends CheckpointFile {
    @Option(names = "--seed", paramLabel = "N", description = "of all that is random (that of the training run)")
    private Long seed;

    long seed(Trained trained) {
        return seed != null ? seed : trained.checkpoint().training().seed();
    }

    Coder coder(Trained trained, Backend backend) {
        return new Coder(trained.model(), trained.parameters(), backend, seed(trained), trained.checkpoint()
                .standardisation());
    }
}
