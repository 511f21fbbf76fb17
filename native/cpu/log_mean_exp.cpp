// The logarithm of the mean of the exponentials of each row (the importance-weighted bound: Burda et al. 2016,
// Importance Weighted Autoencoders, equation 8), and its gradient.
//   m = max(x); result = m + log(sum(exp(x - m)) / columns), or m where it is infinite or NaN;  a NaN makes m NaN
//   dx = exp(x - m) (dResult / sum(exp(x - m))): of the sum, not of the rounded result, so that the weights sum to 1
// x, dx rows x columns; result, dResult[rows]. Moves 4 bytes per element, the gradient 8; what is read again comes from
// a cache.
#include "exp.h"
#include "log.h"
#include "log_mean_exp_backward.h"
#include "log_mean_exp_forward.h"
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

// The maximum of each row of a block, and the sum of its exponentials from there.
struct RowsOfExponentials {
  float maxima[tile_rows];
  RowSums sums;

  RowsOfExponentials(const Input& x, int64_t row, int rows, int64_t columns) {
    for (int r = 0; r < rows; r++) maxima[r] = maximum(x.row(row + r), columns);
    for_each_tile_of(row, rows, columns, [&](const Tile& tile) {
      Buffer terms;
      shifted_exp(x, tile, maxima, terms);
      sums.add(tile, terms.data);
    });
  }
};

}  // namespace

void log_mean_exp_forward(const elbo4j_log_mean_exp_forward& a, int64_t begin, int64_t end) {
  const Input in = float_input(a.x);
  float* result = a.result.floats();
  const int64_t columns = a.x.columns;
  for_each_block(begin, end, columns, [&](int64_t row, int rows) {
    const RowsOfExponentials of(in, row, rows, columns);
    for (int r = 0; r < rows; r++) {
      const float m = of.maxima[r];
      const bool finite = spec::absolute(m) < infinity;
      result[row + r] = finite ? m + spec::log(of.sums[r] / (float)columns) : m;
    }
  });
}

void log_mean_exp_backward(const elbo4j_log_mean_exp_backward& a, int64_t begin, int64_t end) {
  const Input in = float_input(a.x);
  const Output out = float_output(a.dx);
  const int64_t columns = a.x.columns;
  for_each_block(begin, end, columns, [&](int64_t row, int rows) {
    const RowsOfExponentials of(in, row, rows, columns);
    float weight_of_row[tile_rows];
    for (int r = 0; r < rows; r++) weight_of_row[r] = a.d_result.floats()[row + r] / of.sums[r];
    for_each_tile_of(row, rows, columns, [&](const Tile& tile) {
      Buffer weights, terms, buffer;
      shifted_exp(in, tile, of.maxima, terms);
      spread_rows(tile, weight_of_row, weights);
      float* to = out.tile(tile, buffer);
      const int size = tile.size();
      ELBO4J_SIMD for (int i = 0; i < size; i++) to[i] = terms.data[i] * weights.data[i];
      out.commit(tile, buffer);
    });
  });
}

}  // namespace elbo4j::ELBO4J_LEVEL
