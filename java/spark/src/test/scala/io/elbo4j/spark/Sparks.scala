package io.elbo4j.spark

import io.elbo4j.Backends
import io.elbo4j.train.{Trainer, TrainingSettings}
import io.elbo4j.train.checkpoint.Checkpoint
import io.elbo4j.train.data.Images
import io.elbo4j.train.graph.Parameters
import io.elbo4j.train.model.{Model, Models}
import java.nio.file.Path
import java.util.SplittableRandom
import org.apache.spark.ml.linalg.Vectors
import org.apache.spark.sql.{DataFrame, SparkSession}

/** What the tests share: a session, data, a model that was trained without Spark. */
object Sparks {
  val Seed = 17L
  val Columns = 12

  /** One of a JVM; a task may fail, so that a stage is tried again. */
  lazy val session: SparkSession = builder("local[4,4]").getOrCreate()

  def builder(master: String): SparkSession.Builder = SparkSession.builder().master(master).appName("elbo4j")
    .config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "4")
    .config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")

  /** In [0, 1], in groups, so that there is something to learn. */
  def rows(count: Int, seed: Long = Seed): Array[Array[Float]] = {
    val random = new SplittableRandom(seed)
    Array.fill(count) {
      val group = random.nextInt(3)
      Array.tabulate(Columns)(c => ((if (c % 3 == group) 0.7 else 0.1) + 0.2 * random.nextDouble()).toFloat)
    }
  }

  /** Columns id, a long, and features. */
  def frame(rows: Array[Array[Float]], partitions: Int = 3): DataFrame = {
    val all = rows.toSeq.zipWithIndex.map { case (x, i) => (i.toLong, Vectors.dense(x.map(_.toDouble))) }
    session.createDataFrame(session.sparkContext.parallelize(all, partitions)).toDF("id", "features")
  }

  def images(rows: Array[Array[Float]]): Images = new Images("rows", rows.length, 1, rows(0).length, 1, rows.flatten)

  /** Writes a checkpoint of a model after some steps. */
  def trained(settings: Record, rows: Array[Array[Float]], file: Path): Unit = {
    val model: Model = Models.create(settings)
    val training = TrainingSettings.of(64, Seed)
    val backend = Backends.open("auto", 1)
    val parameters = new Parameters(backend, model.graph.parameters, Seed)
    val trainer = new Trainer(model, parameters, backend, training, images(rows))
    try {
      trainer.steps(5)
      new Checkpoint(settings, training, Checkpoint.Data.of(images(rows)), trainer.position).write(file, parameters)
    } finally {
      trainer.close()
      parameters.close()
      backend.close()
    }
  }

  /** The sentences of an error and of what is behind it. */
  def sentences(error: Throwable): String =
    Iterator.iterate(error)(_.getCause).takeWhile(_ != null).map(_.getMessage).mkString("\n")
}
