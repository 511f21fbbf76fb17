// The logarithm of the mean of the exponentials of each row (the importance-weighted bound: Burda et al. 2016,
// Importance Weighted Autoencoders, equation 8), and its gradient.
//   m = max(x); result = m + log(sum(exp(x - m)) / columns), or m where it is infinite or NaN;  a NaN makes m NaN
//   dx = dResult exp(x - result) / columns
// x, dx rows x columns; result, dResult[rows]. Moves 8 bytes per element, the gradient 8.
#include "exp.h"
#include "log.h"
#include "row_sum_tile.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

const float infinity = __builtin_inff();

// NaN if any is.
float maximum(const float* x, int64_t count) {
  float largest = -infinity;
  int nan = 0;
  _Pragma("omp simd reduction(max : largest) reduction(| : nan)") for (int64_t i = 0; i < count; i++) {
    largest = x[i] > largest ? x[i] : largest;
    nan |= x[i] != x[i] ? -1 : 0;
  }
  return nan ? __builtin_nanf("") : largest;
}

// exp(x - of_row[row of x])
void shifted_exp(const Input& x, const Tile& tile, const float* of_row, Buffer& out) {
  Buffer buffer, shifts;
  const float* from = x.tile(tile, buffer);
  spread_rows(tile, of_row, shifts);
  const int size = tile.size();
  const float* shift = shifts.data;
  float* to = out.data;
  ELBO4J_SIMD for (int i = 0; i < size; i++) to[i] = spec::exp(from[i] - shift[i]);
}

}  // namespace

void log_mean_exp(const float* x, int64_t x_stride, float* result, int64_t columns, int64_t begin, int64_t end) {
  const Input in{x, x_stride};
  for_each_block(begin, end, columns, [&](int64_t row, int rows) {
    float maxima[tile_rows];
    for (int r = 0; r < rows; r++) maxima[r] = maximum(in.row(row + r), columns);
    RowSums sums;
    for_each_tile_of(row, rows, columns, [&](const Tile& tile) {
      Buffer terms;
      shifted_exp(in, tile, maxima, terms);
      sums.add(tile, terms.data);
    });
    for (int r = 0; r < rows; r++) {
      const float m = maxima[r];
      const bool finite = spec::absolute(m) < infinity;
      result[row + r] = finite ? m + spec::log(sums[r] / (float)columns) : m;
    }
  });
}

void log_mean_exp_backward(const float* x, int64_t x_stride, const float* result, const float* dresult, float* dx,
                           int64_t dx_stride, int64_t columns, int64_t begin, int64_t end) {
  const Input in{x, x_stride};
  const Output out{dx, dx_stride};
  const float share = 1.0f / (float)columns;
  for_each_tile(begin, end, columns, [&](const Tile& tile) {
    Buffer weights, terms, buffer;
    shifted_exp(in, tile, result + tile.row, terms);
    spread_rows(tile, dresult + tile.row, weights);
    float* to = out.tile(tile, buffer);
    const int size = tile.size();
    ELBO4J_SIMD for (int i = 0; i < size; i++) to[i] = weights.data[i] * (terms.data[i] * share);
    out.commit(tile, buffer);
  });
}

}  // namespace elbo4j::ELBO4J_LEVEL
