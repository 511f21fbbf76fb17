package io.elbo4j.train.run;

import io.elbo4j.Backend;
import io.elbo4j.Quoted;
import io.elbo4j.train.Coder;
import io.elbo4j.train.Encoder;
import io.elbo4j.train.Scorer;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.checkpoint.CheckpointException;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.Models;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A trained model from a checkpoint, for use: its parameters alone are in the backend's memory, not the optimiser's
 * moments. Threads may share it, and each has encoders and scorers of its own; close these first. On a backend of one
 * thread they run side by side.
 */
public final class Trained implements AutoCloseable {
    private final Checkpoint checkpoint;
    private final Model model;
    private final Backend backend;
    private final Parameters parameters;

    private Trained(Checkpoint.Loaded loaded, Backend backend, boolean averages) {
        this.checkpoint = loaded.checkpoint();
        this.model = Models.create(checkpoint.model());
        this.backend = backend;
        this.parameters = new Parameters(backend, model.graph().parameters(), checkpoint.training().seed());
        try {
            if (averages) {
                loaded.restoreAverages(parameters);
            } else {
                loaded.restoreValues(parameters);
            }
        } catch (RuntimeException | Error e) {
            parameters.close();
            throw e;
        }
    }

    /**
     * Reads a checkpoint of any model.
     *
     * @param file the checkpoint, or the folder of its run
     * @throws CheckpointException saying what is wrong with the file
     */
    public static Trained load(Path file, Backend backend) {
        return of(Checkpoint.read(checkpoint(file)), backend);
    }

    /**
     * Reads a checkpoint of one kind of model.
     *
     * @throws CheckpointException saying what is wrong with the file, or that it is of another model
     */
    public static Trained load(Path file, Backend backend, Class<? extends Model> model) {
        Checkpoint.Loaded loaded = Checkpoint.read(checkpoint(file));
        Model found = Models.create(loaded.checkpoint().model());
        if (!model.isInstance(found)) {
            throw new CheckpointException(Quoted.line(loaded.file()) + ": is of a " + found.getClass().getSimpleName()
                    + ", not of a " + model.getSimpleName());
        }
        return of(loaded, backend);
    }

    /** A model whose checkpoint has been read already. */
    public static Trained of(Checkpoint.Loaded loaded, Backend backend) {
        return new Trained(loaded, backend, false);
    }

    /**
     * A model whose checkpoint has been read already, with the moving averages of its parameters in their place.
     *
     * @throws CheckpointException if its run keeps none
     */
    public static Trained ofAverages(Checkpoint.Loaded loaded, Backend backend) {
        return new Trained(loaded, backend, true);
    }

    /** The file itself, or that of a run in a folder. */
    public static Path checkpoint(Path fileOrFolder) {
        return Files.isDirectory(fileOrFolder) ? RunFolder.checkpoint(fileOrFolder) : fileOrFolder;
    }

    public Checkpoint checkpoint() {
        return checkpoint;
    }

    public Model model() {
        return model;
    }

    public Parameters parameters() {
        return parameters;
    }

    /**
     * For rows one at a time; one thread's at a time.
     *
     * @throws IllegalArgumentException if the model fits parameters to each row ({@link Model#local}): {@link #coder}
     *     does
     */
    public Encoder encoder() {
        return new Encoder(model, parameters, backend, checkpoint.training().seed(), checkpoint.standardisation());
    }

    /**
     * For rows one at a time; one thread's at a time.
     *
     * @throws IllegalArgumentException if the model fits parameters to each row ({@link Model#local}): {@link #coder}
     *     does
     */
    public Scorer scorer() {
        return new Scorer(model, parameters, backend, checkpoint.training().seed(), checkpoint.standardisation());
    }

    /** For many rows at once. */
    public Coder coder() {
        return new Coder(model, parameters, backend, checkpoint.training().seed(), checkpoint.standardisation());
    }

    @Override
    public void close() {
        parameters.close();
    }
}
