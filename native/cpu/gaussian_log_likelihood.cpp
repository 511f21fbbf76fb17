// The log-likelihood of a diagonal Gaussian and its gradients, in one pass.
//   d = x - mean, q = d^2 exp(-logVariance), logLikelihood = -1/2 (sum(logVariance + q) + columns log(2 pi))
//   dMean = w d exp(-logVariance);  dLogVariance = w/2 (q - 1);  w = dLogLikelihood of the row
// mean, gradients rows x columns; logVariance the same, or one row for all; x rows / samples x columns; w[rows].
// Moves 20 bytes per element. The gradient of a shared logVariance is the sum of its elements over the rows: 8 bytes
// more.
#include "column_sum_tile.h"
#include "exp.h"
#include "row_sum_tile.h"

namespace elbo4j::ELBO4J_LEVEL {

void gaussian_log_likelihood(int type, const void* mean, int64_t mean_stride, const void* log_variance,
                             int64_t log_variance_stride, const void* x, int64_t x_stride, int64_t samples,
                             const float* dlog_likelihood, float* log_likelihood, void* dmean, int64_t dmean_stride,
                             void* dlog_variance, int64_t dlog_variance_stride, int64_t columns, int64_t begin,
                             int64_t end) {
  const Input mean_in{mean, mean_stride, 1, type}, log_variance_in{log_variance, log_variance_stride, 1, type};
  const Input x_in{x, x_stride, samples, type};
  const Output dmean_out{dmean, dmean_stride, type}, dlog_variance_out{dlog_variance, dlog_variance_stride, type};
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

void gaussian_shared_log_variance_gradient(const float* mean, int64_t mean_stride, const float* log_variance,
                                           const float* x, int64_t x_stride, int64_t samples,
                                           const float* dlog_likelihood, float* dlog_variance, int64_t rows,
                                           int64_t begin, int64_t end) {
  const Input mean_in{mean, mean_stride}, log_variance_in{log_variance, 0}, x_in{x, x_stride, samples};
  Buffer inputs[3];
  column_sums_of(
      rows, begin, end,
      [&](const Tile& tile, float* t) {
        const int size = tile.size();
        const float *m = mean_in.tile(tile, inputs[0]), *lv = log_variance_in.tile(tile, inputs[1]);
        const float* target = x_in.tile(tile, inputs[2]);
        with_row_weights(tile, dlog_likelihood + tile.row, [&](auto w) {
          ELBO4J_SIMD for (int i = 0; i < size; i++) {
            const float d = target[i] - m[i];
            const float q = d * (d * spec::exp(-lv[i]));
            t[i] = (0.5f * w[i]) * (q - 1.0f);
          }
        });
      },
      [&](int64_t column, float sum) { dlog_variance[column] = sum; });
}

}  // namespace elbo4j::ELBO4J_LEVEL
