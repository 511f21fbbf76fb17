package io.elbo4j.spark

import io.elbo4j.ArgumentException
import io.elbo4j.train.checkpoint.Checkpoint
import io.elbo4j.train.data.Images
import io.elbo4j.train.model.{Model => Graph, ModelKind, Models}
import org.apache.hadoop.fs.Path
import org.apache.spark.TaskContext
import org.apache.spark.ml.Model
import org.apache.spark.ml.linalg.{SQLDataTypes, Vectors}
import org.apache.spark.ml.param.{Param, ParamMap, ParamValidators}
import org.apache.spark.ml.param.shared.HasFeaturesCol
import org.apache.spark.ml.util.{DefaultParamsReadable, DefaultParamsWritable, Identifiable, MLReader, MLWriter}
import org.apache.spark.sql.{DataFrame, Dataset, Encoders, Row, SparkSession}
import org.apache.spark.sql.types.{DoubleType, StructType}

/** The columns of a model, and what computes them. */
trait VaeColumns extends HasFeaturesCol {
  /** @group param */
  final val latentCol: Param[String] = new Param(this, "latentCol",
    "column of codes, vectors: the mean of q(z given x); empty for none")
  /** @group param */
  final val scoreCol: Param[String] = new Param(this, "scoreCol",
    "column of anomaly scores, minus the ELBO in nats; empty for none")
  /** @group expertParam */
  final val backend: Param[String] = new Param(this, "backend",
    "what computes, on each executor: auto, java, cpu or cuda",
    ParamValidators.inArray(Array("auto", "java", "cpu", "cuda")))
  setDefault(latentCol -> "latent", scoreCol -> "score", backend -> "auto")

  /** @group getParam */
  final def getLatentCol: String = $(latentCol)
  /** @group getParam */
  final def getScoreCol: String = $(scoreCol)
  /** @group expertGetParam */
  final def getBackend: String = $(backend)

  /** With the columns that a model adds. */
  protected def withColumns(schema: StructType): StructType = {
    Features.index(schema, $(featuresCol))
    val latent = add(schema, latentCol, _.add($(latentCol), SQLDataTypes.VectorType, nullable = false))
    add(latent, scoreCol, _.add($(scoreCol), DoubleType, nullable = false))
  }

  private def add(schema: StructType, param: Param[String], column: StructType => StructType): StructType = {
    ArgumentException.require(!schema.fieldNames.contains($(param)), param.name,
      "the name of a new column, or empty", s"'${$(param)}'")
    if ($(param).isEmpty) schema else column(schema)
  }
}

/**
 * A trained model of any kind, for the rows of a data frame: columns of codes and scores, whose bits depend on the row
 * alone. Saved, it is a folder that elbo4j takes for a run's: `elbo4j encode --checkpoint FOLDER`.
 *
 * @param checkpoint a checkpoint's bytes: of elbo4j, wherever it was trained
 */
