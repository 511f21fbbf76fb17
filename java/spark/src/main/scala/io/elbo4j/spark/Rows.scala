package io.elbo4j.spark

import io.elbo4j.ArgumentException
import io.elbo4j.ArgumentException.require
import io.elbo4j.train.data.DataException
import io.elbo4j.train.model.DataCheck
import org.apache.spark.rdd.RDD
import org.apache.spark.sql.{Column, Dataset, Row}
import org.apache.spark.sql.functions.col
import org.apache.spark.sql.types.{BooleanType, NumericType, StructType}

/** @param weight in the objective; 1 where rows have none */
private[spark] case class Sample(x: Array[Float], weight: Double)

/** The columns by which rows are numbered, kept for validation, and weighed. */
private[spark] case class Columns(order: Option[String], validation: Option[String], weight: Option[String])

/** The rows of a data frame, numbered and checked. */
private[spark] object Rows {
  def check(schema: StructType, columns: Columns): Unit = {
    for ((name, column) <- Seq("orderCol" -> columns.order, "validationIndicatorCol" -> columns.validation,
        "weightCol" -> columns.weight); c <- column) {
      require(schema.fieldNames.contains(c), name, s"a column of ${schema.fieldNames.mkString(", ")}", s"'$c'")
    }
    def requireType(name: String, column: String, expected: String, holds: Boolean): Unit =
      require(holds, name, s"a column of $expected", s"'$column' of ${schema(column).dataType.simpleString}")
    columns.validation.foreach(c => requireType("validationIndicatorCol", c, "booleans",
      schema(c).dataType == BooleanType))
    columns.weight.foreach(c => requireType("weightCol", c, "numbers", schema(c).dataType.isInstanceOf[NumericType]))
  }

  /** A column of that very name, not a field of another one. */
  private def named(column: String): Column = col("`" + column.replace("`", "``") + "`")

  /** Rows of both kinds, before any task asks for them. */
  def requireBoth(dataset: Dataset[_], validation: Option[String]): Unit = validation.foreach { column =>
    for ((kind, isOfIt) <- Seq("true" -> named(column), "false" -> !named(column))) {
      require(!dataset.filter(isOfIt).isEmpty, "validationIndicatorCol", s"$kind in some row of '$column'", "in none")
    }
  }

  /** Numbers of a row, as the first has it. */
  def columns(dataset: Dataset[_], features: String): Int = {
    val first = dataset.select(named(features)).take(1)
    require(first.nonEmpty, "dataset", "at least one row", "none")
    val columns = Features.named(features, "row 0")(Features.of(first(0), 0).length)
    require(columns > 0, "featuresCol", "of at least one number a row", "none")
    columns
  }

  /** By number, those for validation from {@link Shards#Validation} on. */
  def of(dataset: Dataset[_], plan: Plan, columns: Columns): RDD[(Long, Sample)] = {
    val Columns(order, validation, weight) = columns
    val wanted = Seq(plan.column) ++ validation ++ weight ++ order
    val sorted = order.fold(dataset.toDF())(c => dataset.toDF().orderBy(named(c))).select(wanted.map(named): _*)
    val all = order.fold(sorted.rdd)(c => distinct(sorted.rdd, c, wanted.length - 1))
    val weighed = weight.map(c => (c, 1 + validation.size))
    if (validation.isEmpty) numbered(all, plan, "row", 0, weighed)
    else {
      val held = all.filter(isHeldOut(_, validation.get))
      numbered(all.filter(!isHeldOut(_, validation.get)), plan, "training row", 0, weighed)
        .union(numbered(held, plan, "validation row", Shards.Validation, weighed))
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
      if (value == null || last.exists(same(_, value))) {
        throw new ArgumentException("orderCol", s"another value of '$column' in each row",
          if (value == null) "NULL" else s"$value in two")
      }
      last = Some(value)
      row
    }
  }

  /** As Spark sorts them: binary values by their bytes, NaN as one value. */
  private def same(one: Any, other: Any): Boolean = (one, other) match {
    case (a: Array[Byte], b: Array[Byte]) => java.util.Arrays.equals(a, b)
    case (a: Double, b: Double) => a == b || a.isNaN && b.isNaN
    case (a: Float, b: Float) => a == b || a.isNaN && b.isNaN
    case _ => one == other
  }

  private def weight(row: Row, column: String, at: Int, place: => String): Double = {
    val found = row.get(at) match {
      case number: Number => number.doubleValue
      case _ => Double.NaN
    }
    require(found >= 0 && found < Double.PositiveInfinity, "weightCol",
      s"a finite number of at least 0 in each row of '$column'", s"${row.get(at)} in $place")
    found
  }

  /** @param weighed the column of weights, and its place */
  private def numbered(rows: RDD[Row], plan: Plan, what: String, from: Long,
      weighed: Option[(String, Int)]): RDD[(Long, Sample)] =
    rows.zipWithIndex().mapPartitions { some =>
      val check = new DataCheck(plan.unweighted(1).graph)
      some.map { case (row, number) =>
        def place = s"$what $number, counted from 0"
        val weighs = weighed.fold(1.0) { case (column, at) => weight(row, column, at, place) }
        Features.named(plan.column, place) {
          val x = Features.of(row, 0)
          if (x.length != plan.columns) {
            throw new DataException(s"x must hold ${plan.columns} numbers, as the first row does, not ${x.length}")
          }
          check.require("x", x)
          (from + number, Sample(x, weighs))
        }
      }
    }
}
