package io.elbo4j.spark

import io.elbo4j.Backends
import io.elbo4j.train.run.Trained

/**
 * Rows of one task, one at a time: the bits of a row depend on nothing but the row, so not on how rows are cut into
 * partitions.
 *
 * @param latent whether codes are asked for, a mean of q(z given x) each
 * @param score whether scores are, minus the ELBO of one sample each, whose noise is the same for all
 */
private[spark] final class RowScorer(checkpoint: Array[Byte], backend: String, latent: Boolean, score: Boolean)
    extends AutoCloseable {
  private val open = Backends.open(backend, 1)
  private val trained = ModelFile.local(checkpoint)(Trained.load(_, open))
  private val encoder = Option.when(latent)(trained.encoder())
  private val scorer = Option.when(score)(trained.scorer())

  def code(x: Array[Float]): Option[Array[Double]] = encoder.map { e =>
    val z = new Array[Float](e.columns)
    e.encode(x, z)
    z.map(_.toDouble)
  }

  /** In nats: the higher, the less the row is like those of the training. */
  def cost(x: Array[Float]): Option[Double] = scorer.map(s => -s.score(x).elbo)

  override def close(): Unit = {
    encoder.foreach(_.close())
    scorer.foreach(_.close())
    trained.close()
    open.close()
  }
}
