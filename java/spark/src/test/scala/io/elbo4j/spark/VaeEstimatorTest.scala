package io.elbo4j.spark

import io.elbo4j.Backends
import io.elbo4j.train.{Evaluator, ShardOrder, Trainer, TrainingSettings}
import io.elbo4j.train.data.{Images, Standardisation}
import io.elbo4j.train.graph.{Exchange, Parameters}
import io.elbo4j.train.model.{Vae, VaeSettings}
import java.io.IOException
import java.net.URI
import java.nio.file.{Files, Path}
import java.security.MessageDigest
import java.util.HexFormat
import java.util.concurrent.ConcurrentLinkedQueue
import org.apache.hadoop.fs.{Path => HadoopPath, RawLocalFileSystem}
import org.apache.spark.ml.{Pipeline, PipelineModel}
import org.apache.spark.ml.feature.VectorAssembler
import org.apache.spark.ml.functions.vector_to_array
import org.apache.spark.ml.linalg.Vector
import org.apache.spark.sql.{DataFrame, Row}
import org.apache.spark.sql.functions.{avg, col, lit, rand, when}
import org.junit.jupiter.api.Assertions._
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import scala.jdk.CollectionConverters._

class VaeEstimatorTest {
  @TempDir
  var directory: Path = _
  private val rows = Sparks.rows(700)
  private lazy val data = Sparks.frame(rows).cache()

  private def estimator = new VaeEstimator().setSettings("""{"latent": 3, "hidden": [8]}""").setBatchSize(128)
    .setSeed(Sparks.Seed).setMaxIter(3).setStepSize(0.01)

  private def sha256(bytes: Array[Byte]): String =
    HexFormat.of.formatHex(MessageDigest.getInstance("SHA-256").digest(bytes))

  /** Of everything that the training is. */
  private def sha256(model: VaeModel): String = sha256(model.checkpoint)

  /** In words: a NaN is a NaN. */
  private def epochs(model: VaeModel): Seq[String] = model.summary.history.toSeq.map(_.toString)

  private def alone: Exchange = new Exchange {
    override def rank: Int = 0
    override def workers: Int = 1
    override def sum(numbers: Array[Float]): Unit = ()
  }

  /** Parameters of a model, and the ELBO of the last epoch, without Spark. */
  private def plain(epochs: Int): (Map[String, Seq[Float]], Double) = {
    val shards = (0 until 8).map(s => rows.zipWithIndex.filter(_._2 % 8 == s).map(_._1))
    val inShards = shards.flatten.toArray
    val vae = new Vae(VaeSettings.of(Sparks.Columns, 3, 8))
    val settings = TrainingSettings.of(128, Sparks.Seed).withLearningRate(0.01)
    val backend = Backends.open("java", 1)
    val parameters = new Parameters(backend, vae.graph.parameters, Sparks.Seed)
    val trainer = new Trainer(vae, parameters, backend, settings, Sparks.images(inShards), Trainer.Position.START,
      Standardisation.NONE, new ShardOrder(shards.map(_.length).toArray, 128, 0, 1), alone)
    trainer.steps(epochs * trainer.stepsPerEpoch)
    val result = (values(parameters), trainer.elbo.elbo)
    trainer.close()
    parameters.close()
    backend.close()
    result
  }

  private def values(parameters: Parameters): Map[String, Seq[Float]] =
    parameters.all.asScala.map(s => s.parameter.name -> s.value.toArray.toSeq).toMap

  private def values(model: VaeModel): Map[String, Seq[Float]] = {
    val backend = Backends.open("java", 1)
    val trained = ModelFile.local(model.checkpoint)(io.elbo4j.train.run.Trained.load(_, backend))
    val all = values(trained.parameters)
    trained.close()
    backend.close()
    all
  }

  @Test
  def workersAreOneModelAndThatWithoutSpark(): Unit = {
    val one = estimator.fit(data)
    val (parameters, elbo) = plain(3)
    assertEquals(parameters, values(one), s"seed ${Sparks.Seed}")
    assertEquals(elbo, one.summary.history.last.elbo)
    for (workers <- Seq(2, 4)) {
      val model = estimator.setNumWorkers(workers).fit(data)
      println(s"workers $workers, seed ${Sparks.Seed}: SHA-256 ${sha256(model)}, of one ${sha256(one)}")
      assertEquals(sha256(one), sha256(model), s"$workers workers")
      assertEquals(epochs(one), epochs(model))
    }
    val history = one.summary.history
    assertEquals(Seq(1, 2, 3), history.map(_.epoch).toSeq)
    assertTrue(history.last.elbo > history.head.elbo, history.toSeq.toString)
    assertTrue(history.forall(e => e.elbo == e.reconstruction - e.kl && e.validationElbo.isNaN))
    assertEquals(3, one.summary.bestEpoch)
    assertEquals(640, one.description.data.rows, "rows of 5 batches, of 700")
  }

