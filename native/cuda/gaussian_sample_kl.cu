// A sample of a diagonal Gaussian and its KL divergence, fused: exp, noise, z, the elements of the KL and their row
// sums; and the gradients of both.
//   s = exp(logVariance / 2), z = mean + s eps
//   eps: regenerated from (seed, draw, first row + row of z, column)
//   kl = 1/2 sum(d^2 + variance_kl(logVariance, s)), d = mean, or with a diagonal Gaussian prior
//   kl = 1/2 sum(d^2 + variance_kl(logVariance - priorLogVariance, r))
//   i = exp(-priorLogVariance / 2), r = s i, d = (mean - priorMean) i
//   logRatio = log p(z) - log q(z), of z as it is stored
// Half the exponents, squared after the product: a moderate KL of extreme variances is in range.
// mean, logVariance, prior, their gradients rows x columns; z, dZ rows samples x columns; kl, dKl[rows];
// logRatio[rows samples]; columnWeight[columns]. With no samples only kl, and its gradients.
// Moves 12 bytes per element (20 with a prior), the gradients 20 (36 with a prior and its gradients): noise is never
// stored.
// Compiled for sm_90, aligned, one sample, standard normal prior: 32 registers (40 with a block a row), no spills; the
// gradients 39, no spills. With a prior 40 (44) and 48 registers.
#include "gaussian_kl_element.h"
#include "gaussian_sample_kl_backward.h"
#include "gaussian_sample_kl_forward.h"
#include "noise.h"
#include "stored.h"

namespace elbo4j::cuda {

namespace {

// The distributions of four columns of a row. A prior that is absent although PRIOR is the standard normal, to the bit:
// adding 0 and multiplying by exp(-0) = 1 round nothing.
template <bool PRIOR> struct GaussianQuads {
  Quad mean, log_variance, prior_mean, prior_log_variance;

  template <bool ALIGNED, class T>
  __device__ __forceinline__ void take(const Gaussian<T>& q, const Gaussian<T>& prior, int64_t row, int64_t column,
                                       int64_t columns) {
    mean = load<ALIGNED>(q.mean.row(row), column, columns);
    log_variance = load<ALIGNED>(q.log_variance.row(row), column, columns);
    if (!PRIOR) return;
    prior_mean = prior_log_variance = Quad{};
    if (!prior.mean.data) return;
    prior_mean = load<ALIGNED>(prior.mean.row(row), column, columns);
    prior_log_variance = load<ALIGNED>(prior.log_variance.row(row), column, columns);
  }

  __device__ __forceinline__ float kl(int i, float s) const {
    if (PRIOR) return kl_element(mean.e[i], log_variance.e[i], s, prior_mean.e[i], prior_log_variance.e[i]);
    return kl_element(mean.e[i], log_variance.e[i], s);
  }

  __device__ __forceinline__ float log_ratio(int i, float z, float eps) const {
    const float of_q = spec::fma(eps, eps, log_variance.e[i]);
    if (!PRIOR) return spec::fma(-z, z, of_q);
    const float d = (z - prior_mean.e[i]) * spec::exp(-0.5f * prior_log_variance.e[i]);
    return spec::fma(-d, d, of_q - prior_log_variance.e[i]);
  }
};

// One sample, no log ratio.
template <bool PRIOR, class T> struct SampleKl {
  Gaussian<T> q, prior;
  Noise noise;
  OutputOf<T> z;
  float* kl;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ float quad(int64_t row, int64_t column) const {
    GaussianQuads<PRIOR> in;
    in.template take<ALIGNED>(q, prior, row, column, columns);
    const Quad eps = noise.normals(row, column);
    Quad sample, terms;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const float s = spec::exp(0.5f * in.log_variance.e[i]);
      sample.e[i] = spec::fma(s, eps.e[i], in.mean.e[i]);
      terms.e[i] = in.kl(i, s);
    }
    store<ALIGNED>(z.row(row), column, columns, sample);
    clear_missing<ALIGNED>(terms, column, columns);
    return spec::quad_sum(terms.e[0], terms.e[1], terms.e[2], terms.e[3]);
  }

