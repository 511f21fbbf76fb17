// The log-likelihood of a diagonal Gaussian and its gradients, in one pass.
//   d = x - mean, q = d^2 exp(-logVariance), logLikelihood = -1/2 (sum(logVariance + q) + columns log(2 pi))
//   dMean = w d exp(-logVariance);  dLogVariance = w/2 (q - 1);  w = dLogLikelihood of the row
// mean, gradients rows x columns; logVariance the same, or one row for all; x rows / samples x columns; w[rows].
// Moves 20 bytes per element. The gradient of a shared logVariance is the sum of its elements over the rows: 8 bytes
// more.
#include "column_sum_tile.h"
#include "exp.h"
#include "gaussian_log_likelihood_fused.h"
#include "gaussian_log_likelihood_shared_log_variance_gradient.h"
#include "row_sum_tile.h"

namespace elbo4j::ELBO4J_LEVEL {

void gaussian_log_likelihood_fused(const elbo4j_gaussian_log_likelihood_fused& a, int64_t begin, int64_t end) {
  const Input mean_in = input(a.mean), log_variance_in = input(a.log_variance);
  const Input x_in = input(a.x, a.mean.samples_of(a.x));
  const Output dmean_out = output(a.d_mean), dlog_variance_out = output(a.d_log_variance);
  const float* dlog_likelihood = a.d_log_likelihood.floats();
  float* log_likelihood = a.log_likelihood.floats();
  const int64_t columns = a.mean.columns;
  const float normalisation = (float)((double)columns * 1.8378770664093454835606594728112);
  RowSums sums;
  for_each_tile(begin, end, columns, [&](const Tile& tile) {
    Buffer inputs[3], outputs[2], terms;
    const int size = tile.size();
    const float *m = mean_in.tile(tile, inputs[0]), *lv = log_variance_in.tile(tile, inputs[1]);
    const float* target = x_in.tile(tile, inputs[2]);
    float *dm = dmean_out.tile(tile, outputs[0]), *dlv = dlog_variance_out.tile(tile, outputs[1]);
    float* t = terms.data;
    if (dlog_likelihood) {
      with_row_weights(tile, dlog_likelihood + tile.row, [&](auto w) {
        ELBO4J_SIMD for (int i = 0; i < size; i++) {
          const float d = target[i] - m[i];
          const float scaled = d * spec::exp(-lv[i]);
          const float q = d * scaled;
          t[i] = lv[i] + q;
          dm[i] = w[i] * scaled;
          dlv[i] = (0.5f * w[i]) * (q - 1.0f);
        }
      });
      dmean_out.commit(tile, outputs[0]);
      dlog_variance_out.commit(tile, outputs[1]);
    } else {
      ELBO4J_SIMD for (int i = 0; i < size; i++) {
        const float d = target[i] - m[i];
        t[i] = lv[i] + d * (d * spec::exp(-lv[i]));
      }
    }
    sums.add(tile, t);
    if (tile.last)
      for (int r = 0; r < tile.rows; r++) log_likelihood[tile.row + r] = -0.5f * (sums[r] + normalisation);
  });
}

void gaussian_log_likelihood_shared_log_variance_gradient(
    const elbo4j_gaussian_log_likelihood_shared_log_variance_gradient& a, int64_t begin, int64_t end) {
  const Input mean_in = float_input(a.mean), log_variance_in{a.log_variance.data, 0};
  const Input x_in = float_input(a.x, a.mean.samples_of(a.x));
  Buffer inputs[3];
  column_sums_of(
      a.mean.rows, a.chunks, begin, end,
      [&](const Tile& tile, float* t) {
        const int size = tile.size();
        const float *m = mean_in.tile(tile, inputs[0]), *lv = log_variance_in.tile(tile, inputs[1]);
        const float* target = x_in.tile(tile, inputs[2]);
        with_row_weights(tile, a.d_log_likelihood.floats() + tile.row, [&](auto w) {
          ELBO4J_SIMD for (int i = 0; i < size; i++) {
            const float d = target[i] - m[i];
            const float q = d * (d * spec::exp(-lv[i]));
            t[i] = (0.5f * w[i]) * (q - 1.0f);
          }
        });
      },
      [&](int64_t column, float sum) { a.d_log_variance.floats()[column] = sum; });
}

}  // namespace elbo4j::ELBO4J_LEVEL
