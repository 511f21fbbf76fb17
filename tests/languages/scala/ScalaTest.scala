package io.elbo4j.languages

import io.elbo4j.{Backend, Backends, Noise}
import io.elbo4j.operation.{GaussianSampleKl, RandomFill}
import io.elbo4j.train.{Trainer, TrainingSettings}
import io.elbo4j.train.data.Sprites
import io.elbo4j.train.graph.Parameters
import io.elbo4j.train.model.{Vae, VaeSettings}
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource

import scala.jdk.CollectionConverters.*
import scala.util.Using

class ScalaTest:
  private def sample(backend: Backend): Seq[Array[Float]] =
    Using.Manager { use =>
      val Seq(mean, logVariance, z) = Seq.fill(3)(use(backend.matrix(8, 5))): @unchecked
      val kl = use(backend.matrix(8, 1))
      RandomFill.normal(Noise(7, 1), mean).run()
      RandomFill.normal(Noise(7, 2), logVariance).run()
      GaussianSampleKl.forward(mean, logVariance, Noise(42, 0), z, kl).run()
      Seq(z.toArray, kl.toArray)
    }.get

  private def train(backend: Backend): Seq[Array[Float]] =
    val sprites = Sprites.images(3, 200)
    val vae = Vae(VaeSettings.of(sprites.columns, 4, 32, 16).withBinarise)
    val settings = TrainingSettings.of(48, 42).withKlWarmUp(2).withFreeBits(0.05)
    Using.Manager { use =>
      val parameters = use(Parameters(backend, vae.graph.parameters, 42))
      use(Trainer(vae, parameters, backend, settings, sprites)).steps(30)
      parameters.all.asScala.toSeq.map(_.value.toArray)
    }.get

  @ParameterizedTest
  @ValueSource(strings = Array("auto", "java"))
  def endsInJavasRun(name: String): Unit =
    Using.resource(Backends.open(name, 2))(backend => Golden.check((sample(backend) ++ train(backend)).asJava))