class VaeModel private[spark] (override val uid: String, private[spark] val checkpoint: Array[Byte])
    extends Model[VaeModel] with VaeColumns with DefaultParamsWritable {
  /** For the reader. */
  private[spark] def this(uid: String) = this(uid, Array.emptyByteArray)

  /** For Spark Connect, which asks for the class alone. */
  private[spark] def this() = this(Identifiable.randomUID("vae"))

  /** How the model was trained, and what it is. */
  @transient lazy val description: Checkpoint = ModelFile.checkpoint(checkpoint)

  @transient private var trainingSummary: Option[VaeSummary] = None

  private[spark] def setSummary(summary: VaeSummary): this.type = {
    trainingSummary = Some(summary)
    this
  }

  /** Whether the model has been trained, not loaded. */
  def hasSummary: Boolean = trainingSummary.nonEmpty

  /** @throws IllegalStateException if it has none */
  def summary: VaeSummary = trainingSummary.getOrElse(
    throw new IllegalStateException("a model that was loaded has no summary of its training"))

  /** @group setParam */
  def setFeaturesCol(value: String): this.type = set(featuresCol, value)
  /** @group setParam */
  def setLatentCol(value: String): this.type = set(latentCol, value)
  /** @group setParam */
  def setScoreCol(value: String): this.type = set(scoreCol, value)
  /** @group expertSetParam */
  def setBackend(value: String): this.type = set(backend, value)

  private[spark] def withCheckpoint(bytes: Array[Byte]): VaeModel = copyValues(new VaeModel(uid, bytes))

  override def copy(extra: ParamMap): VaeModel = {
    val copied = copyValues(new VaeModel(uid, checkpoint), extra).setParent(parent)
    trainingSummary.foreach(copied.setSummary)
    copied
  }

  override def transformSchema(schema: StructType): StructType = {
    val graph = Models.create(description.model)
    VaeModel.requireRows(graph)
    ArgumentException.require($(latentCol).isEmpty || graph.outputs.containsKey(Graph.POSTERIOR_MEAN), "latentCol",
      "empty for a model whose q(z given x) has no mean", s"'${$(latentCol)}'")
    withColumns(schema)
  }

  /** @throws IllegalArgumentException in a task, naming a row that the model does not take */
  override def transform(dataset: Dataset[_]): DataFrame = {
    val schema = transformSchema(dataset.schema)
    val bytes = dataset.sparkSession.sparkContext.broadcast(checkpoint)
    val (column, at) = ($(featuresCol), Features.index(dataset.schema, $(featuresCol)))
    val (by, latent, score) = ($(backend), $(latentCol).nonEmpty, $(scoreCol).nonEmpty)
    dataset.toDF().mapPartitions { (rows: Iterator[Row]) =>
      val scorer = new RowScorer(bytes.value, by, latent, score)
      val task = TaskContext.get()
      task.addTaskCompletionListener[Unit](_ => scorer.close())
      rows.zipWithIndex.map { case (row, number) =>
        Features.named(column, s"row $number of partition ${task.partitionId()}, counted from 0") {
          val x = Features.of(row, at)
          Row.fromSeq(row.toSeq ++ scorer.code(x).map(Vectors.dense) ++ scorer.cost(x))
        }
      }
    }(Encoders.row(schema))
  }

  private def writeParams: MLWriter = super.write

  override def write: MLWriter = new MLWriter {
    override protected def saveImpl(path: String): Unit = {
      writeParams.session(sparkSession) match { case params: MLWriter => params.save(path) }
      ModelFile.write(new Path(path, ModelFile.Name), checkpoint, sc.hadoopConfiguration)
    }
  }

  override def toString: String = s"VaeModel: uid=$uid, model=${Models.of(description.model).name}"
}

object VaeModel extends DefaultParamsReadable[VaeModel] {
  /** The model of a checkpoint, a file of elbo4j in any of Hadoop's file systems or the folder of a run. */
  def of(checkpoint: String): VaeModel = {
    val configuration = SparkSession.active.sparkContext.hadoopConfiguration
    val path = new Path(checkpoint)
    val isFolder = path.getFileSystem(configuration).getFileStatus(path).isDirectory
    val bytes = ModelFile.read(if (isFolder) new Path(path, ModelFile.Name) else path, configuration)
    val model = new VaeModel(Identifiable.randomUID("vae"), bytes)
    model.description
    model
  }

  /** With its type for Java. */
  override def load(path: String): VaeModel = super.load(path)

  override def read: MLReader[VaeModel] = {
    val params = super.read
    new MLReader[VaeModel] {
      override def load(path: String): VaeModel = {
        val loaded = params.load(path)
        val bytes = ModelFile.read(new Path(path, ModelFile.Name), sc.hadoopConfiguration)
        loaded.withCheckpoint(bytes)
      }
    }
  }

  /** Of a row nothing but x is asked for. */
  private[spark] def requireX(kind: ModelKind[_ <: Record]): Unit =
    ArgumentException.require(kind.arrays == java.util.Set.of(Images.X), "model", "one that takes x alone",
      s"${kind.name}, which takes ${String.join(", ", kind.arrays)}")

  /** And it is judged by itself. */
  private[spark] def requireRows(model: Graph): Unit = {
    val kind = Models.named(Models.of(model.settings).name)
    requireX(kind)
    ArgumentException.require(model.local.isEmpty, "model", "one without parameters of each row", kind.name)
  }
}
