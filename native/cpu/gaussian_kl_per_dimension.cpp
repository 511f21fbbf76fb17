// The KL divergence of each latent dimension, summed over the batch, and the gate that free bits make of it: dimensions
// whose KL is at most a threshold are not pulled towards the prior (Kingma et al. 2016, Improving Variational Inference
// with Inverse Autoregressive Flow).
//   klPerDimension[j] = 1/2 sum over rows of t, t as in gaussian_sample_kl;  columnWeight = kl <= threshold ? 0 : 1
// mean, logVariance, prior rows x columns. Moves 8 bytes per element (16 with a prior).
#include "column_sum_tile.h"
#include "exp.h"
#include "variance_kl.h"

namespace elbo4j::ELBO4J_LEVEL {

namespace {

void kl_tile(int size, const float* mean, const float* log_variance, float* t) {
  ELBO4J_SIMD for (int i = 0; i < size; i++) {
    const float m = mean[i], lv = log_variance[i];
    const float s = spec::exp(0.5f * lv);
    t[i] = spec::fma(m, m, spec::variance_kl_of_finite(lv, s));
  }
}

void kl_tile(int size, const float* mean, const float* log_variance, const float* prior_mean,
             const float* prior_log_variance, float* t) {
  ELBO4J_SIMD for (int i = 0; i < size; i++) {
    const float lv = log_variance[i], plv = prior_log_variance[i];
    const float inverse = spec::exp(-0.5f * plv);
    const float r = spec::exp(0.5f * lv) * inverse;
    const float d = (mean[i] - prior_mean[i]) * inverse;
    t[i] = spec::fma(d, d, spec::variance_kl(lv - plv, r));
  }
}

}  // namespace

void gaussian_kl_per_dimension(const float* mean, int64_t mean_stride, const float* log_variance,
                               int64_t log_variance_stride, const float* prior_mean, int64_t prior_mean_stride,
                               const float* prior_log_variance, int64_t prior_log_variance_stride,
                               float* kl_per_dimension, int64_t rows, int64_t begin, int64_t end) {
  const Input m{mean, mean_stride}, lv{log_variance, log_variance_stride};
  const Input pm{prior_mean, prior_mean_stride}, plv{prior_log_variance, prior_log_variance_stride};
  Buffer buffers[4];
  column_sums_of(
      rows, begin, end,
      [&](const Tile& tile, float* t) {
        const float *mean_tile = m.tile(tile, buffers[0]), *log_variance_tile = lv.tile(tile, buffers[1]);
        if (prior_mean)
          kl_tile(tile.size(), mean_tile, log_variance_tile, pm.tile(tile, buffers[2]), plv.tile(tile, buffers[3]), t);
        else
          kl_tile(tile.size(), mean_tile, log_variance_tile, t);
      },
      [&](int64_t column, float sum) { kl_per_dimension[column] = 0.5f * sum; });
}

void free_bits_gate(const float* kl_per_dimension, float threshold, float* column_weight, int64_t begin, int64_t end) {
  ELBO4J_SIMD for (int64_t i = begin; i < end; i++) column_weight[i] = kl_per_dimension[i] <= threshold ? 0.0f : 1.0f;
}

}  // namespace elbo4j::ELBO4J_LEVEL
