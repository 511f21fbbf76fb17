package io.elbo4j.spark

import io.elbo4j.ArgumentException.require
import org.apache.spark.ml.Estimator
import org.apache.spark.ml.param.{DoubleParam, IntArrayParam, IntParam, Param, ParamMap, ParamValidators}
import org.apache.spark.ml.param.shared.{HasMaxIter, HasSeed, HasStepSize, HasValidationIndicatorCol, HasWeightCol}
import org.apache.spark.ml.util.{DefaultParamsReadable, DefaultParamsWritable, Identifiable}
import org.apache.spark.sql.Dataset
import org.apache.spark.sql.types.StructType

/** What is trained, and how. */
trait VaeParams extends VaeColumns with HasMaxIter with HasStepSize with HasSeed with HasValidationIndicatorCol
    with HasWeightCol {
  /** @group param */
  final val model: Param[String] = new Param(this, "model", "kind of model, as elbo4j train --model has it")
  /** @group param */
  final val settings: Param[String] = new Param(this, "settings",
    "of the model, a JSON object: {\"latent\": 8, \"hidden\": [100]}; elbo4j models NAME lists them")
  /** @group param */
  final val imageSize: IntArrayParam = new IntArrayParam(this, "imageSize",
    "height, width and channels of a row, for models of images; empty for 1 x columns x 1",
    (size: Array[Int]) => size.isEmpty || size.length == 3 && size.forall(_ > 0))
  /** @group param */
  final val batchSize: IntParam = new IntParam(this, "batchSize",
    "rows of a step, a multiple of 8 and at least 32 for each worker", ParamValidators.gt(0))
  /** @group param */
  final val numWorkers: IntParam = new IntParam(this, "numWorkers",
    "tasks that train together, 1, 2, 4 or 8: the model has the same bits with any number of them",
    ParamValidators.inArray(Array(1, 2, 4, 8)))
  /** @group param */
  final val objective: Param[String] = new Param(this, "objective", "as elbo4j train --objective has it")
  /** @group param */
  final val samples: IntParam = new IntParam(this, "samples", "of the latent variables for each row",
    ParamValidators.gt(0))
  /** @group param */
  final val klWeight: DoubleParam = new DoubleParam(this, "klWeight", "weight of the KL in the objective",
    ParamValidators.gtEq(0))
  /** @group param */
  final val klWarmUp: DoubleParam = new DoubleParam(this, "klWarmUp", "epochs in which that weight grows from 0",
    ParamValidators.gtEq(0))
  /** @group param */
  final val freeBits: DoubleParam = new DoubleParam(this, "freeBits", "nats of a latent dimension that cost nothing",
    ParamValidators.gtEq(0))
  /** @group param */
  final val clip: DoubleParam = new DoubleParam(this, "clip", "norm to which gradients are scaled down",
    ParamValidators.gt(0))
  /** @group param */
  final val orderCol: Param[String] = new Param(this, "orderCol", "column by whose values, all different, rows are"
    + " numbered; without it they are as they come, so that another partitioning gives another model")
  /** @group param */
  final val patience: IntParam = new IntParam(this, "patience",
    "epochs without a better ELBO of the validation rows after which the training ends", ParamValidators.gt(0))
  /** @group param */
  final val checkpointPath: Param[String] = new Param(this, "checkpointPath",
    "folder, which all executors reach, of the last checkpoint, from which a fit goes on")
  /** @group param */
  final val checkpointInterval: IntParam = new IntParam(this, "checkpointInterval",
    "epochs between two checkpoints; -1 for one at the end alone",
    (epochs: Int) => epochs == -1 || epochs >= 1)
  setDefault(model -> "vae", settings -> "{}", imageSize -> Array.empty[Int], batchSize -> 256, numWorkers -> 1,
    maxIter -> 10, stepSize -> 1e-3, objective -> "elbo", samples -> 1, klWeight -> 1.0, klWarmUp -> 0.0,
    freeBits -> 0.0, clip -> Double.PositiveInfinity, patience -> 10, checkpointInterval -> 1)

  /** @group getParam */
  final def getModel: String = $(model)
  /** @group getParam */
  final def getSettings: String = $(settings)
  /** @group getParam */
  final def getImageSize: Array[Int] = $(imageSize)
  /** @group getParam */
  final def getBatchSize: Int = $(batchSize)
  /** @group getParam */
  final def getNumWorkers: Int = $(numWorkers)
  /** @group getParam */
  final def getObjective: String = $(objective)
  /** @group getParam */
  final def getSamples: Int = $(samples)
  /** @group getParam */
  final def getKlWeight: Double = $(klWeight)
  /** @group getParam */
  final def getKlWarmUp: Double = $(klWarmUp)
  /** @group getParam */
  final def getFreeBits: Double = $(freeBits)
  /** @group getParam */
  final def getClip: Double = $(clip)
  /** @group getParam */
  final def getOrderCol: String = $(orderCol)
  /** @group getParam */
  final def getPatience: Int = $(patience)
  /** @group getParam */
  final def getCheckpointPath: String = $(checkpointPath)
  /** @group getParam */
  final def getCheckpointInterval: Int = $(checkpointInterval)
}

