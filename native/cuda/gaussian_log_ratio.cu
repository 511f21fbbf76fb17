// The gradients of log p(z) - log q(z) through reparameterised samples of a diagonal Gaussian, fused: exp, noise, z,
// scores and the sums over the samples (importance weights: Burda et al. 2016; stopped: Roeder et al. 2017, Sticking
// the Landing).
//   s = exp(logVariance / 2), z = mean + s eps
//   eps: regenerated from (seed, draw, first row + row of z, column)
//   i = exp(-priorLogVariance / 2), d = (z - priorMean) i; or d = z, i = 1 for the standard normal
//   score = -d i, and where stopped + eps exp(-logVariance / 2);  g = pathWeight (dz + w score), w = dLogRatio
//   dMean = sum(g), dLogVariance = sum(g eps) s / 2 + (unless stopped) sum(w) / 2
//   dPriorMean = sum(w d i), dPriorLogVariance = sum(w (d^2 - 1)) / 2
// Sums are chains in the order of the samples, from -0, to which adding changes nothing.
// mean, logVariance, prior, their gradients rows x columns; dz rows samples x columns; dLogRatio, pathWeight
// [rows samples]. Moves 20 bytes per element with one sample (36 with a prior and its gradients): neither the noise nor
// z is read.
// Compiled for sm_90: at most 79 registers, no spills.
#include "exp.h"
#include "gaussian_log_ratio_backward.h"
#include "noise.h"
#include "rows.h"

namespace elbo4j::cuda {

namespace {

struct Operands {
  Input mean, log_variance, prior_mean, prior_log_variance;
  Noise noise;
  int64_t samples;
  Input dz;
  const float *dlog_ratio, *path_weight;
  Output dmean, dlog_variance, dprior_mean, dprior_log_variance;
  int64_t columns;
};

template <bool PRIOR, bool STOPPED> struct Backward {
  Operands of;

  template <bool ALIGNED> __device__ __forceinline__ void quad(int64_t row, int64_t column) const {
    const int64_t columns = of.columns;
    const Quad mean = load<ALIGNED>(of.mean.row(row), column, columns);
    const Quad log_variance = load<ALIGNED>(of.log_variance.row(row), column, columns);
    Quad prior_mean{}, inverse{}, deviation, inverse_deviation{};
    if (PRIOR) {
      prior_mean = load<ALIGNED>(of.prior_mean.row(row), column, columns);
      const Quad prior_log_variance = load<ALIGNED>(of.prior_log_variance.row(row), column, columns);
#pragma unroll
      for (int i = 0; i < 4; i++) inverse.e[i] = spec::exp(-0.5f * prior_log_variance.e[i]);
    }
#pragma unroll
    for (int i = 0; i < 4; i++) {
      deviation.e[i] = spec::exp(0.5f * log_variance.e[i]);
      if (STOPPED) inverse_deviation.e[i] = spec::exp(-0.5f * log_variance.e[i]);
    }

    Quad sum{{-0.0f, -0.0f, -0.0f, -0.0f}}, eps_sum = sum, of_prior_mean = sum, of_prior_log_variance = sum;
    const int64_t first = row * of.samples, end = first + of.samples;
#pragma unroll 1
    for (int64_t z_row = first; z_row < end; z_row++) {
      const Quad eps = of.noise.normals(z_row, column);
      const Quad dz = load<ALIGNED>(of.dz.row(z_row), column, columns);
      const float w = __ldg(of.dlog_ratio + z_row);
      const float path = STOPPED && of.path_weight ? __ldg(of.path_weight + z_row) : 1.0f;
#pragma unroll
      for (int i = 0; i < 4; i++) {
        const float z = spec::fma(deviation.e[i], eps.e[i], mean.e[i]);
        const float d = PRIOR ? (z - prior_mean.e[i]) * inverse.e[i] : z;
        const float scaled = PRIOR ? d * inverse.e[i] : d;
        const float score = STOPPED ? spec::fma(eps.e[i], inverse_deviation.e[i], -scaled) : -scaled;
        const float g = path * spec::fma(w, score, dz.e[i]);
        sum.e[i] = sum.e[i] + g;
        eps_sum.e[i] = spec::fma(g, eps.e[i], eps_sum.e[i]);
        if (PRIOR) {
          of_prior_mean.e[i] = spec::fma(w, scaled, of_prior_mean.e[i]);
          of_prior_log_variance.e[i] = spec::fma(w, spec::fma(d, d, -1.0f), of_prior_log_variance.e[i]);
        }
      }
    }

    // A loop of its own, and the load of dz after the noise: otherwise the registers do not suffice.
    float weights = -0.0f;
    if (!STOPPED)
      for (int64_t z_row = first; z_row < end; z_row++) weights = weights + __ldg(of.dlog_ratio + z_row);
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const float through_z = eps_sum.e[i] * (0.5f * deviation.e[i]);
      eps_sum.e[i] = STOPPED ? through_z : through_z + 0.5f * weights;
      of_prior_log_variance.e[i] = 0.5f * of_prior_log_variance.e[i];
    }
    store<ALIGNED>(of.dmean.row(row), column, columns, sum);
    store<ALIGNED>(of.dlog_variance.row(row), column, columns, eps_sum);
    if (PRIOR && of.dprior_mean.data) {
      store<ALIGNED>(of.dprior_mean.row(row), column, columns, of_prior_mean);
      store<ALIGNED>(of.dprior_log_variance.row(row), column, columns, of_prior_log_variance);
    }
  }
};

}  // namespace

int gaussian_log_ratio_backward(const elbo4j_gaussian_log_ratio_backward& a, void* stream) {
  const int64_t rows = a.mean.rows, columns = a.mean.columns;
  const Operands of{input(a.mean),
                    input(a.log_variance),
                    input(a.prior_mean),
                    input(a.prior_log_variance),
                    Noise(a.noise),
                    a.dz.samples_of(a.mean),
                    input(a.dz),
                    a.d_log_ratio.floats(),
                    a.path_weight.floats(),
                    output(a.d_mean),
                    output(a.d_log_variance),
                    output(a.d_prior_mean),
                    output(a.d_prior_log_variance),
                    columns};
  const bool quads = aligned(columns, {of.mean, of.log_variance, of.prior_mean, of.prior_log_variance, of.dz, of.dmean,
                                       of.dlog_variance, of.dprior_mean, of.dprior_log_variance});
  const auto run = [&](auto operation) {
    return quads ? map_rows_by_blocks<true>(operation, rows, columns, stream)
                 : map_rows_by_blocks<false>(operation, rows, columns, stream);
  };
  if (of.prior_mean.data) return a.stopped ? run(Backward<true, true>{of}) : run(Backward<true, false>{of});
  return a.stopped ? run(Backward<false, true>{of}) : run(Backward<false, false>{of});
}

}  // namespace elbo4j::cuda
