package io.elbo4j.spark

import io.elbo4j.train.checkpoint.Checkpoint
import java.nio.file.{Files, Path => LocalPath}
import org.apache.hadoop.conf.Configuration
import org.apache.hadoop.fs.Path

/** Files of checkpoints: elbo4j reads and writes local ones, Spark's lie in any of Hadoop's file systems. */
private[spark] object ModelFile {
  /** In the folder of a saved model, as in that of a run: elbo4j takes the folder for it. */
  val Name = "checkpoint.safetensors"

  def read(file: Path, configuration: Configuration): Array[Byte] = {
    val in = file.getFileSystem(configuration).open(file)
    try in.readAllBytes()
    finally in.close()
  }

  def write(file: Path, bytes: Array[Byte], configuration: Configuration): Unit = {
    val out = file.getFileSystem(configuration).create(file, true)
    try out.write(bytes)
    finally out.close()
  }

  /** With these bytes in a local file, which is gone afterwards. */
  def local[T](bytes: Array[Byte])(use: LocalPath => T): T = temporary { file =>
    Files.write(file, bytes)
    use(file)
  }

  /** The bytes that a local file gets. */
  def written(write: LocalPath => Unit): Array[Byte] = temporary { file =>
    write(file)
    Files.readAllBytes(file)
  }

  private def temporary[T](use: LocalPath => T): T = {
    val file = Files.createTempFile("elbo4j", ".safetensors")
    try use(file)
    finally Files.deleteIfExists(file)
  }

  def checkpoint(bytes: Array[Byte]): Checkpoint = local(bytes)(Checkpoint.read(_).checkpoint)
}
