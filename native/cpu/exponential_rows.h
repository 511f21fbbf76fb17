// The maximum of each row of a block and the sum of its exponentials from there: what softmax and log-mean-exp share.
#pragma once
#include "exp.h"
#include "row_sum_tile.h"

namespace elbo4j::ELBO4J_LEVEL {

// NaN if any is.
static inline float maximum(const float* x, int64_t count) {
  float largest = -__builtin_inff();
  int nan = 0;
  _Pragma("omp simd reduction(max : largest) reduction(| : nan)") for (int64_t i = 0; i < count; i++) {
    largest = x[i] > largest ? x[i] : largest;
    nan |= x[i] != x[i] ? -1 : 0;
  }
  return nan ? __builtin_nanf("") : largest;
}

// The maxima of rows. Whether there is a NaN is asked once for all of them: of a short row the question takes longer
// than the row.
static inline void row_maxima(const Input& x, int64_t row, int rows, int64_t columns, float* of_row) {
  if (columns >= vector_floats) {
    decltype(Floats{} < Floats{}) nan{};
    for (int r = 0; r < rows; r++) {
      const float* in = x.row(row + r);
      // the last vector has some columns again
      Floats lanes = WholeVector{columns - vector_floats}.load(in);
      nan |= lanes != lanes;
      for (int64_t column = 0; column + vector_floats < columns; column += vector_floats) {
        const Floats values = WholeVector{column}.load(in);
        nan |= values != values;
        lanes = values > lanes ? values : lanes;
      }
      float largest = lanes[0];
      _Pragma("omp simd reduction(max : largest)") for (int i = 0; i < vector_floats; i++) largest =
          lanes[i] > largest ? lanes[i] : largest;
      of_row[r] = largest;
    }
    int any = 0;
    for (int i = 0; i < vector_floats; i++) any |= nan[i];
    if (!any) return;
  }
  for (int r = 0; r < rows; r++) of_row[r] = maximum(x.row(row + r), columns);
}

// exp(x - of_row[row of x]), for numbers of the rows that are at least all x of theirs
static inline void shifted_exp(const Input& x, const Tile& tile, const float* of_row, float* to) {
  Buffer buffer;
  const float* from = x.tile(tile, buffer);
  by_row_weights(tile, of_row, [&](int begin, int end, auto shift) {
    ELBO4J_SIMD for (int i = begin; i < end; i++) to[i] = spec::exp_nonpositive(from[i] - shift[i]);
  });
}

struct ExponentialRows {
  float maxima[tile_rows];
  RowSums sums;
  Buffer terms;  // the exponentials of the last tile: all of them, unless a row is longer

  // of_long_row: where the terms of a row that has more than a tile go, too, if they are wanted
  ExponentialRows(const Input& x, int64_t row, int rows, int64_t columns, float* of_long_row = nullptr) {
    row_maxima(x, row, rows, columns, maxima);
    for_each_tile_of(row, rows, columns, [&](const Tile& tile) {
      float* to = of_long_row && columns > tile_floats ? of_long_row + tile.column : terms.data;
      shifted_exp(x, tile, maxima, to);
      if (to == terms.data)
        sums.add(tile, terms.data);
      else
        sums.add_input(tile, to);
    });
  }
};

}  // namespace elbo4j::ELBO4J_LEVEL
