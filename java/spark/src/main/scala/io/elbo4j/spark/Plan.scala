package io.elbo4j.spark

import com.google.gson.{JsonObject, JsonParser, JsonPrimitive, JsonSyntaxException}
import io.elbo4j.ArgumentException.require
import io.elbo4j.Quoted
import io.elbo4j.train.{ObjectiveKind, ShardOrder, TrainingSettings}
import io.elbo4j.train.checkpoint.RecordReader
import io.elbo4j.train.data.{DataKinds, DataShape, Images}
import io.elbo4j.train.model.{Model, ModelKind, Models, Settings, WeightedRows}
import java.util.Locale
import scala.jdk.CollectionConverters._

/**
 * What is trained, as it travels to the executors: the records of elbo4j do not.
 *
 * @param settings of the model, in JSON
 * @param size height, width and channels of a row
 * @param column that has the rows, for refusals
 * @param weighted whether rows have weights
 * @param patience epochs without a better one of the validation rows; None without such rows
 */
private[spark] case class Plan(kind: String, settings: String, size: (Int, Int, Int), column: String, backend: String,
    batch: Int, epochs: Int, rate: Double, klWeight: Double, klWarmUp: Double, freeBits: Double, clip: Double,
    objective: String, samples: Int, seed: Long, workers: Int, weighted: Boolean, patience: Option[Int],
    checkpoints: Option[String], interval: Int) {
  def columns: Int = size._1 * size._2 * size._3

  def training: TrainingSettings = {
    val kinds = ObjectiveKind.values.toSeq
    val wanted = kinds.find(_.inWords == objective)
    require(wanted.nonEmpty, "objective", kinds.map(_.inWords).mkString("one of ", ", ", ""), Quoted.of(objective))
    new TrainingSettings(batch, rate, klWeight, klWarmUp, freeBits, clip, seed).withObjective(wanted.get, samples)
  }

  /** As it is trained. */
  def model(rows: Int): Model = if (weighted) new WeightedRows(unweighted(rows)) else unweighted(rows)

  /** @param rows of all of the data */
  def unweighted(rows: Int): Model = Models.create(Plan.settings(Models.named(kind), settings, new DataShape(
    DataKinds.NPY, rows, size._1, size._2, size._3, java.util.Map.of(Images.X, columns))))

  /** Refuses what is not trained so, before any row is read. */
  def check(): Plan = {
    VaeModel.requireX(Models.named(kind))
    VaeModel.requireRows(unweighted(1))
    val found = model(1)
    require(epochs >= 1, "maxIter", "at least 1", epochs)
    ShardOrder.requireBatch("batchSize", batch, workers)
    training.requireEffect(1)
    training.objective(found, 1)
    found.check(training)
    this
  }
}

private[spark] object Plan {
  private def settings[S <: Record](kind: ModelKind[S], json: String, data: DataShape): S = {
    val asked = try JsonParser.parseString(json).getAsJsonObject
    catch {
      case e @ (_: JsonSyntaxException | _: IllegalStateException) =>
        throw new IllegalArgumentException(s"settings must be a JSON object, not ${Quoted.of(json)}", e)
    }
    val options = Settings.options(kind.settings).asScala
    for (name <- asked.keySet.asScala) {
      require(options.exists(_.getName == name), "settings",
        s"of ${options.map(_.getName).mkString(", ")}, those of ${kind.name}", Quoted.of(name))
    }
    for (option <- options if option.getType.isEnum) {
      // as they are written on a command line
      enumerated(asked, option.getName)
    }
    val made = try RecordReader.read(kind.settings, asked.toString, Settings.values(kind.defaults(data)))
    catch {
      case e: IllegalArgumentException => throw new IllegalArgumentException(s"settings $json: ${e.getMessage}", e)
    }
    kind.check(made, asked.keySet)
    made
  }

  private def enumerated(asked: JsonObject, name: String): Unit = asked.get(name) match {
    case word: JsonPrimitive if word.isString =>
      asked.addProperty(name, word.getAsString.toUpperCase(Locale.ROOT).replace('-', '_'))
    case _ =>
  }
}