  @Test
  def everySettingChangesTheModel(): Unit = {
    val all = Seq[VaeEstimator => VaeEstimator](identity, _.setSeed(1), _.setStepSize(0.02), _.setMaxIter(2),
      _.setBatchSize(64), _.setKlWeight(0.5), _.setKlWarmUp(2), _.setFreeBits(0.1), _.setClip(0.1), _.setSamples(2),
      _.setObjective("importance-weighted").setSamples(3), _.setSettings("""{"latent": 2, "hidden": [8]}"""),
      _.setSettings("""{"latent": 3, "hidden": [8], "activation": "tanh"}"""), _.setOrderCol("features"))
    import Sparks.session.implicits._
    val sortable = data.orderBy(col("id")).map(r => (r.getLong(0), r.getAs[Vector](1).toArray)).toDF("id", "features")
    val found = all.map(change => values(change(estimator).fit(sortable)))
    for (i <- all.indices; j <- 0 until i) assertNotEquals(found(i), found(j), s"settings $i and $j")
  }

  @Test
  def rowsAreNumberedByAColumn(): Unit = {
    val expected = sha256(estimator.fit(data))
    assertEquals(expected, sha256(estimator.setOrderCol("id").fit(data)))
    val mixed = data.orderBy(rand(3)).repartition(7)
    assertEquals(expected, sha256(estimator.setOrderCol("id").setNumWorkers(2).fit(mixed)))
    val gaps = mixed.withColumn("id", col("id") * 8 + 3)
    assertEquals(expected, sha256(estimator.setOrderCol("id").setNumWorkers(4).fit(gaps)))
    refused(estimator.setOrderCol("id"), data.withColumn("id", when(col("id") === 5, 6).otherwise(col("id"))),
      "orderCol must be another value of 'id' in each row, not 6 in two")
    refused(estimator.setOrderCol("id"), data.withColumn("id", when(col("id") === 5, lit(null)).otherwise(col("id"))),
      "orderCol must be another value of 'id' in each row, not NULL")
    for (same <- Seq(lit("x").cast("binary"), lit(Double.NaN))) {
      refused(estimator.setOrderCol("id"), data.withColumn("id", same), "orderCol must be another value of 'id' in each row")
    }
    assertEquals(expected, sha256(estimator.setOrderCol("a.b`").fit(mixed.withColumnRenamed("id", "a.b`"))))
  }

  @Test
  def theBestEpochOfValidationIsKept(): Unit = {
    val marked = data.withColumn("held", col("id") % 5 === 0)
    val asked = estimator.setValidationIndicatorCol("held").setPatience(2).setMaxIter(40).setStepSize(0.3)
    val model = asked.fit(marked)
    val history = model.summary.history
    val best = history.maxBy(_.validationElbo).epoch
    println(s"early stopping, seed ${Sparks.Seed}: best epoch $best of ${history.length}")
    assertEquals(best, model.summary.bestEpoch)
    assertEquals(best + 2, history.length)
    assertTrue(history.length < 40)
    assertEquals(sha256(model), sha256(asked.setNumWorkers(4).fit(marked)))
    // the model that is kept has the ELBO that is said, and is that of a training of so many epochs
    val held = rows.zipWithIndex.filter(_._2 % 5 == 0).map(_._1)
    assertEquals(history(best - 1).validationElbo, evaluated(model, Sparks.images(held)))
    val short = asked.setMaxIter(best).fit(marked)
    assertEquals(values(short), values(model))
    for (all <- Seq(true, false)) {
      refused(asked, data.withColumn("held", lit(all)), s"validationIndicatorCol must be ${!all} in some row of 'held',"
        + " not in none")
    }
    val train = marked.where(!col("held"))
    assertEquals(values(estimator.setMaxIter(best).setStepSize(0.3).fit(train)), values(model))
  }

