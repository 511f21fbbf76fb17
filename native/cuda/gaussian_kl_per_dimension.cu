// The KL divergence of each latent dimension, summed over the batch, and the gate that free bits make of it: dimensions
// whose KL is at most a threshold are not pulled towards the prior (Kingma et al. 2016, Improving Variational Inference
// with Inverse Autoregressive Flow).
//   klPerDimension[j] = 1/2 sum over rows of t, t as in gaussian_sample_kl;  columnWeight = kl <= threshold ? 0 : 1
// mean, logVariance, prior rows x columns. Moves 8 bytes per element (16 with a prior).
// Compiled for sm_90: 32 registers, 40 with a prior, no spills.
#include "batch_sums.h"
#include "gaussian_kl_element.h"
#include "gaussian_kl_per_dimension_forward.h"
#include "gaussian_kl_per_dimension_free_bits_gate.h"
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

int gaussian_kl_per_dimension_forward(const elbo4j_gaussian_kl_per_dimension_forward& a, void* stream) {
  const Gaussian<float> q{input(a.mean), input(a.log_variance)};
  const Gaussian<float> prior{input(a.prior_mean), input(a.prior_log_variance)};
  float* kl = a.kl_per_dimension.floats();
  if (prior.mean.data)
    return sum_batch_of(KlPerDimension<true>{q, prior, kl}, a.mean.rows, a.chunks, a.mean.columns, stream);
  return sum_batch_of(KlPerDimension<false>{q, prior, kl}, a.mean.rows, a.chunks, a.mean.columns, stream);
}

int gaussian_kl_per_dimension_free_bits_gate(const elbo4j_gaussian_kl_per_dimension_free_bits_gate& a, void* stream) {
  const Input kl{a.kl_per_dimension.floats(), 0};
  const Output weight{a.column_weight.floats(), 0};
  const int64_t columns = a.kl_per_dimension.columns;
  return map_rows(FreeBitsGate{kl, a.threshold, weight, columns}, aligned(columns, {kl, weight}), 1, columns, stream);
}

}  // namespace elbo4j::cuda
