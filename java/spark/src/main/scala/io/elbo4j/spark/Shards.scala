package io.elbo4j.spark

import io.elbo4j.ArgumentException.require
import io.elbo4j.train.ShardOrder
import io.elbo4j.train.data.{DataException, Images}
import java.nio.{ByteBuffer, ByteOrder}
import java.security.MessageDigest
import java.util.HexFormat
import org.apache.spark.Partitioner
import scala.collection.mutable.ArrayBuffer

/** A row of the training lies in the shard of its number modulo 8; rows for validation, below 0, are all worker 0's. */
private[spark] class Shards(workers: Int) extends Partitioner {
  override def numPartitions: Int = workers

  override def getPartition(key: Any): Int = {
    val number = key.asInstanceOf[Long]
    if (number < 0) 0 else (number % ShardOrder.SHARDS).toInt * workers / ShardOrder.SHARDS
  }

  override def equals(other: Any): Boolean = other match {
    case shards: Shards => shards.numPartitions == workers
    case _ => false
  }

  override def hashCode: Int = workers
}

private[spark] object Shards {
  /** Of the first row for validation: they come before the others, in their order. */
  val Validation: Long = Long.MinValue
}

/**
 * The rows that a worker holds: those of its shards, shard after shard, in the order of their numbers.
 *
 * @param sizes rows of each of its shards
 * @param digests SHA-256 of each, of float32, little-endian
 */
private[spark] case class Held(train: Option[Images], validation: Option[Images], sizes: Seq[Int],
    digests: Seq[String])

private[spark] object Held {
  /** @param rows by number, ascending */
  def read(rows: Iterator[(Long, Array[Float])], plan: Plan): Held = {
    val shards = Array.fill(ShardOrder.SHARDS / plan.workers)(ArrayBuffer[Array[Float]]())
    val validation = ArrayBuffer[Array[Float]]()
    for ((number, x) <- rows) {
      if (number < 0) validation += x
      else shards((number % ShardOrder.SHARDS).toInt % shards.length) += x
    }
    Held(images("training rows", shards.toSeq.flatten, plan), images("validation rows", validation.toSeq, plan),
      shards.map(_.length).toSeq, shards.map(shard => digest(shard.toSeq)).toSeq)
  }

  private def images(name: String, rows: Seq[Array[Float]], plan: Plan): Option[Images] = {
    val numbers = rows.length.toLong * plan.columns
    require(numbers <= Int.MaxValue - 8, "numWorkers", "so many that each holds fewer than 2^31 numbers",
      s"${plan.workers}, of which one holds ${rows.length} rows of ${plan.columns}")
    Option.when(rows.nonEmpty) {
      val all = new Array[Float](numbers.toInt)
      for ((x, r) <- rows.zipWithIndex) System.arraycopy(x, 0, all, r * plan.columns, plan.columns)
      new Images(name, rows.length, plan.size._1, plan.size._2, plan.size._3, all)
    }
  }

  private def digest(rows: Seq[Array[Float]]): String = {
    val sha256 = MessageDigest.getInstance("SHA-256")
    for (x <- rows) {
      val bytes = ByteBuffer.allocate(x.length * java.lang.Float.BYTES).order(ByteOrder.LITTLE_ENDIAN)
      bytes.asFloatBuffer().put(x)
      sha256.update(bytes.array)
    }
    HexFormat.of.formatHex(sha256.digest)
  }

  /** Of all shards: the same whoever holds them. */
  def fingerprint(digests: Seq[String]): String =
    HexFormat.of.formatHex(MessageDigest.getInstance("SHA-256").digest(digests.mkString.getBytes("US-ASCII")))

  /** @throws DataException if the shards are too small for any batch */
  def requireBatch(sizes: Seq[Int], batch: Int): Unit =
    if (sizes.min < batch / ShardOrder.SHARDS) {
      throw new DataException(s"there are ${sizes.map(_.toLong).sum} rows, of which a batch of $batch cannot be made:"
        + s" it takes ${batch / ShardOrder.SHARDS} of each of ${ShardOrder.SHARDS} shards, the smallest of which has"
        + s" ${sizes.min}; give a smaller batchSize")
    }
}
