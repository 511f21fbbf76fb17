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

class KotlinTest {
    private fun sample(backend: Backend): List<FloatArray> =
        backend.matrix(8, 5).use { mean ->
            backend.matrix(8, 5).use { logVariance ->
                backend.matrix(8, 5).use { z ->
                    backend.matrix(8, 1).use { kl ->
                        RandomFill.normal(Noise(7, 1), mean).run()
                        RandomFill.normal(Noise(7, 2), logVariance).run()
                        // compiles only where the prior is marked as nullable
                        GaussianSampleKl.forward(mean, logVariance, null, null, Noise(42, 0), z, kl).run()
                        listOf(z.toArray(), kl.toArray())
                    }
                }
            }
        }

    private fun train(backend: Backend): List<FloatArray> {
        val sprites = Sprites.images(3, 200)
        val vae = Vae(VaeSettings.of(sprites.columns().toLong(), 4, 32, 16).withBinarise())
        val settings = TrainingSettings.of(48, 42).withKlWarmUp(2.0).withFreeBits(0.05)
        return Parameters(backend, vae.graph().parameters(), 42).use { parameters ->
            Trainer(vae, parameters, backend, settings, sprites).use { it.steps(30) }
            parameters.all().map { it.value().toArray() }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = ["auto", "java"])
    fun endsInJavasRun(name: String) = Backends.open(name, 2).use { Golden.check(sample(it) + train(it)) }
}
