// The KL divergence of each latent dimension, summed over the batch, and the gate that free bits make of it: dimensions
// whose KL is at most a threshold are not pulled towards the prior (Kingma et al. 2016, Improving Variational Inference
// with Inverse Autoregressive Flow).
//   klPerDimension[j] = 1/2 sum over rows of t, t as in gaussian_sample_kl;  columnWeight = kl <= threshold ? 0 : 1
// mean, logVariance, prior rows x columns. Moves 8 bytes per element (16 with a prior).
#include "column_sum_tile.h"
#include "exp.h"
#include "gaussian_kl_per_dimension_forward.h"
#include "gaussian_kl_per_dimension_free_bits_gate.h"
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

void gaussian_kl_per_dimension_forward(const elbo4j_gaussian_kl_per_dimension_forward& a, int64_t begin, int64_t end) {
  const Input m = float_input(a.mean), lv = float_input(a.log_variance);
  const Input pm = float_input(a.prior_mean), plv = float_input(a.prior_log_variance);
  Buffer buffers[4];
  column_sums_of(
      a.mean.rows, a.chunks, begin, end,
      [&](const Tile& tile, float* t) {
        const float *mean_tile = m.tile(tile, buffers[0]), *log_variance_tile = lv.tile(tile, buffers[1]);
        if (pm.data)
          kl_tile(tile.size(), mean_tile, log_variance_tile, pm.tile(tile, buffers[2]), plv.tile(tile, buffers[3]), t);
        else
          kl_tile(tile.size(), mean_tile, log_variance_tile, t);
      },
      [&](int64_t column, float sum) { a.kl_per_dimension.floats()[column] = 0.5f * sum; });
}

void gaussian_kl_per_dimension_free_bits_gate(const elbo4j_gaussian_kl_per_dimension_free_bits_gate& a, int64_t begin,
                                              int64_t end) {
  const float* kl = a.kl_per_dimension.floats();
  const float threshold = a.threshold;
  float* weight = a.column_weight.floats();
  ELBO4J_SIMD for (int64_t i = begin; i < end; i++) weight[i] = kl[i] <= threshold ? 0.0f : 1.0f;
}

}  // namespace elbo4j::ELBO4J_LEVEL
