// The row that a float32 names, as labels in data do: itself where it is a whole number in [0, rows), -1 for any other,
// infinities and NaN among them. -0 is row 0. Exact: whole numbers above 2^24 are those that float32 has.
#pragma once
#include "float_operations.h"

namespace elbo4j::spec {

ELBO4J_SPEC int64_t row_number(float index, int64_t rows) {
  const uint32_t bits = bits_of(index);
  const int shift = (int)(bits >> 23) - 150;  // of the significand; a sign makes it 106 or more
  const int64_t significand = (int64_t)((bits & 0x7fffffu) | 0x800000u);
  const bool inside = shift >= -23 && shift <= 38;  // index in [1, 2^62)
  const int left = inside && shift > 0 ? shift : 0, right = inside && shift < 0 ? -shift : 0;
  const int64_t row = significand << left >> right;
  const bool found = inside && row << right == significand << left && row < rows;
  return found ? row : index == 0.0f && rows > 0 ? 0 : -1;
}

}  // namespace elbo4j::spec
