package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.train.Evaluation;
import io.elbo4j.train.Evaluator;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The configuration of PyTorch's VAE example (784-400-20-400-784, ReLU, Bernoulli on grey values, batch 128, Adam 1e-3,
 * 10 epochs) on the real digits: a test loss of at most 106.0 nats. PyTorch's own is 105.26 on the same files.
 */
class MnistTest {
    private static final double LARGEST_LOSS = 106.0;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void tenEpochsReachPyTorchsLoss(long seed) {
        String folder = System.getProperty("elbo4j.mnist");
        assumeTrue(folder != null, "skipped: needs MNIST; give its folder with -Delbo4j.mnist=DIR");
        assumeTrue(seed == 1 || Boolean.getBoolean("elbo4j.exhaustive"),
                "skipped: seeds 2 and 3 run with -Delbo4j.exhaustive=true");
        DataSource data = DataSource.parse("mnist=" + folder);
        Vae vae = new Vae(new VaeSettings(784, List.of(400), 20, Activation.RELU, LikelihoodKind.BERNOULLI, 1, false));
        TrainingSettings settings = new TrainingSettings(128, 1e-3, 1, 0, 0, Double.POSITIVE_INFINITY, seed);
        try (Backend backend = Backends.open("auto", 0);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), seed);
                Trainer trainer = new Trainer(vae, parameters, backend, settings, data.train(),
                        Trainer.Position.START);
                Evaluator evaluator = new Evaluator(vae, parameters, backend, data.test(), seed)) {
            // without the native library ten epochs take minutes: one shows that it learns
            boolean fast = backend.name().equals("cpu");
            for (int epoch = 0; epoch < (fast ? 10 : 1); epoch++) {
                do {
                    trainer.step();
                } while (!trainer.atEndOfEpoch());
                trainer.nextEpoch();
            }
            Evaluation test = evaluator.evaluate(trainer.position().step());
            System.out.printf("MNIST, seed %d, backend %s: test loss %.2f nats, %d of 20 units active%n", seed,
                    backend.description(), -test.elbo().elbo(), test.activeUnits());
            assertTrue(-test.elbo().elbo() <= (fast ? LARGEST_LOSS : 140), () -> "test loss " + -test.elbo().elbo());
            assertTrue(test.activeUnits() >= 15);
        }
    }
}
