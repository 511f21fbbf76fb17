package io.elbo4j.languages;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.GaussianSampleKl;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Sprites;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the callers in the other languages say, in Java. */
class JavaTest {
    private static List<float[]> sample(Backend backend) {
        try (Matrix mean = backend.matrix(8, 5);
                Matrix logVariance = backend.matrix(8, 5);
                Matrix z = backend.matrix(8, 5);
                Matrix kl = backend.matrix(8, 1)) {
            RandomFill.normal(new Noise(7, 1), mean).run();
            RandomFill.normal(new Noise(7, 2), logVariance).run();
            GaussianSampleKl.forward(mean, logVariance, new Noise(42, 0), z, kl).run();
            return List.of(z.toArray(), kl.toArray());
        }
    }

    private static List<float[]> train(Backend backend) {
        Images sprites = Sprites.images(3, 200);
        Vae vae = new Vae(VaeSettings.of(sprites.columns(), 4, 32, 16).withBinarise());
        TrainingSettings settings = TrainingSettings.of(48, 42).withKlWarmUp(2).withFreeBits(0.05);
        try (Parameters parameters = new Parameters(backend, vae.graph().parameters(), 42);
                Trainer trainer = new Trainer(vae, parameters, backend, settings, sprites)) {
            trainer.steps(30);
            return parameters.all().stream().map(state -> state.value().toArray()).toList();
        }
    }

    private static List<float[]> results(String name) {
        try (Backend backend = Backends.open(name, 2)) {
            List<float[]> all = new ArrayList<>(sample(backend));
            all.addAll(train(backend));
            return all;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "java"})
    void endsInTheGoldenRun(String backend) throws IOException {
        if (Boolean.getBoolean("elbo4j.golden.write")) {
            Golden.write(results("java"));
        }
        Golden.check(results(backend));
    }
}
