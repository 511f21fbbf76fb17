package io.elbo4j.cli;

import io.elbo4j.Backend;
import io.elbo4j.train.Coder;
import io.elbo4j.train.run.Trained;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Option;

/** The trained model a command uses. */
final class CheckpointOption extends CheckpointFile {
    @Option(names = "--seed", paramLabel = "N", description = "of all that is random (that of the training run);"
            + " refused where nothing is")
    private Long seed;

    /** Refuses a seed that has no effect: see {@link Effect#requireDrawn}. */
    void requireDrawn(String of, BooleanSupplier drawn) {
        Effect.requireDrawn("--seed", seed, of, drawn);
    }

    long seed(Trained trained) {
        return seed != null ? seed : trained.checkpoint().training().seed();
    }

    Coder coder(Trained trained, Backend backend) {
        return new Coder(trained.model(), trained.parameters(), backend, seed(trained), trained.checkpoint()
                .standardisation());
    }
}
