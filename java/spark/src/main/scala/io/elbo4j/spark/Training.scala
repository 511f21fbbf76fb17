package io.elbo4j.spark

import org.apache.spark.HashPartitioner
import org.apache.spark.rdd.RDD
import org.apache.spark.util.SerializableConfiguration

/** The stage in which workers train, all at once. */
private[spark] object Training {
  def run(rows: RDD[(Long, Sample)], plan: Plan): Worker.Outcome = {
    val configuration = rows.sparkContext.broadcast(new SerializableConfiguration(rows.sparkContext
      .hadoopConfiguration))
    // Spark tries a barrier stage again if another one follows: it might have put out something else
    rows.repartitionAndSortWithinPartitions(new Shards(plan.workers)).barrier()
      .mapPartitions(Worker.train(_, plan, configuration.value.value).map((0, _)))
      .partitionBy(new HashPartitioner(1)).values.collect().head
  }
}