  @Test
  def rowsHaveWeights(): Unit = {
    val weighed = data.withColumn("weight", when(col("id") % 5 < 2, 0).otherwise(col("id") % 7 + 0.1))
    def weighing = estimator.setWeightCol("weight")
    val asked = weighing
    val expected = asked.fit(weighed)
    assertNotEquals(values(estimator.fit(data)), values(expected))
    assertEquals(sha256(expected), sha256(asked.setNumWorkers(4).fit(weighed)))
    // rows of weight 0 teach nothing, and it is shares that count
    val others = Sparks.frame(rows.zipWithIndex.map { case (x, i) => if (i % 5 < 2) x.map(1 - _) else x })
      .withColumn("weight", when(col("id") % 5 < 2, 0).otherwise((col("id") % 7 + 0.1) * 4))
    assertEquals(values(expected), values(asked.fit(others)))
    assertNotEquals(sha256(expected), sha256(asked.fit(others)), "the data is another")
    assertEquals(values(estimator.fit(data)), values(asked.fit(data.withColumn("weight", lit(2)))))
    // the ELBO of validation rows is a weighted mean: that of the only row with a weight
    val marked = weighed.withColumn("held", col("id") % 5 === 0)
      .withColumn("weight", when(col("held"), when(col("id") === 10, 3).otherwise(0)).otherwise(1))
    val model = asked.setValidationIndicatorCol("held").setMaxIter(1).fit(marked)
    val held = rows.zipWithIndex.filter(_._2 % 5 == 0).map(_._1)
    assertEquals(evaluatedRows(model, Sparks.images(held), 4)(2), model.summary.history.head.validationElbo)
    refused(weighing, marked.withColumn("weight", lit(0)), "weightCol must be of weights of the training rows with a"
      + " finite sum above 0, not 0.0")
    refused(asked.setValidationIndicatorCol("held"), marked.withColumn("weight", when(col("held"), 0).otherwise(1)),
      "weightCol must be of weights of the validation rows with a finite sum above 0, not 0.0")
    for (bad <- Seq(lit(-1), lit(null).cast("double"), lit(Double.NaN), lit(Double.PositiveInfinity))) {
      refused(weighing, data.withColumn("weight", when(col("id") === 9, bad).otherwise(1.0)), "weightCol must be a finite"
        + " number of at least 0 in each row of 'weight', not")
    }
    refused(weighing, data.withColumn("weight", col("id").cast("string")), "weightCol must be a column of numbers, not"
      + " 'weight' of string")
    refused(weighing.setObjective("importance-weighted"), weighed, "objective must be one whose terms add up")
  }

  private def evaluatedRows(model: VaeModel, images: Images, step: Long): Seq[Double] =
    withEvaluator(model, images)(_.rows(step).asScala.map(_.elbo).toSeq)

  private def evaluated(model: VaeModel, images: Images): Double =
    withEvaluator(model, images)(_.evaluate(0).elbo.elbo)

  private def withEvaluator[T](model: VaeModel, images: Images)(use: Evaluator => T): T = {
    val backend = Backends.open("java", 1)
    val trained = ModelFile.local(model.checkpoint)(io.elbo4j.train.run.Trained.load(_, backend))
    val evaluator = new Evaluator(trained.model, trained.parameters, backend, images, Sparks.Seed)
    try use(evaluator)
    finally Seq(evaluator, trained, backend).foreach(_.close())
  }

  @Test
  def aTrainingGoesOnFromItsCheckpoint(): Unit = {
    val expected = estimator.setMaxIter(4).fit(data)
    val path = directory.resolve("checkpoints").toString
    val two = estimator.setMaxIter(2).setCheckpointPath(path).setNumWorkers(2).fit(data)
    assertEquals(2, two.summary.history.length)
    val four = estimator.setMaxIter(4).setCheckpointPath(path).setNumWorkers(4).fit(data)
    assertEquals(sha256(expected), sha256(four))
    assertEquals(epochs(expected), epochs(four))
    assertEquals(Seq("epoch-4"), Files.list(Path.of(path)).iterator.asScala.map(_.getFileName.toString)
      .filterNot(_.endsWith(".crc")).toSeq)
    // done: nothing is trained
    assertEquals(sha256(expected), sha256(estimator.setMaxIter(4).setCheckpointPath(path).fit(data)))
    refused(estimator.setMaxIter(3).setCheckpointPath(path), data, "holds a training of 4 epochs, expected at most"
      + " maxIter 3")
    refused(estimator.setMaxIter(5).setCheckpointInterval(2), data, "checkpointInterval must be given with a"
      + " checkpointPath, not 2")
    val held = directory.resolve("held").toString
    val marked = data.withColumn("held", col("id") >= 650)
    val asked = estimator.setMaxIter(2).setPatience(2).setValidationIndicatorCol("held").setCheckpointPath(held)
    asked.fit(marked)
    refused(estimator.setMaxIter(2).setCheckpointPath(held), data.where(col("id") < 650), "holds a training with"
      + " validation rows, expected one without")
    refused(estimator.setMaxIter(5).setStepSize(0.5).setCheckpointPath(path), data, "with another training")
    refused(estimator.setMaxIter(5).setSettings("""{"latent": 2}""").setCheckpointPath(path), data,
      "with another model")
    refused(estimator.setMaxIter(5).setCheckpointPath(path), Sparks.frame(Sparks.rows(700, 5)), "with another data")
  }

