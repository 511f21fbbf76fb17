package io.elbo4j.spark

import io.elbo4j.ArgumentException.require
import io.elbo4j.train.ShardOrder
import io.elbo4j.train.data.{DataException, Images}
import io.elbo4j.train.model.WeightedRows
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
 * @param weights the sum of those of the rows of each of its shards
 * @param digests SHA-256 of each shard: of each row float32, and its weight, if it has one, as float64, little-endian
 */
private[spark] case class Held(train: Seq[Sample], validation: Seq[Sample], sizes: Seq[Int], weights: Seq[Double],
    digests: Seq[String])

private[spark] object Held {
  /** @param rows by number, ascending */
  def read(rows: Iterator[(Long, Sample)], plan: Plan): Held = {
    val shards = Array.fill(ShardOrder.SHARDS / plan.workers)(ArrayBuffer[Sample]())
    val validation = ArrayBuffer[Sample]()
    for ((number, row) <- rows) {
      if (number < 0) validation += row
      else shards((number % ShardOrder.SHARDS).toInt % shards.length) += row
    }
    Held(shards.toSeq.flatten, validation.toSeq, shards.map(_.length).toSeq,
      shards.map(_.iterator.map(_.weight).sum).toSeq,
      shards.map(shard => digest(shard.toSeq, plan.weighted)).toSeq)
  }

  /**
   * What the model takes of rows.
   *
   * @param scale of the weights, so that those of the training have a mean of 1
   */
  def images(name: String, rows: Seq[Sample], plan: Plan, scale: Double): Option[Images] = {
    val numbers = rows.length.toLong * plan.columns
    require(numbers <= Int.MaxValue - 8, "numWorkers", "so many that each holds fewer than 2^31 numbers",
      s"${plan.workers}, of which one holds ${rows.length} rows of ${plan.columns}")
    Option.when(rows.nonEmpty) {
      val all = new Array[Float](numbers.toInt)
      for ((row, r) <- rows.zipWithIndex) System.arraycopy(row.x, 0, all, r * plan.columns, plan.columns)
      val x = new Images(name, rows.length, plan.size._1, plan.size._2, plan.size._3, all)
      if (!plan.weighted) x
      else x.`with`(WeightedRows.WEIGHT, new Images(s"weights of $name", rows.length, 1, 1, 1,
        rows.map(row => (row.weight * scale).toFloat).toArray))
    }
  }

  /** Of all workers. */
  def weightScale(sizes: Seq[Int], weights: Seq[Double]): Double = {
    requireWeight("training", weights.sum)
    sizes.map(_.toLong).sum / weights.sum
  }

  /** @param sum of the weights of all rows */
  def requireWeight(what: String, sum: Double): Unit = require(sum > 0 && sum < Double.PositiveInfinity, "weightCol",
    s"of weights of the $what rows with a finite sum above 0", sum)

  private def digest(rows: Seq[Sample], weighted: Boolean): String = {
    val sha256 = MessageDigest.getInstance("SHA-256")
    for (Sample(x, weight) <- rows) {
      val bytes = ByteBuffer.allocate(x.length * java.lang.Float.BYTES + (if (weighted) java.lang.Double.BYTES else 0))
        .order(ByteOrder.LITTLE_ENDIAN)
      x.foreach(bytes.putFloat)
      if (weighted) bytes.putDouble(weight)
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
