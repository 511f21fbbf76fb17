package io.elbo4j.spark

import io.elbo4j.Backends
import io.elbo4j.train.Coder
import io.elbo4j.train.data.{DataKinds, DataShape}
import io.elbo4j.train.model.{Models, VaeSettings}
import io.elbo4j.train.run.Trained
import java.nio.file.{Files, Path}
import java.util.ServiceLoader
import org.apache.spark.ml.{Estimator, Transformer}
import org.apache.spark.ml.linalg.{Vector, Vectors}
import org.apache.spark.sql.DataFrame
import org.apache.spark.sql.functions.{col, lit}
import org.junit.jupiter.api.Assertions.{assertArrayEquals, assertEquals, assertThrows, assertTrue}
import org.junit.jupiter.api.{BeforeEach, Test}
import org.junit.jupiter.api.io.TempDir
import scala.jdk.StreamConverters._

class VaeModelTest {
  @TempDir
  var directory: Path = _
  private val rows = Sparks.rows(200)
  private var file: Path = _

  @BeforeEach
  def train(): Unit = {
    file = directory.resolve("checkpoint.safetensors")
    Sparks.trained(VaeSettings.of(Sparks.Columns, 3, 8), rows, file)
  }

  private def model = {
    Sparks.session
    VaeModel.of(file.toString)
  }

  /** Bits of codes and score by row. */
  private def bits(frame: DataFrame): Map[Long, Seq[Long]] =
    frame.select("id", "latent", "score").collect().map { row =>
      val numbers = row.getAs[Vector](1).toArray :+ row.getDouble(2)
      row.getLong(0) -> numbers.toSeq.map(java.lang.Double.doubleToLongBits)
    }.toMap

  @Test
  def codesAndScoresAreThoseWithoutSpark(): Unit = {
    val found = model.transform(Sparks.frame(rows)).orderBy("id").select("latent", "score").collect()
    val backend = Backends.open("java", 1)
    val trained = Trained.load(file, backend)
    val coder: Coder = trained.coder()
    val scorer = trained.scorer()
    val codes = coder.encode(Sparks.images(rows))
    for (r <- rows.indices) {
      val code = codes.slice(3 * r, 3 * r + 3).map(_.toDouble)
      assertArrayEquals(code, found(r).getAs[Vector](0).toArray, s"row $r, seed ${Sparks.Seed}")
      assertEquals(-scorer.score(rows(r)).elbo, found(r).getDouble(1), s"row $r, seed ${Sparks.Seed}")
    }
    assertTrue(codes.distinct.length > 300, "codes differ")
    scorer.close()
    trained.close()
    backend.close()
  }

  @Test
  def partitionsChangeNoBit(): Unit = {
    val expected = bits(model.transform(Sparks.frame(rows, 1)))
    assertEquals(200, expected.size)
    for (partitions <- Seq(2, 7)) assertEquals(expected, bits(model.transform(Sparks.frame(rows, partitions))))
    assertEquals(expected, bits(model.transform(Sparks.frame(rows, 2).repartition(5, col("id")))))
  }

  @Test
  def arraysOfNumbersAreVectors(): Unit = {
    val expected = bits(model.transform(Sparks.frame(rows)))
    import Sparks.session.implicits._
    val floats = rows.toSeq.zipWithIndex.map { case (x, i) => (i.toLong, x) }.toDF("id", "features")
    val doubles = floats.withColumn("features", col("features").cast("array<double>"))
    assertEquals(expected, bits(model.transform(floats)))
    assertEquals(expected, bits(model.transform(doubles)))
    val sparse = Seq((0L, Vectors.dense(Array.fill(12)(0.0).updated(3, 1.0)).toSparse)).toDF("id", "features")
    val dense = Seq((0L, Array.fill(12)(0.0).updated(3, 1.0))).toDF("id", "features")
    assertEquals(bits(model.transform(dense)), bits(model.transform(sparse)))
  }