  @Test
  def aTaskThatFailsGoesOnFromTheCheckpoint(): Unit = {
    val expected = estimator.setMaxIter(4).fit(data)
    val path = directory.resolve("checkpoints")
    Sparks.session.sparkContext.hadoopConfiguration.set("fs.failing.impl", classOf[FailingOnce].getName)
    for (workers <- Seq(1, 4)) {
      FailingOnce.renamed.clear()
      val model = estimator.setMaxIter(4).setNumWorkers(workers).setCheckpointPath(s"failing://$path$workers").fit(data)
      assertEquals(sha256(expected), sha256(model))
      assertEquals(epochs(expected), epochs(model))
      // the second attempt has begun after epoch 2
      assertEquals(Seq("epoch-1", "epoch-2", "epoch-3", "epoch-3", "epoch-4"), FailingOnce.renamed.asScala.toSeq)
    }
  }

  @Test
  def isAStageOfAPipeline(): Unit = {
    val columns = (0 until Sparks.Columns).map(c => s"c$c")
    val wide = data.select(col("id") +: columns.zipWithIndex.map { case (name, c) =>
      vector_to_array(col("features"))(c).as(name)
    }: _*)
    val stages = new Pipeline().setStages(Array(new VectorAssembler().setInputCols(columns.toArray)
      .setOutputCol("features"), estimator.setNumWorkers(2)))
    val fitted = stages.fit(wide)
    val folder = directory.resolve("pipeline").toString
    fitted.save(folder)
    def scored(model: PipelineModel): Seq[Row] =
      model.transform(wide).orderBy("id").select("latent", "score").collect().toSeq
    assertEquals(scored(fitted), scored(PipelineModel.load(folder)))
    assertEquals(sha256(estimator.fit(data)), sha256(fitted.stages(1).asInstanceOf[VaeModel]))
    // what it was trained on costs less than what is unlike it
    val odd = wide.select(col("id") +: columns.map(c => (lit(1.0) - col(c)).as(c)): _*)
    def mean(frame: DataFrame) = fitted.transform(frame).agg(avg("score")).head().getDouble(0)
    assertTrue(mean(odd) > mean(wide) + 0.5, s"${mean(odd)} > ${mean(wide)}")
  }

  @Test
  def isSavedAndLoaded(): Unit = {
    val folder = directory.resolve("estimator").toString
    val saved = estimator.setModel("flow-vae").setImageSize(Array(3, 4, 1)).setClip(2).setCheckpointPath("x")
    saved.save(folder)
    val loaded = VaeEstimator.load(folder)
    assertEquals(saved.uid, loaded.uid)
    def set(e: VaeEstimator) = e.params.map(p => p.name -> (e.get(p) match {
      case Some(a: Array[_]) => a.toSeq
      case other => other
    })).toMap
    assertEquals(set(saved), set(loaded))
    assertEquals("x", saved.copy(org.apache.spark.ml.param.ParamMap.empty).getCheckpointPath)
    val model = estimator.setSettings("{\"latent\": 2}").setLatentCol("z").fit(data)
    assertEquals("z", model.getLatentCol)
    assertTrue(model.hasSummary && model.copy(org.apache.spark.ml.param.ParamMap.empty).hasSummary)
    val other = directory.resolve("model").toString
    model.save(other)
    val read = VaeModel.load(other)
    assertFalse(read.hasSummary)
    assertThrows(classOf[IllegalStateException], () => { read.summary; () })
    assertEquals(model.transform(data).orderBy("id").collect().toSeq, read.transform(data).orderBy("id").collect()
      .toSeq)
  }

