package io.elbo4j.languages

import io.elbo4j.Backend
import io.elbo4j.Backends
import io.elbo4j.Noise
import io.elbo4j.operation.GaussianSampleKl
import io.elbo4j.operation.RandomFill
import io.elbo4j.train.Trainer
import io.elbo4j.train.TrainingSettings
import io.elbo4j.train.data.Sprites
import io.elbo4j.train.graph.Parameters
import io.elbo4j.train.model.Vae
import io.elbo4j.train.model.VaeSettings
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource

class GroovyTest {
    static List<float[]> sample(Backend backend) {
        try (def mean = backend.matrix(8, 5)
                def logVariance = backend.matrix(8, 5)
                def z = backend.matrix(8, 5)
                def kl = backend.matrix(8, 1)) {
            RandomFill.normal(new Noise(7, 1), mean).run()
            RandomFill.normal(new Noise(7, 2), logVariance).run()
            GaussianSampleKl.forward(mean, logVariance, new Noise(42, 0), z, kl).run()
            [z.toArray(), kl.toArray()]
        }
    }

    static List<float[]> train(Backend backend) {
        def sprites = Sprites.images(3, 200)
        def vae = new Vae(VaeSettings.of(sprites.columns(), 4, 32, 16).withBinarise())
        def settings = TrainingSettings.of(48, 42).withKlWarmUp(2).withFreeBits(0.05)
        try (def parameters = new Parameters(backend, vae.graph().parameters(), 42)
                def trainer = new Trainer(vae, parameters, backend, settings, sprites)) {
            trainer.steps(30)
            parameters.all().collect { it.value().toArray() }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = ['auto', 'java'])
    void endsInJavasRun(String name) {
        Backends.open(name, 2).withCloseable { Golden.check(sample(it) + train(it)) }
    }
}
