package io.elbo4j.spark

import io.elbo4j.ArgumentException
import io.elbo4j.ArgumentException.require
import io.elbo4j.train.data.DataException
import io.elbo4j.train.model.DataCheck
import org.apache.spark.rdd.RDD
import org.apache.spark.sql.{Dataset, Row}
import org.apache.spark.sql.functions.col
import org.apache.spark.sql.types.{BooleanType, StructType}

/** The rows of a data frame, numbered and checked. */
private[spark] object Rows {
  def check(schema: StructType, order: Option[String], validation: Option[String]): Unit = {
    for ((name, column) <- Seq("orderCol" -> order, "validationIndicatorCol" -> validation); c <- column) {
      require(schema.fieldNames.contains(c), name, s"a column of ${schema.fieldNames.mkString(", ")}", s"'$c'")
    }
    for (c <- validation) {
      require(schema(c).dataType == BooleanType, "validationIndicatorCol", "a column of booleans",
        s"'$c' of ${schema(c).dataType.simpleString}")
    }
  }

  /** Numbers of a row, as the first has it. */
  def columns(dataset: Dataset[_], features: String): Int = {
    val first = dataset.select(col(features)).take(1)
    require(first.nonEmpty, "dataset", "at least one row", "none")
    val columns = Features.named(features, "row 0")(Features.of(first(0), 0).length)
    require(columns > 0, "featuresCol", "of at least one number a row", "none")
    columns
  }

  /** By number, those for validation from {@link Shards#Validation} on. */
  def of(dataset: Dataset[_], plan: Plan, order: Option[String],
      validation: Option[String]): RDD[(Long, Array[Float])] = {
    val wanted = Seq(plan.column) ++ validation ++ order
    val sorted = order.fold(dataset.toDF())(c => dataset.toDF().orderBy(col(c))).select(wanted.map(col): _*)
    val all = order.fold(sorted.rdd)(c => distinct(sorted.rdd, c, wanted.length - 1))
    if (validation.isEmpty) numbered(all, plan, "row", 0)
    else {
      val held = all.filter(isHeldOut(_, validation.get))
      numbered(all.filter(!isHeldOut(_, validation.get)), plan, "training row", 0)
        .union(numbered(held, plan, "validation row", Shards.Validation))
    }
  }

  private def isHeldOut(row: Row, column: String): Boolean = {
    require(!row.isNullAt(1), "validationIndicatorCol", s"true or false in each row of '$column'", "NULL")
    row.getBoolean(1)
  }

  /** Equal values lie in one partition, side by side. */
  private def distinct(rows: RDD[Row], column: String, at: Int): RDD[Row] = rows.mapPartitions { some =>
    var last: Option[Any] = None
    some.map { row =>
      val value = row.get(at)
      if (value == null || last.contains(value)) {
        throw new ArgumentException("orderCol", s"another value of '$column' in each row",
          if (value == null) "NULL" else s"$value in two")
      }
      last = Some(value)
      row
    }
  }

  private def numbered(rows: RDD[Row], plan: Plan, what: String, from: Long): RDD[(Long, Array[Float])] =
    rows.zipWithIndex().mapPartitions { some =>
      val check = new DataCheck(plan.model(1).graph)
      some.map { case (row, number) =>
        Features.named(plan.column, s"$what $number, counted from 0") {
          val x = Features.of(row, 0)
          if (x.length != plan.columns) {
            throw new DataException(s"x must hold ${plan.columns} numbers, as the first row does, not ${x.length}")
          }
          check.require("x", x)
          (from + number, x)
        }
      }
    }
}