  __device__ void finish(int64_t row, float sum) const { kl[row] = 0.5f * sum; }
};

// A row of mean has samples + 1 sums: the log ratios of its samples, then its KL. Each is a row to sum_rows, so that
// one launch and one sum a thread do for any number of samples; what they read again comes from a cache.
template <class T> struct SamplesKl {
  Gaussian<T> q, prior;
  Noise noise;
  int64_t samples;
  OutputOf<T> z;
  float *kl, *log_ratio;
  int64_t columns;

  template <bool ALIGNED> __device__ __forceinline__ float quad(int64_t sum_row, int64_t column) const {
    const int64_t row = sum_row / (samples + 1);
    GaussianQuads<true> in;
    in.template take<ALIGNED>(q, prior, row, column, columns);
    Quad terms;
    if (is_kl(sum_row, row)) {
#pragma unroll
      for (int i = 0; i < 4; i++) terms.e[i] = in.kl(i, spec::exp(0.5f * in.log_variance.e[i]));
    } else {
      const int64_t z_row = sum_row - row;
      const Quad eps = noise.normals(z_row, column);
      Quad sample;
#pragma unroll
      for (int i = 0; i < 4; i++) {
        sample.e[i] = spec::fma(spec::exp(0.5f * in.log_variance.e[i]), eps.e[i], in.mean.e[i]);
        terms.e[i] = in.log_ratio(i, as_stored(z.row(z_row), sample.e[i]), eps.e[i]);
      }
      store<ALIGNED>(z.row(z_row), column, columns, sample);
    }
    clear_missing<ALIGNED>(terms, column, columns);
    return spec::quad_sum(terms.e[0], terms.e[1], terms.e[2], terms.e[3]);
  }

  __device__ void finish(int64_t sum_row, float sum) const {
    const int64_t row = sum_row / (samples + 1);
    if (is_kl(sum_row, row))
      kl[row] = 0.5f * sum;
    else if (log_ratio)
      log_ratio[sum_row - row] = 0.5f * sum;
  }

 private:
  __device__ bool is_kl(int64_t sum_row, int64_t row) const { return sum_row - row * (samples + 1) == samples; }
};

template <class T> struct BackwardOperands {
  Gaussian<T> q, prior;
  Noise noise;
  int64_t samples;
  InputOf<T> dz;
  const float *dkl, *column_weight;
  OutputOf<T> dmean, dlog_variance, dprior_mean, dprior_log_variance;
  int64_t columns;

  // The weight of the KL of each element: that of its row, times that of its column if there is one.
  template <bool ALIGNED> __device__ __forceinline__ Quad kl_weights(int64_t row, int64_t column) const {
    const float of_row = __ldg(dkl + row);
    if (!column_weight) return Quad{{of_row, of_row, of_row, of_row}};
    Quad weight = load<ALIGNED>(column_weight, column, columns);
#pragma unroll
    for (int i = 0; i < 4; i++) weight.e[i] = of_row * weight.e[i];
    return weight;
  }
};

template <bool PRIOR, bool ONE_SAMPLE, class T> struct Backward {
  BackwardOperands<T> of;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    const auto& [q, prior, noise, samples, dz, dkl, column_weight, dmean, dlog_variance, dprior_mean,
                 dprior_log_variance, columns] = of;
    GaussianQuads<PRIOR> in;
    in.template take<ALIGNED>(q, prior, row, column, columns);
    // Over the samples. Adding to -0, unlike +0, changes nothing, so the first sample needs no case of its own.
    Quad dz_sum{{-0.0f, -0.0f, -0.0f, -0.0f}}, dz_eps_sum = dz_sum;
    for (int64_t sample = 0; sample < (ONE_SAMPLE ? 1 : samples); sample++) {
      const int64_t z_row = ONE_SAMPLE ? row : row * samples + sample;
      const Quad g = load<ALIGNED>(dz.row(z_row), column, columns);
      const Quad eps = noise.normals(z_row, column);
#pragma unroll
      for (int i = 0; i < 4; i++) {
        dz_sum.e[i] = dz_sum.e[i] + g.e[i];
        dz_eps_sum.e[i] = spec::fma(g.e[i], eps.e[i], dz_eps_sum.e[i]);
      }
    }

    const Quad weight = of.template kl_weights<ALIGNED>(row, column);
    Quad of_mean, of_log_variance, of_prior_mean, of_prior_log_variance;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const float m = in.mean.e[i], w = weight.e[i], half_w = 0.5f * w;
      const float s = spec::exp(0.5f * in.log_variance.e[i]);
      const float through_z = dz_eps_sum.e[i] * (0.5f * s);
      if (PRIOR) {
        const float inverse = spec::exp(-0.5f * in.prior_log_variance.e[i]);
        const float d = (m - in.prior_mean.e[i]) * inverse;
        const float r = s * inverse;
        const float scaled = d * inverse;
        of_mean.e[i] = spec::fma(w, scaled, dz_sum.e[i]);
        of_log_variance.e[i] = spec::fma(half_w, spec::fma(r, r, -1.0f), through_z);
        of_prior_mean.e[i] = -(w * scaled);
        of_prior_log_variance.e[i] = half_w * (1.0f - spec::fma(d, d, r * r));
      } else {
        of_mean.e[i] = spec::fma(w, m, dz_sum.e[i]);
        of_log_variance.e[i] = spec::fma(half_w, spec::fma(s, s, -1.0f), through_z);
      }
    }
    store<ALIGNED>(dmean.row(row), column, columns, of_mean);
    store<ALIGNED>(dlog_variance.row(row), column, columns, of_log_variance);
    if (PRIOR && dprior_mean.data) {
      store<ALIGNED>(dprior_mean.row(row), column, columns, of_prior_mean);
      store<ALIGNED>(dprior_log_variance.row(row), column, columns, of_prior_log_variance);
    }
  }
};

}  // namespace

