// The sum of a row, defined so that a vector unit, a group of GPU threads and plain Java all compute it the same way:
//   quads      (e0 + e1) + (e2 + e3) of four neighbouring columns, in float
//   lanes      quad column / 4 is added to lane (column / 4) mod 32, in double, ascending, from +0
//   tree       neighbouring lanes are added, 32 -> 16 -> 8 -> 4 -> 2 -> 1, in double
//   result     rounded once to float
// Elements past the end of the row are +0, so a short row needs no second definition: a kernel may stop the tree at the
// smallest power of two that holds its quads, since adding +0 to a lane (never -0, it started from +0) changes nothing.
//
// Accuracy: 0.5 ULP of the exact sum, plus at most 2^-23 of the sum of the magnitudes of the elements (the quads'
// rounding; the doubles' is below 2^-16 of that up to 2^20 columns). Exact zero sums are +0; NaN, and +inf with -inf,
// give NaN; quads that overflow float give infinity.
#pragma once
#include "float_operations.h"

namespace elbo4j::spec {

constexpr int row_sum_lanes = 32;
constexpr int row_sum_tile = 4 * row_sum_lanes;  // columns after which the lanes repeat

ELBO4J_SPEC float quad_sum(float e0, float e1, float e2, float e3) { return add(add(e0, e1), add(e2, e3)); }

// Adds elements[0 .. count) to the lanes; elements[0] is in a column that is a multiple of row_sum_tile.
ELBO4J_SPEC void row_sum_add(double* lanes, const float* elements, int count) {
  int column = 0;
  for (; column + row_sum_tile <= count; column += row_sum_tile) {
    const float* tile = elements + column;
    for (int lane = 0; lane < row_sum_lanes; lane++)
      lanes[lane] += (double)quad_sum(tile[4 * lane], tile[4 * lane + 1], tile[4 * lane + 2], tile[4 * lane + 3]);
  }
  for (int lane = 0; column < count; lane++, column += 4) {
    float e1 = column + 1 < count ? elements[column + 1] : 0.0f;
    float e2 = column + 2 < count ? elements[column + 2] : 0.0f;
    float e3 = column + 3 < count ? elements[column + 3] : 0.0f;
    lanes[lane] += (double)quad_sum(elements[column], e1, e2, e3);
  }
}

// The tree over the lanes: the sum before its rounding.
ELBO4J_SPEC double row_sum_total(const double* lanes) {
  double sums[row_sum_lanes / 2];
  for (int i = 0; i < row_sum_lanes / 2; i++) sums[i] = lanes[2 * i] + lanes[2 * i + 1];
  for (int width = row_sum_lanes / 4; width >= 1; width /= 2)
    for (int i = 0; i < width; i++) sums[i] = sums[2 * i] + sums[2 * i + 1];
  return sums[0];
}

ELBO4J_SPEC float row_sum_finish(const double* lanes) { return (float)row_sum_total(lanes); }

}  // namespace elbo4j::spec
