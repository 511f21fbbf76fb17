// The KL divergence of each latent dimension, summed over the batch, and the gate that free bits make of it: dimensions
// whose KL is at most a threshold are not pulled towards the prior (Kingma et al. 2016, Improving Variational Inference
// with Inverse Autoregressive Flow).
//   klPerDimension[j] = 1/2 sum over rows of t, t as in gaussian_sample_kl;  columnWeight = kl <= threshold ? 0 : 1
// mean, logVariance, prior rows x columns. Moves 8 bytes per element (16 with a prior).
// Compiled for sm_90: 32 registers, 40 with a prior, no spills.
#include "batch_sums.h"
#include "gaussian_kl_element.h"
#include "rows.h"

namespace elbo4j::cuda {

namespace {

template <bool PRIOR> struct KlPerDimension {
  Gaussian<float> q, prior;
  float* kl;

  __device__ __forceinline__ float element(int64_t row, int64_t column) const {
    const float mean = __ldg(q.mean.row(row) + column), log_variance = __ldg(q.log_variance.row(row) + column);
    const float s = spec::exp(0.5f * log_variance);
    if (!PRIOR) return kl_element(mean, log_variance, s);
    return kl_element(mean, log_variance, s, __ldg(prior.mean.row(row) + column),
                      __ldg(prior.log_variance.row(row) + column));
  }

  __device__ void finish(int64_t column, float sum) const { kl[column] = 0.5f * sum; }
};

struct FreeBitsGate {
  Input kl;
  float threshold;
  Output weight;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    Quad q = load<ALIGNED>(kl.row(row), column, columns);
#pragma unroll
    for (int i = 0; i < 4; i++) q.e[i] = q.e[i] <= threshold ? 0.0f : 1.0f;
    store<ALIGNED>(weight.row(row), column, columns, q);
  }
};

}  // namespace

}  // namespace elbo4j::cuda

using namespace elbo4j::cuda;

int elbo4j_cuda_gaussian_kl_per_dimension(const float* mean, int64_t mean_stride, const float* log_variance,
                                          int64_t log_variance_stride, const float* prior_mean,
                                          int64_t prior_mean_stride, const float* prior_log_variance,
                                          int64_t prior_log_variance_stride, float* kl_per_dimension, int64_t rows,
                                          int64_t columns, void* stream) {
  const Gaussian<float> q{{mean, mean_stride}, {log_variance, log_variance_stride}};
  const Gaussian<float> prior{{prior_mean, prior_mean_stride}, {prior_log_variance, prior_log_variance_stride}};
  if (prior_mean) return sum_batch_of(KlPerDimension<true>{q, prior, kl_per_dimension}, rows, columns, stream);
  return sum_batch_of(KlPerDimension<false>{q, prior, kl_per_dimension}, rows, columns, stream);
}

int elbo4j_cuda_free_bits_gate(const float* kl_per_dimension, float threshold, float* column_weight, int64_t columns,
                               void* stream) {
  const Input kl{kl_per_dimension, 0};
  const Output weight{column_weight, 0};
  return map_rows(FreeBitsGate{kl, threshold, weight, columns}, aligned(columns, {kl, weight}), 1, columns, stream);
}