  private def refused(estimator: => VaeEstimator, frame: DataFrame, words: String): Unit = {
    val error = assertThrows(classOf[Exception], () => { estimator.fit(frame); () })
    assertTrue(Sparks.sentences(error).contains(words), Sparks.sentences(error))
  }

  @Test
  def badSettingsAreNamed(): Unit = {
    refused(estimator.setModel("vea"), data, "there is no model 'vea'; there are bayesian-regression")
    refused(estimator.setModel("conditional-vae"), data, "model must be one that takes x alone, not conditional-vae")
    refused(estimator.setModel("local-inference"), data, "model must be one without parameters of each row, not"
      + " local-inference")
    refused(estimator.setSettings("{\"laten\": 2}"), data, "settings must be of hidden, latent,")
    refused(estimator.setSettings("{\"latent\": \"x\"}"), data, "has latent = 'x', expected a whole number")
    refused(estimator.setSettings("{\"latent\": 0}"), data, "latent must be")
    refused(estimator.setSettings("{\"activation\": \"rellu\"}"), data, "expected one of [")
    refused(estimator.setSettings("latent"), data, "settings must be a JSON object, not 'latent'")
    refused(estimator.setObjective("elbow"), data, "objective must be one of elbo, sampled-elbo,")
    refused(estimator.setBatchSize(100), data, "batchSize must be a multiple of 8, and at least 32 for each of the"
      + " workers, which are 1, not 100")
    refused(estimator.setNumWorkers(8), data, "at least 32 for each of the workers, which are 8, not 128")
    refused(estimator.setBatchSize(704), data, "there are 700 rows, of which a batch of 704 cannot be made")
    refused(estimator.setPatience(3), data, "patience must be given with a validationIndicatorCol, not 3")
    refused(estimator.setImageSize(Array(2, 5, 1)), data, "imageSize must be of the 12 numbers of a row, not 2 x 5")
    refused(estimator.setMaxIter(0), data, "maxIter must be at least 1, not 0")
    refused(estimator.setOrderCol("rank"), data, "orderCol must be a column of id, features, not 'rank'")
    refused(estimator.setValidationIndicatorCol("id"), data, "validationIndicatorCol must be a column of booleans, not"
      + " 'id' of bigint")
    refused(estimator.setFeaturesCol("id"), data, "featuresCol must be a column of vectors or of arrays of numbers")
    refused(estimator, data.limit(0), "dataset must be at least one row, not none")
    assertThrows(classOf[IllegalArgumentException], () => { estimator.setNumWorkers(3); () })
  }

  @Test
  def badRowsAreNamed(): Unit = {
    val array = data.withColumn("features", vector_to_array(col("features"))).repartition(3).orderBy("id")
    def at(row: Int, bad: org.apache.spark.sql.Column) =
      array.withColumn("features", when(col("id") === row, bad).otherwise(col("features"))).coalesce(2)
    val one = lit(Array.fill(12)(0.5))
    refused(estimator, at(123, lit(null)), "featuresCol 'features', row 123, counted from 0: x must be there, not NULL")
    refused(estimator, at(650, lit(Array(0.1))), "row 650, counted from 0: x must hold 12 numbers, as the first row"
      + " does, not 1")
    refused(estimator, at(7, lit(Array.fill(12)(0.5).updated(3, Double.NaN))), "row 7, counted from 0: x must be"
      + " finite, not NaN in column 3")
    refused(estimator, at(8, lit(Array.fill(12)(-0.5))), "row 8, counted from 0: x must be of values in [0, 1]")
    val marked = at(10, one).withColumn("held", when(col("id") =!= 3, col("id") % 2 === 0))
    refused(estimator.setValidationIndicatorCol("held"), marked, "validationIndicatorCol must be true or false in each"
      + " row of 'held', not NULL")
  }
}

/** Files in which the third epoch is saved at the second attempt. */
class FailingOnce extends RawLocalFileSystem {
  override def getUri: URI = URI.create("failing:///")

  override def rename(from: HadoopPath, to: HadoopPath): Boolean = {
    val isFirst = !FailingOnce.renamed.contains(to.getName)
    FailingOnce.renamed.add(to.getName)
    if (isFirst && to.getName == "epoch-3") throw new IOException("no room")
    super.rename(from, to)
  }
}

object FailingOnce {
  val renamed: ConcurrentLinkedQueue[String] = new ConcurrentLinkedQueue()
}
