package io.elbo4j.spark

import io.elbo4j.ArgumentException
import io.elbo4j.train.data.DataException
import org.apache.spark.ml.linalg.{SQLDataTypes, Vector}
import org.apache.spark.sql.Row
import org.apache.spark.sql.types.{ArrayType, DataType, NumericType, StructType}

/** The column of rows of x: vectors, or arrays of numbers, taken as float32. */
private[spark] object Features {
  /** The place of the column. */
  def index(schema: StructType, column: String): Int = {
    ArgumentException.require(schema.fieldNames.contains(column), "featuresCol",
      s"a column of ${schema.fieldNames.mkString(", ")}", s"'$column'")
    val at = schema.fieldIndex(column)
    ArgumentException.require(isOfNumbers(schema(at).dataType), "featuresCol",
      "a column of vectors or of arrays of numbers", s"'$column' of ${schema(at).dataType.simpleString}")
    at
  }

  private def isOfNumbers(kind: DataType): Boolean = kind match {
    case ArrayType(_: NumericType, _) => true
    case other => other == SQLDataTypes.VectorType
  }

  /** @throws ArgumentException if there is none */
  def of(row: Row, at: Int): Array[Float] = row.get(at) match {
    case null => throw new ArgumentException("x", "there", "NULL")
    case vector: Vector => vector.toArray.map(_.toFloat)
    case numbers: collection.Seq[_] => numbers.iterator.zipWithIndex.map {
      case (number: Number, _) => number.floatValue
      case (_, column) => throw new ArgumentException("x", "of numbers", s"NULL in column $column")
    }.toArray
  }

  /** What is done with a row, whose place is in what it refuses. */
  def named[T](column: String, place: => String)(work: => T): T =
    try work
    catch {
      case e @ (_: IllegalArgumentException | _: DataException) =>
        throw new IllegalArgumentException(s"featuresCol '$column', $place: ${e.getMessage}", e)
    }
}
