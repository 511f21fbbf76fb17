// The logarithm of the mean of the exponentials of each row (the importance-weighted bound: Burda et al. 2016,
// Importance Weighted Autoencoders, equation 8), and its gradient.
//   m = max(x); result = m + log(sum(exp(x - m)) / columns), or m where it is infinite or NaN;  a NaN makes m NaN
//   dx = exp(x - m) (dResult / sum(exp(x - m))): of the sum, not of the rounded result, so that the weights sum to 1
// x, dx rows x columns; result, dResult[rows]. Moves 4 bytes per element, the gradient 8; what is read again comes from
// a cache.
#include "exponential_rows.h"
#include "log.h"
#include "log_mean_exp_backward.h"
#include "log_mean_exp_forward.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

const float infinity = __builtin_inff();

}  // namespace

void log_mean_exp_forward(const elbo4j_log_mean_exp_forward& a, int64_t begin, int64_t end) {
  const Input in = float_input(a.x);
  float* result = a.result.floats();
  const int64_t columns = a.x.columns;
  for_each_block(begin, end, columns, [&](int64_t row, int rows) {
    const ExponentialRows of(in, row, rows, columns);
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
    const ExponentialRows of(in, row, rows, columns);
    float weight_of_row[tile_rows];
    for (int r = 0; r < rows; r++) weight_of_row[r] = a.d_result.floats()[row + r] / of.sums[r];
    for_each_tile_of(row, rows, columns, [&](const Tile& tile) {
      Buffer weights, terms, buffer;
      shifted_exp(in, tile, of.maxima, terms.data);
      spread_rows(tile, weight_of_row, weights);
      float* to = out.tile(tile, buffer);
      const int size = tile.size();
      ELBO4J_SIMD for (int i = 0; i < size; i++) to[i] = terms.data[i] * weights.data[i];
      out.commit(tile, buffer);
    });
  });
}

}  // namespace elbo4j::ELBO4J_LEVEL
