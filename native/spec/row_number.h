// The row that a float32 names, as labels in data do: itself where it is a whole number in [0, rows), -1 for any other,
// infinities and NaN among them. -0 is row 0. Exact: whole numbers above 2^24 are those that float32 has.
#pragma once
#include "float_operations.h"

namespace elbo4j::spec {

ELBO4J_SPEC int64_t row_number(float index, int64_t rows) {
  if (!(index >= 0.0f && index < 0x1p62f)) return -1;
  const int64_t row = (int64_t)index;
  return row < rows && (float)row == index ? row : -1;
}

}  // namespace elbo4j::spec