  @Test
  def columnsAreAsAskedFor(): Unit = {
    val data = Sparks.frame(rows).withColumnRenamed("features", "x")
    val renamed = model.setFeaturesCol("x").setLatentCol("z").setScoreCol("").transform(data)
    assertEquals(Seq("id", "x", "z"), renamed.columns.toSeq)
    assertEquals(200L, renamed.count())
    val scored = model.setFeaturesCol("x").setLatentCol("").transform(data)
    assertEquals(Seq("id", "x", "score"), scored.columns.toSeq)
    assertTrue(scored.where(col("score") > 0).count() > 0)
  }

  @Test
  def isSavedAndLoaded(): Unit = {
    val folder = directory.resolve("saved").toString
    val saved = model.setLatentCol("z").setScoreCol("s")
    saved.save(folder)
    val loaded = VaeModel.load(folder)
    assertEquals(saved.uid, loaded.uid)
    assertEquals("z", loaded.getLatentCol)
    val expected = model.transform(Sparks.frame(rows))
    assertEquals(bits(expected), bits(loaded.setLatentCol("latent").setScoreCol("score").transform(Sparks.frame(rows))))
    // as a run's: this is how elbo4j's commands read it
    val backend = Backends.open("java", 1)
    Trained.load(Path.of(folder), backend).close()
    backend.close()
    assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(Path.of(folder, "checkpoint.safetensors")))
    assertThrows(classOf[java.io.IOException], () => saved.save(folder))
    saved.write.overwrite().save(folder)
  }

  @Test
  def sparkConnectFindsTheClasses(): Unit = {
    def found[T](kind: Class[T]) = ServiceLoader.load(kind).stream.toScala(Seq).map(_.`type`.getName).toSet
    assertTrue(found(classOf[Estimator[_]]).contains("io.elbo4j.spark.VaeEstimator"))
    assertTrue(found(classOf[Transformer]).contains("io.elbo4j.spark.VaeModel"))
  }

  private def refused(frame: DataFrame, words: String): Unit = {
    val error = assertThrows(classOf[Exception], () => { model.transform(frame).collect(); () })
    assertTrue(Sparks.sentences(error).contains(words), Sparks.sentences(error))
  }

  @Test
  def badRowsAreNamed(): Unit = {
    import Sparks.session.implicits._
    val good = Array.fill(12)(0.5)
    def one(bad: Array[Double]) = Seq(good, good, bad).toDF("features").coalesce(1)
    refused(one(null), "featuresCol 'features', row 2 of partition 0, counted from 0: x must be there, not NULL")
    refused(one(good.updated(4, Double.NaN)), "row 2 of partition 0, counted from 0: x must be finite, not NaN in"
      + " column 4")
    refused(one(good.updated(4, 1e300)), "x must be finite, not Infinity in column 4")
    refused(one(good.updated(4, 2.0)), "x must be of values in [0, 1]")
    refused(one(good.take(5)), "row 2 of partition 0, counted from 0: x must hold 12 numbers, not 5")
    val nulls = Seq(Seq.fill(12)(Some(0.5): Option[Double]).updated(7, None)).toDF("features")
    refused(nulls, "x must be of numbers, not NULL in column 7")
    refused(Sparks.frame(rows).withColumn("latent", lit(1)), "latentCol must be the name of a new column, or empty,"
      + " not 'latent'")
    refused(Sparks.frame(rows).drop("features"), "featuresCol must be a column of id, not 'features'")
    refused(Sparks.frame(rows).withColumn("features", lit("x")), "featuresCol must be a column of vectors or of arrays"
      + " of numbers, not 'features' of string")
  }

  @Test
  def aModelWithoutCodesIsScored(): Unit = {
    val shape = DataShape.of(DataKinds.NPY, Sparks.images(rows))
    Sparks.trained(Models.named("flow-vae").defaults(shape).asInstanceOf[Record], rows, file)
    refused(Sparks.frame(rows), "latentCol must be empty for a model whose q(z given x) has no mean, not 'latent'")
    assertEquals(200L, model.setLatentCol("").transform(Sparks.frame(rows)).where(col("score") > 0).count())
  }
}
