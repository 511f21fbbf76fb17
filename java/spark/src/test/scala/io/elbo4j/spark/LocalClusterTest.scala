package io.elbo4j.spark

import java.io.File
import java.nio.file.{Files, Path}
import java.util.concurrent.TimeUnit
import org.apache.spark.sql.SparkSession
import org.junit.jupiter.api.Assertions.{assertArrayEquals, assertEquals, assertFalse, assertTrue}
import org.junit.jupiter.api.{AfterAll, BeforeAll, Test, TestInstance, Timeout}
import org.junit.jupiter.api.io.TempDir
import scala.concurrent.{Await, Future}
import scala.concurrent.ExecutionContext.Implicits.global
import scala.concurrent.duration.DurationInt
import scala.jdk.CollectionConverters._
import scala.jdk.StreamConverters._

/** Executors that are processes, one of which is killed while each of them trains. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 600, unit = TimeUnit.SECONDS)
class LocalClusterTest {
  @TempDir
  var directory: Path = _
  private var session: SparkSession = _

  @BeforeAll
  def start(): Unit = {
    val (folders, jars) = System.getProperty("java.class.path").split(File.pathSeparator).map(Path.of(_)).toSeq
      .partition(Files.isDirectory(_))
    val home = Path.of(System.getenv("SPARK_HOME"), "jars")
    Files.createDirectories(home)
    for (jar <- jars; link = home.resolve(jar.getFileName) if !Files.exists(link)) Files.createSymbolicLink(link, jar)
    session = Sparks.builder("local-cluster[4,1,512]")
      .config("spark.executor.memory", "512m")
      .config("spark.executor.extraClassPath", folders.mkString(File.pathSeparator)).getOrCreate()
  }

  @AfterAll
  def stop(): Unit = session.stop()

  private def data = {
    val rows = Sparks.rows(700).toSeq.zipWithIndex.map { case (x, i) => (i.toLong, x) }
    session.createDataFrame(session.sparkContext.parallelize(rows, 3)).toDF("id", "features")
  }

  private def estimator = new VaeEstimator().setSettings("""{"latent": 3, "hidden": [8]}""").setBatchSize(128)
    .setSeed(Sparks.Seed).setMaxIter(3)

  private def executors: Seq[ProcessHandle] = ProcessHandle.current.descendants.toScala(Seq)
    .filter(_.info.commandLine.orElse("").contains("CoarseGrainedExecutorBackend"))

  @Test
  def workersAreOneModel(): Unit = {
    val one = estimator.fit(data)
    for (workers <- Seq(2, 4)) {
      val several = estimator.setNumWorkers(workers).fit(data)
      assertArrayEquals(one.checkpoint, several.checkpoint, s"$workers workers, seed ${Sparks.Seed}")
      assertEquals(one.transform(data).orderBy("id").collect().toSeq, several.transform(data.repartition(5))
        .orderBy("id").collect().toSeq)
    }
  }

  @Test
  def anExecutorIsKilled(): Unit = {
    val long = estimator.setMaxIter(1000)
    val expected = long.fit(data)
    val path = directory.resolve("checkpoints")
    val fit = Future(long.setNumWorkers(4).setCheckpointPath(path.toString).setCheckpointInterval(20).fit(data))
    while (!fit.isCompleted && !(Files.isDirectory(path) && Files.list(path).toScala(Seq).exists(_.getFileName
      .toString.startsWith("epoch-")))) Thread.sleep(20)
    val killed = executors.head
    assertFalse(fit.isCompleted, "it was killed on the way")
    println(s"killed at ${Files.list(path).iterator.asScala.map(_.getFileName).mkString(", ")}")
    assertTrue(killed.destroyForcibly())
    val model = Await.result(fit, 9.minutes)
    assertArrayEquals(expected.checkpoint, model.checkpoint, s"seed ${Sparks.Seed}")
    assertEquals(1000, model.summary.history.length)
  }
}