int gaussian_sample_kl_forward(const elbo4j_gaussian_sample_kl_forward& a, void* stream) {
  const Noise noise(a.noise);
  const int64_t rows = a.mean.rows, columns = a.mean.columns, samples = a.z.samples_of(a.mean);
  float *kl = a.kl.floats(), *log_ratio = a.log_ratio.floats();
  const bool quads = aligned(columns, {&a.mean, &a.log_variance, &a.prior_mean, &a.prior_log_variance, &a.z});
  return with_element(a.mean.type, quads, [&](auto element) {
    using T = decltype(element);
    const Gaussian<T> q{stored_input<T>(a.mean), stored_input<T>(a.log_variance)};
    const Gaussian<T> prior{stored_input<T>(a.prior_mean), stored_input<T>(a.prior_log_variance)};
    const OutputOf<T> z = stored_output<T>(a.z);
    if (samples != 1 || log_ratio)
      return sum_stored_rows<T>(SamplesKl<T>{q, prior, noise, samples, z, kl, log_ratio, columns}, rows * (samples + 1),
                                columns, stream);
    if (prior.mean.data)
      return sum_stored_rows<T>(SampleKl<true, T>{q, prior, noise, z, kl, columns}, rows, columns, stream);
    return sum_stored_rows<T>(SampleKl<false, T>{q, prior, noise, z, kl, columns}, rows, columns, stream);
  });
}

int gaussian_sample_kl_backward(const elbo4j_gaussian_sample_kl_backward& a, void* stream) {
  const int64_t rows = a.mean.rows, columns = a.mean.columns, samples = a.dz.samples_of(a.mean);
  const bool quads = aligned(columns, {&a.mean, &a.log_variance, &a.prior_mean, &a.prior_log_variance, &a.dz, &a.d_mean,
                                       &a.d_log_variance, &a.d_prior_mean, &a.d_prior_log_variance}) &&
                     aligned(columns, {Input{a.column_weight.floats(), 0}});
  return with_element(a.mean.type, quads, [&](auto element) {
    using T = decltype(element);
    const BackwardOperands<T> of{{stored_input<T>(a.mean), stored_input<T>(a.log_variance)},
                                 {stored_input<T>(a.prior_mean), stored_input<T>(a.prior_log_variance)},
                                 Noise(a.noise),
                                 samples,
                                 stored_input<T>(a.dz),
                                 a.d_kl.floats(),
                                 a.column_weight.floats(),
                                 stored_output<T>(a.d_mean),
                                 stored_output<T>(a.d_log_variance),
                                 stored_output<T>(a.d_prior_mean),
                                 stored_output<T>(a.d_prior_log_variance),
                                 columns};
    if (samples != 1) return map_stored_rows<T>(Backward<true, false, T>{of}, rows, columns, stream);
    if (of.prior.mean.data) return map_stored_rows<T>(Backward<true, true, T>{of}, rows, columns, stream);
    return map_stored_rows<T>(Backward<false, true, T>{of}, rows, columns, stream);
  });
}

}  // namespace elbo4j::cuda
