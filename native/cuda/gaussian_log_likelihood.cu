// The log-likelihood of a diagonal Gaussian and its gradients, in one pass.
//   d = x - mean, q = d^2 exp(-logVariance), logLikelihood = -1/2 (sum(logVariance + q) + columns log(2 pi))
//   dMean = w d exp(-logVariance);  dLogVariance = w/2 (q - 1);  w = dLogLikelihood of the row
// mean, gradients rows x columns; logVariance the same, or one row for all; x rows / samples x columns; w[rows].
// Moves 20 bytes per element. The gradient of a shared logVariance is the sum of its elements over the rows: 8 bytes
// more.
// Compiled for sm_90, aligned, with gradients: 30 registers (32 with a block a row), no spills, 69 instructions per
// element, all counted; the sum over the rows 54 registers, no spills.
#include "batch_sums.h"
#include "exp.h"
#include "gaussian_log_likelihood_fused.h"
#include "gaussian_log_likelihood_shared_log_variance_gradient.h"
#include "stored.h"

namespace elbo4j::cuda {

namespace {

template <bool GRADIENT, class T> struct GaussianLogLikelihood {
  InputOf<T> mean, log_variance, x;
  int64_t samples;
  const float* weight;
  float* log_likelihood;
  OutputOf<T> dmean, dlog_variance;
  int64_t columns;
  float normalisation;

  template <bool ALIGNED> __device__ __forceinline__ float quad(int64_t row, int64_t column) const {
    const Quad m = load<ALIGNED>(mean.row(row), column, columns);
    const Quad lv = load<ALIGNED>(log_variance.row(row), column, columns);
    const Quad target = load<ALIGNED>(x.row(samples == 1 ? row : row / samples), column, columns);
    const float w = GRADIENT ? __ldg(weight + row) : 0.0f;
    Quad terms, of_mean, of_log_variance;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const float d = target.e[i] - m.e[i];
      const float scaled = d * spec::exp(-lv.e[i]);
      const float q = d * scaled;
      terms.e[i] = lv.e[i] + q;
      of_mean.e[i] = w * scaled;
      of_log_variance.e[i] = (0.5f * w) * (q - 1.0f);
    }
    if (GRADIENT && dmean.data) store<ALIGNED>(dmean.row(row), column, columns, of_mean);
    if (GRADIENT && dlog_variance.data) store<ALIGNED>(dlog_variance.row(row), column, columns, of_log_variance);
    clear_missing<ALIGNED>(terms, column, columns);
    return spec::quad_sum(terms.e[0], terms.e[1], terms.e[2], terms.e[3]);
  }

  __device__ void finish(int64_t row, float sum) const { log_likelihood[row] = -0.5f * (sum + normalisation); }
};

struct SharedLogVarianceGradient {
  Input mean;
  const float* log_variance;
  Input x;
  int64_t samples;
  const float* weight;
  float* dlog_variance;

  __device__ __forceinline__ float element(int64_t row, int64_t column) const {
    const float d = __ldg(x.row(samples == 1 ? row : row / samples) + column) - __ldg(mean.row(row) + column);
    const float q = d * (d * spec::exp(-__ldg(log_variance + column)));
    return (0.5f * __ldg(weight + row)) * (q - 1.0f);
  }

  __device__ void finish(int64_t column, float sum) const { dlog_variance[column] = sum; }
};

}  // namespace

int gaussian_log_likelihood_fused(const elbo4j_gaussian_log_likelihood_fused& a, void* stream) {
  const int64_t rows = a.mean.rows, columns = a.mean.columns, samples = a.mean.samples_of(a.x);
  const float normalisation = (float)((double)columns * 1.8378770664093454835606594728112);
  const float* weight = a.d_log_likelihood.floats();
  float* result = a.log_likelihood.floats();
  const bool quads = aligned(columns, {&a.mean, &a.log_variance, &a.x, &a.d_mean, &a.d_log_variance});
  return with_element(a.mean.type, quads, [&](auto element) {
    using T = decltype(element);
    const InputOf<T> m = stored_input<T>(a.mean), lv = stored_input<T>(a.log_variance), x = stored_input<T>(a.x);
    const OutputOf<T> dm = stored_output<T>(a.d_mean), dlv = stored_output<T>(a.d_log_variance);
    if (weight)
      return sum_stored_rows<T>(
          GaussianLogLikelihood<true, T>{m, lv, x, samples, weight, result, dm, dlv, columns, normalisation}, rows,
          columns, stream);
    return sum_stored_rows<T>(
        GaussianLogLikelihood<false, T>{m, lv, x, samples, nullptr, result, dm, dlv, columns, normalisation}, rows,
        columns, stream);
  });
}

int gaussian_log_likelihood_shared_log_variance_gradient(
    const elbo4j_gaussian_log_likelihood_shared_log_variance_gradient& a, void* stream) {
  const SharedLogVarianceGradient of{input(a.mean),          a.log_variance.floats(),     input(a.x),
                                     a.mean.samples_of(a.x), a.d_log_likelihood.floats(), a.d_log_variance.floats()};
  return sum_batch_of(of, a.mean.rows, a.chunks, a.mean.columns, stream);
}

}  // namespace elbo4j::cuda
