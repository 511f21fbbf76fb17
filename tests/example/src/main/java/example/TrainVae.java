package example;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.train.Evaluator;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.checkpoint.Safetensors;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Sprites;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Trains a small VAE on generated sprites; prints the loss on others before and after, and the model's SHA-256. */
public final class TrainVae {
    private static final int STEPS = 60;
    private static final long SEED = 42;

    private TrainVae() {}

    /**
     * @param backend what ran: java, cpu or cuda
     * @param before negative ELBO of the untrained model, in nats per image
     * @param after the same, trained
     * @param sha256 of the checkpoint
     */
    record Result(String backend, double before, double after, String sha256) {}

    static Result train(String backendName) throws IOException {
        Images images = Sprites.images(0, 1000);
        VaeSettings model = VaeSettings.of(images.columns(), 5, 64);
        TrainingSettings training = TrainingSettings.of(100, SEED);
        Vae vae = new Vae(model);
        Path file = Files.createTempFile("example", ".safetensors");
        try (Backend backend = Backends.open(backendName);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), SEED);
                Trainer trainer = new Trainer(vae, parameters, backend, training, images);
                Evaluator evaluator = new Evaluator(vae, parameters, backend, Sprites.images(1000, 1200), SEED)) {
            double before = -evaluator.evaluate(0).elbo().elbo();
            trainer.steps(STEPS);
            double after = -evaluator.evaluate(0).elbo().elbo();
            new Checkpoint(model, training, Checkpoint.Data.of(images), trainer.position()).write(file, parameters);
            return new Result(backend.name(), before, after, Safetensors.sha256(file));
        } finally {
            Files.delete(file);
        }
    }

    public static void main(String[] arguments) throws IOException {
        Result result = train("auto");
        System.out.printf(Locale.ROOT, "backend %s: loss %.2f before, %.2f after %d steps, SHA-256 %s%n",
                result.backend, result.before, result.after, STEPS, result.sha256);
    }
}
