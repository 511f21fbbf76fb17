package io.elbo4j.spark

/**
 * An epoch of a training, in nats.
 *
 * @param epoch from 1
 * @param elbo averages over the rows that the epoch trained on, while it did
 * @param validationElbo average over the validation rows after the epoch; NaN without such rows
 */
case class VaeEpoch(epoch: Int, elbo: Double, reconstruction: Double, kl: Double, validationElbo: Double)

/**
 * How a model was trained.
 *
 * @param history of all epochs, those before a restart as well
 * @param bestEpoch whose parameters the model has: of validation rows the best one, else the last
 */
class VaeSummary private[spark] (val history: Array[VaeEpoch], val bestEpoch: Int) extends Serializable {
  def totalIterations: Int = history.length

  /** The ELBO of each epoch. */
  def objectiveHistory: Array[Double] = history.map(_.elbo)
}