/**
 * Trains a model of any kind that takes x alone, on executors each of which holds a part of the rows. Rows are
 * numbered, and lie in eight shards by their number; a batch has equally many of each, so that 1, 2, 4 and 8 workers
 * are one model to the bit, that of elbo4j without Spark on the same order of rows ([[io.elbo4j.train.ShardOrder]]).
 *
 * A stage whose task fails is tried again by Spark, and goes on from `checkpointPath`, if there is one.
 */
class VaeEstimator(override val uid: String) extends Estimator[VaeModel] with VaeParams with DefaultParamsWritable {
  def this() = this(Identifiable.randomUID("vae"))

  /** @group setParam */
  def setFeaturesCol(value: String): this.type = set(featuresCol, value)
  /** @group setParam */
  def setLatentCol(value: String): this.type = set(latentCol, value)
  /** @group setParam */
  def setScoreCol(value: String): this.type = set(scoreCol, value)
  /** @group expertSetParam */
  def setBackend(value: String): this.type = set(backend, value)
  /** @group setParam */
  def setModel(value: String): this.type = set(model, value)
  /** @group setParam */
  def setSettings(value: String): this.type = set(settings, value)
  /** @group setParam */
  def setImageSize(value: Array[Int]): this.type = set(imageSize, value)
  /** @group setParam */
  def setBatchSize(value: Int): this.type = set(batchSize, value)
  /** @group setParam */
  def setMaxIter(value: Int): this.type = set(maxIter, value)
  /** @group setParam */
  def setStepSize(value: Double): this.type = set(stepSize, value)
  /** @group setParam */
  def setSeed(value: Long): this.type = set(seed, value)
  /** @group setParam */
  def setNumWorkers(value: Int): this.type = set(numWorkers, value)
  /** @group setParam */
  def setObjective(value: String): this.type = set(objective, value)
  /** @group setParam */
  def setSamples(value: Int): this.type = set(samples, value)
  /** @group setParam */
  def setKlWeight(value: Double): this.type = set(klWeight, value)
  /** @group setParam */
  def setKlWarmUp(value: Double): this.type = set(klWarmUp, value)
  /** @group setParam */
  def setFreeBits(value: Double): this.type = set(freeBits, value)
  /** @group setParam */
  def setClip(value: Double): this.type = set(clip, value)
  /** @group setParam */
  def setOrderCol(value: String): this.type = set(orderCol, value)
  /** @group setParam */
  def setValidationIndicatorCol(value: String): this.type = set(validationIndicatorCol, value)
  /** @group setParam */
  def setWeightCol(value: String): this.type = set(weightCol, value)
  /** @group setParam */
  def setPatience(value: Int): this.type = set(patience, value)
  /** @group setParam */
  def setCheckpointPath(value: String): this.type = set(checkpointPath, value)
  /** @group setParam */
  def setCheckpointInterval(value: Int): this.type = set(checkpointInterval, value)

  override def copy(extra: ParamMap): VaeEstimator = defaultCopy(extra)

  override def transformSchema(schema: StructType): StructType = {
    Rows.check(schema, columns)
    withColumns(schema)
  }

  /** @throws IllegalArgumentException if the model, its settings or the columns are refused; rows are in the tasks */
  override def fit(dataset: Dataset[_]): VaeModel = {
    transformSchema(dataset.schema)
    require(isSet(validationIndicatorCol) || !isSet(patience), "patience", "given with a validationIndicatorCol",
      $(patience))
    require(isSet(checkpointPath) || !isSet(checkpointInterval), "checkpointInterval", "given with a checkpointPath",
      $(checkpointInterval))
    val plan = planned(Rows.columns(dataset, $(featuresCol))).check()
    Rows.requireBoth(dataset, columns.validation)
    val rows = Rows.of(dataset, plan, columns)
    val outcome = Training.run(rows, plan)
    copyValues(new VaeModel(uid, outcome.model).setParent(this))
      .setSummary(new VaeSummary(outcome.history.toArray, outcome.best))
  }

  private def columns = Columns(get(orderCol), get(validationIndicatorCol), get(weightCol).filter(_.nonEmpty))

  private def planned(numbers: Int): Plan = {
    val size = if ($(imageSize).isEmpty) Array(1, numbers, 1) else $(imageSize)
    require(size.map(_.toLong).product == numbers, "imageSize", s"of the $numbers numbers of a row",
      size.mkString(" x "))
    Plan($(model), $(settings), (size(0), size(1), size(2)), $(featuresCol), $(backend), $(batchSize), $(maxIter),
      $(stepSize), $(klWeight), $(klWarmUp), $(freeBits), $(clip), $(objective), $(samples), $(seed), $(numWorkers),
      columns.weight.nonEmpty, get(validationIndicatorCol).map(_ => $(patience)), get(checkpointPath), $(checkpointInterval))
  }
}

object VaeEstimator extends DefaultParamsReadable[VaeEstimator] {
  /** With its type for Java. */
  override def load(path: String): VaeEstimator = super.load(path)
}
